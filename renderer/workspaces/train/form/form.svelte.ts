/** The Train form: begins with what was used last (else the quick preset), and starts a run. */
import type { Dataset, Family, Preset } from '../../../../preload/contract/index.ts';
import { learnsFrom } from '../../../../preload/contract/kinds.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { freeTitle } from '../../../text/free-title.ts';
import { isAs, saidBy } from './presets.ts';
import { problemsOf, type Draft, type Problems } from './validate.ts';

const FIRST = {
  channels: 3,
  batch: 1,
  seed: 0,
  holdout: 0.1,
  augment: { flip: true, jitter: 0.05, zoom: 0.1, rotate: 0, colour: 0, hue: 0 },
} as const;

/** For families that vary what they see themselves, or want it as it is. */
const AS_IT_IS = { flip: false, jitter: 0, zoom: 0, rotate: 0, colour: 0, hue: 0 } as const;

/** What is remembered of a form: everything but the name, and what depends on the pictures. */
type Remembered = Omit<Draft, 'title' | 'family' | 'channels'> & { preset: Preset['id'] | null };

let families: Promise<Family[]> | null = null;

export class Form {
  /** Those that learn from this kind of dataset. */
  families = $state.raw<readonly Family[]>([]);
  draft = $state<Draft>({ title: '', family: '', size: 64, minutes: 5, settings: {}, ...structuredClone(FIRST) });
  /** The preset that was chosen last. */
  #preset = $state<Preset['id'] | null>(null);
  /** The model that it goes on from. */
  fromModel = $state<string | null>(null);
  /** The size in pixels that it learned at. */
  learnedAt = $state(0);
  /** The dataset whose pictures are learned beside these. */
  also = $state<string | null>(null);
  /** Problems show from the first try to start. */
  tried = $state(false);
  busy = $state(false);
  error = $state<string>();
  /** When it knows what can learn from these pictures. */
  readonly ready: Promise<void>;
  readonly #dataset: Dataset;
  /** What the pictures have, for a family that learns it. */
  #channels: Draft['channels'] = 3;

  readonly family = $derived(this.families.find(({ id }) => id === this.draft.family) ?? null);
  readonly #found: Problems = $derived(problemsOf(this.draft, this.family?.fields ?? []));
  readonly problems: Problems = $derived(this.tried ? this.#found : {});
  /** Whether a problem is among the folded settings, which then open. */
  readonly problemInside = $derived(Object.keys(this.problems).some((name) => name !== 'title' && name !== 'minutes'));

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
    this.draft.title = freeTitle(dataset.title, studio.project?.runs.map(({ title }) => title) ?? []);
    this.ready = this.#load();
  }

  /** The preset that was chosen, for as long as nothing that it says is set otherwise by hand. */
  readonly preset = $derived.by((): Preset['id'] | null => {
    const found = this.family?.presets.find(({ id }) => id === this.#preset);
    return found && isAs(this.draft, found, this.family?.fields ?? []) ? found.id : null;
  });

  /** Takes over a family's last values, else its first preset. */
  useFamily(id: string): void {
    this.draft.family = id;
    const family = this.family;
    if (!family) return;
    const known = studio.settings.lastTraining[id] as Partial<Remembered> | undefined;
    this.draft.settings = Object.fromEntries(family.fields.map(({ name, preset }) => [name, preset]));
    this.fromModel = null;
    this.draft.channels = family.opaque ? 3 : this.#channels;
    this.draft.batch = family.batch;
    this.draft.augment = { ...(family.varied ? FIRST.augment : AS_IT_IS) };
    const first = family.presets[0];
    if (first) this.usePreset(first);
    if (!known) return;
    const { settings, preset, augment, ...rest } = known;
    const { channels } = this.draft;
    Object.assign(this.draft, rest, { channels });
    Object.assign(this.draft.augment, augment);
    for (const { name } of family.fields)
      if (settings?.[name] !== undefined) this.draft.settings[name] = settings[name];
    if (!family.sizes.includes(this.draft.size)) this.draft.size = first?.size ?? family.sizes[0]!;
    this.#preset = preset ?? null;
  }

  /** What a training can go on from: models of this family in the library, and what Maquette brings along. */
  readonly beginnings = $derived.by(() => {
    const models = studio.project?.models ?? [];
    const there = models.map(({ starter }) => starter);
    return {
      models: models.filter(({ family }) => family === this.draft.family),
      starters: studio.starters.filter(
        ({ id, family, does }) => family === this.draft.family && does === this.family?.does && !there.includes(id),
      ),
      upscalers: studio.upscalers.filter(({ family }) => family === this.draft.family),
    };
  });

  /** Datasets whose pictures can be learned beside these: of one set, as these are, and labelled where these are. */
  readonly others: readonly Dataset[] = $derived.by(() => {
    const { id: own, kind } = this.#dataset;
    if (kind !== 'pictures' && kind !== 'labelled') return [];
    return (studio.project?.datasets ?? []).filter(
      (one) => one.id !== own && one.kind === kind && one.problem === null,
    );
  });
  /** How many pictures there are with the other ones. */
  readonly together: number | null = $derived.by(() => {
    const other = this.others.find(({ id }) => id === this.also);
    return other ? this.#dataset.count + other.count : null;
  });

  /** What was chosen to begin with and is not ready yet: a training that began now would begin from nothing. */
  settling = $state<string | null>(null);
  async settle(choice: string): Promise<void> {
    this.settling = choice;
    const [kind, id] = choice.split(' ', 2);
    await (kind === 'starter' ? this.beginFromStarter(id!) : this.beginFrom(id ?? null));
    this.settling = null;
  }

  /** Goes on from a model: it learns as that learned, at that size unless another is chosen. null begins from nothing. */
  async beginFrom(model: string | null): Promise<void> {
    this.fromModel = model;
    if (model === null) {
      this.useFamily(this.draft.family);
      return;
    }
    const shape = await studio.attempt(studio.call('models.shape', { model }));
    if (!shape || shape.family !== this.draft.family) return void (this.fromModel = null);
    this.#preset = null;
    this.draft.size = this.learnedAt = shape.size;
    this.draft.channels = shape.channels;
    for (const { name, preset } of this.family?.fields ?? [])
      this.draft.settings[name] = (shape.settings[name] as number | string | undefined) ?? preset;
  }

  /** Takes one that Maquette brings along into the library, to go on from it. */
  async beginFromStarter(starter: string): Promise<void> {
    const model = await studio.addStarter(starter);
    if (model !== undefined) await this.beginFrom(model);
  }

  usePreset(preset: Preset): void {
    this.#preset = preset.id;
    const { settings, ...rest } = saidBy(preset, this.family?.fields ?? []);
    Object.assign(this.draft, rest);
    Object.assign(this.draft.settings, settings);
  }

  /** Starts the training, and has the next form begin as this one where that is wanted. @returns its run, or null when it could not start (and the form says why) */
  async start({ remember = true } = {}): Promise<string | null> {
    this.tried = true;
    this.error = undefined;
    if (Object.keys(this.#found).length > 0) return null;
    this.busy = true;
    const draft = $state.snapshot(this.draft);
    try {
      const { run } = await studio.call('training.start', {
        ...draft,
        title: draft.title.trim(),
        minutes: draft.minutes!,
        batch: draft.batch!,
        seed: draft.seed!,
        dataset: this.#dataset.id,
        ...(this.also !== null && { also: this.also }),
        ...(this.fromModel !== null && { fromModel: this.fromModel }),
      });
      // What was another model's is no choice of the person's.
      if (remember && this.fromModel === null) this.#remember(draft);
      return run;
    } catch (error) {
      this.error = messageOf(error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  async #load(): Promise<void> {
    try {
      const [all, { transparent }] = await Promise.all([
        (families ??= studio.call('families.list', {})),
        studio.call('datasets.transparent', { dataset: this.#dataset.id }),
      ]);
      this.#channels = transparent ? 4 : 3;
      this.families = all.filter(({ data }) => learnsFrom(data, this.#dataset.kind));
      this.useFamily(this.families[0]?.id ?? '');
    } catch (error) {
      families = null;
      this.error = messageOf(error);
    }
  }

  #remember(draft: Draft): void {
    const { family, size, minutes, batch, seed, holdout, augment, settings } = draft;
    const kept: Remembered = { size, minutes, batch, seed, holdout, augment, settings, preset: this.preset };
    void studio.set({ lastTraining: { ...studio.settings.lastTraining, [family]: kept } });
  }
}
