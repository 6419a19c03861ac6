/** Settings and recent projects: one schema, kept by a store that each host brings (electron-store, or conf elsewhere). */
import { z } from 'zod';
import type { Args } from '../../preload/contract/index.ts';
import { settings as settingsSchema, type Settings } from '../../preload/contract/schemas.ts';

/** What a store must do. */
export interface Store {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

const recentSchema = z.array(
  z.object({ id: z.string(), title: z.string(), path: z.string(), opened: z.string(), cover: z.string().nullable() }),
);
export type Recent = z.infer<typeof recentSchema>[number];

const KEPT = 24;

/** Written beside the settings, for versions to come. What an older or newer one left is taken value by value. */
const SETTINGS_FORMAT = 1;

export class StudioSettings {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The settings; what is missing or damaged in the store has its default. */
  get(): Settings {
    const stored = this.#store.get('settings');
    const whole = settingsSchema.safeParse(stored ?? {});
    if (whole.success) return whole.data;
    // One bad value costs that value alone.
    const bad = new Set(whole.error.issues.map(({ path }) => path[0]));
    const good = Object.entries(stored as object).filter(([key]) => !bad.has(key));
    return settingsSchema.catch(settingsSchema.parse({})).parse(Object.fromEntries(good));
  }

  set(change: Args<'settings.set'>): Settings {
    const settings = settingsSchema.parse({ ...this.get(), ...change });
    this.#store.set('settings', settings);
    this.#store.set('format', SETTINGS_FORMAT);
    return settings;
  }

  recent(): Recent[] {
    return recentSchema.catch([]).parse(this.#store.get('recent') ?? []);
  }

  /** Puts a project first in the list. */
  remember(project: Recent): void {
    this.#store.set('recent', [project, ...this.recent().filter(({ path }) => path !== project.path)].slice(0, KEPT));
  }

  forget(id: string): void {
    this.#store.set(
      'recent',
      this.recent().filter((project) => project.id !== id),
    );
  }
}
