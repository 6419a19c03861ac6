/** Making sketches from finished pictures: one picture is drawn in every way that is looked at, before all of them are. */
import { SvelteMap } from 'svelte/reactivity';
import type { Entry, SketchStyle } from '../../../../preload/contract/index.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import { trainState } from '../train.svelte.ts';
import { previewsOf, toggled } from './choices.ts';

/** In the order of the cards. */
export const STYLES: readonly SketchStyle[] = ['flats', 'hints', 'ink', 'pencil', 'outline', 'shapes'];
/** Bold, medium, fine. */
export const STRENGTHS: readonly number[] = [0.2, 0.5, 0.8];

/** Turning pages quickly asks for the last one only. */
const PAUSE_MS = 120;

export class Sketching {
  readonly dataset: string;
  index = $state(0);
  total = $state(0);
  entry = $state.raw<Entry | null>(null);
  /** None until a look at the pictures has said which are best. */
  styles = $state.raw<readonly SketchStyle[]>([]);
  strengths = $state.raw<readonly number[]>([0.5]);
  title = $state('');
  /** Why a preview failed, and why making them all did. */
  previewError = $state<string>();
  error = $state<string>();
  busy = $state(false);
  /** Object addresses of the drawings that are there, by `style@strength`. */
  readonly previews = new SvelteMap<string, string>();
  /** Of which picture each is. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #drawn = new Map<string, string>();
  #turn = 0;
  #open = true;

  readonly pairs = $derived(this.total * this.styles.length * this.strengths.length);
  readonly job = $derived(studio.jobs.find(({ kind, state }) => kind === 'files' && state === 'running') ?? null);

  constructor(dataset: string) {
    this.dataset = dataset;
    const { title, count } = studio.project?.datasets.find(({ id }) => id === dataset) ?? { title: '', count: 0 };
    this.title = t.library.sketches.suggestion(title).slice(0, 120);
    this.total = count;
    // Lines that told of the way here would lie over the button.
    for (const { id, level, action } of studio.toasts.list) if (level === 'info' && !action) studio.toasts.close(id);
    void this.#begin();
  }

  /** Another picture, as far as there are. */
  async go(by: number): Promise<void> {
    this.index = Math.max(0, Math.min(this.total - 1, this.index + by));
    const turn = ++this.#turn;
    try {
      const page = await studio.call('datasets.entries', { dataset: this.dataset, from: this.index, count: 1 });
      if (turn !== this.#turn) return;
      this.total = page.total;
      this.entry = page.entries[0] ?? null;
      await this.#draw(turn, PAUSE_MS);
    } catch (error) {
      if (turn === this.#turn) this.previewError = messageOf(error);
    }
  }

  toggleStyle(style: SketchStyle): void {
    this.styles = toggled(STYLES, this.styles, style);
  }
  toggleStrength(strength: number): void {
    this.strengths = toggled(STRENGTHS, this.strengths, strength);
    void this.#draw(++this.#turn, 0);
  }

  /** Makes them all. @returns whether it went well; `error` says why not */
  async make(): Promise<boolean> {
    this.busy = true;
    this.error = undefined;
    const { dataset, title, styles, strengths } = this;
    try {
      const made = await studio.call('datasets.sketches', {
        ...{ dataset, title: title.trim() },
        ...{ styles: [...styles], strengths: [...strengths] },
      });
      this.#show(made.dataset);
      return true;
    } catch (error) {
      this.error = messageOf(error);
      if (!this.#open) studio.toast('error', this.error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** The dialog is gone: what it showed is let go. */
  close(): void {
    this.#open = false;
    this.#turn++;
    for (const address of this.previews.values()) URL.revokeObjectURL(address);
    this.previews.clear();
  }

  /** With the ways of drawing that suit the pictures. */
  async #begin(): Promise<void> {
    try {
      const { styles } = await studio.call('datasets.sketchStyles', { dataset: this.dataset });
      if (this.styles.length === 0) this.styles = styles;
    } catch (error) {
      this.previewError = messageOf(error);
    }
    await this.go(0);
  }

  /** Selects what was made; from another place when the dialog was closed meanwhile, only if the person wants to. */
  #show(dataset: string): void {
    const show = (): void => {
      trainState.select('dataset', dataset);
      studio.go('train');
    };
    if (this.#open) show();
    const action = this.#open ? undefined : { label: t.library.sketches.show, run: show };
    studio.toast('info', t.library.sketches.made(this.title), action);
  }

  /** Draws the picture in every way that is shown; what is drawn already stays until then. */
  async #draw(turn: number, pause: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const { entry } = this;
    if (!entry) return;
    for (const { key, style, strength } of previewsOf(STYLES, { styles: this.styles, strengths: this.strengths })) {
      if (turn !== this.#turn) return;
      if (this.#drawn.get(key) === entry.name) continue;
      try {
        const { png } = await studio.call('datasets.sketchPreview', {
          ...{ dataset: this.dataset, name: entry.name },
          ...{ style, strength },
        });
        if (turn !== this.#turn) return;
        this.#keep(key, entry.name, png);
        this.previewError = undefined;
      } catch (error) {
        if (turn !== this.#turn) return;
        this.previewError = messageOf(error);
        return;
      }
    }
  }

  #keep(key: string, name: string, png: Uint8Array): void {
    const before = this.previews.get(key);
    // A copy: the bytes may be a view of what came over the wire.
    this.previews.set(key, URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' })));
    this.#drawn.set(key, name);
    if (before) URL.revokeObjectURL(before);
  }
}
