/** What the Style workspace shows and does. One instance, so that coming back finds everything as it was. */
import { SvelteMap } from 'svelte/reactivity';
import type { Batch, Direction, Model, Picked, TranslationSize } from '../../../preload/contract/index.ts';
import type { StyleAction, StyleFacade } from '../../commands/command.ts';
import { openDialog } from '../../dialogs/dialogs.svelte.ts';
import { pickFiles } from '../../files/pick.ts';
import type { Takes } from '../../drop/entrance.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';

/** What fills the place beside the column. */
type View = 'begin' | 'batch' | 'io';

/** States from which a batch can be gone on with. */
const RESUMABLE: ReadonlySet<Batch['state']> = new Set(['paused', 'stopped', 'failed']);
/** Milliseconds after which a key that is let go was held: the tool before it comes back. */
const HELD_MS = 300;
const STRENGTH_STEP = 0.1;

/** The pictures of a batch, as far as commands move among them. */
export interface Leafing {
  /** Which picture is in view. */
  at: () => number;
  go: (by: number) => void;
  toFailed: () => void;
  enlarge: () => void;
}

/** What another batch made of a picture. */
export interface Other {
  batch: string;
  /** An address. */
  output: string;
  label: string;
}

class StyleState implements StyleFacade {
  /** From 0, the original, to 1, the result. */
  strength = $state(1);
  tool = $state<'line' | 'lens'>('line');
  /** The batch whose result of the same picture stands at the left, in the place of the original. */
  beside = $state<string | null>(null);
  /** Pictures are on their way, or being looked at. */
  starting = $state(false);
  importing = $state(false);
  error = $state<string>();
  /** Set while a batch is shown. */
  leafing = $state.raw<Leafing | null>(null);
  #model = $state('');
  #direction = $state<Direction>('AtoB');
  #size = $state<TranslationSize>('model');
  #batch = $state<string | null>(null);
  #view = $state<View>('batch');
  /** A model was chosen, which is asked about where that is needed; it may be one that is only about to be listed. */
  #asking = $state(false);
  /** What each batch of this window was made from, so that it can be done again. */
  readonly #sources = new SvelteMap<string, { tokens: string[]; title: string }>();
  #lensSince: number | null = null;

  /** Newest first. */
  readonly models: readonly Model[] = $derived(
    studio.modelsThat('translate').sort((a, b) => b.created.localeCompare(a.created)),
  );
  readonly batches: readonly Batch[] = $derived(studio.project?.batches ?? []);
  readonly batch: Batch | null = $derived(this.batches.find(({ id }) => id === this.#batch) ?? this.batches[0] ?? null);
  /** The chosen model, else the one of what is shown, else the newest. */
  readonly chosen: Model | null = $derived(
    this.models.find(({ id }) => id === this.#model) ??
      this.models.find(({ id }) => id === this.batch?.model) ??
      this.models[0] ??
      null,
  );
  readonly direction: Direction = $derived(
    this.chosen?.directions.includes(this.#direction) ? this.#direction : (this.chosen?.directions[0] ?? 'AtoB'),
  );
  /** A model without a size of its own works at each picture's. */
  readonly size: TranslationSize = $derived(this.chosen?.size === null ? 'own' : this.#size);
  readonly readOnly = $derived(studio.project?.readOnly ?? true);
  readonly job = $derived(studio.jobs.find(({ id }) => id === this.batch?.job) ?? null);
  readonly view: View = $derived.by(() => {
    if (this.chosen?.io && (this.#view === 'io' || (this.#asking && !this.chosen.confirmed))) return 'io';
    if (this.#view === 'batch' && this.batch) return 'batch';
    return this.chosen?.confirmed === false ? 'io' : 'begin';
  });
  /** Whether the pictures that are shown can be translated again, in another way than they were. */
  readonly canRepeat = $derived.by(() => {
    const { batch, chosen } = this;
    if (!batch || !chosen?.confirmed || !this.#sources.has(batch.id)) return false;
    return chosen.id !== batch.model || this.direction !== batch.direction || this.size !== batch.size;
  });

  /** Chooses a model; one of another tool is asked about first. */
  choose(id: string): void {
    this.#model = id;
    this.#asking = true;
    this.error = undefined;
    if (this.#view === 'io') this.#view = 'batch';
  }
  set wantedDirection(direction: Direction) {
    this.#direction = direction;
  }
  set wantedSize(size: TranslationSize) {
    this.#size = size;
  }
  /** Shows a batch, with how it was made. */
  show({ id, model, direction, size }: Pick<Batch, 'id' | 'model' | 'direction' | 'size'>): void {
    [this.#batch, this.#view, this.#direction, this.#size] = [id, 'batch', direction, size];
    if (model !== null) this.#model = model;
    this.#asking = false;
    this.error = undefined;
  }
  /** Pictures for a model, from wherever one is. */
  restyleWith(id: string): void {
    this.choose(id);
    this.begin();
    studio.go('style');
  }
  /** Makes room for other pictures. */
  begin(): void {
    this.#asking = false;
    this.#view = 'begin';
  }
  /** Shows what a model of another tool takes. */
  askIo(): void {
    this.#view = 'io';
  }
  /** Whether there is anything to do without the model that is asked about. */
  readonly canLeaveIo = $derived(this.batch !== null || this.models.some(({ confirmed }) => confirmed));

  /** Not now: another model takes its place, where there is one. */
  leaveIo(): void {
    const ready = this.models.find(({ confirmed }) => confirmed);
    if (!this.chosen?.confirmed && ready) this.#model = ready.id;
    this.#asking = false;
    this.#view = 'batch';
  }

  /** Asks for pictures, or a folder of them, and translates them. */
  async pick(folders: boolean): Promise<void> {
    const picked = await pickFiles(studio, { folders, several: true, title: t.style.begin.pick });
    if (picked.length > 0) await this.start(Promise.resolve(picked));
  }

  /** What is dropped here: models are chosen, everything else is translated. */
  readonly takes: Takes = {
    models: (picking) => this.importModels(picking),
    folders: (picking) => this.start(picking),
    layered: (picking) => this.start(picking),
    pictures: (picking) => this.start(picking),
  };

  /** Takes models into the library, and chooses the first. */
  async importModels(picking: Promise<Picked[]>): Promise<void> {
    this.importing = true;
    this.error = undefined;
    try {
      const tokens = (await picking).map(({ token }) => token);
      const { models, skipped } = await studio.call('models.import', { tokens });
      if (models[0] !== undefined) this.choose(models[0]);
      // It is seen in the list, and one of another tool is asked about.
      studio.announce(t.library.imported(models.length));
      if (skipped.length > 0) studio.toast('warning', t.library.leftOut(skipped));
    } catch (error) {
      this.error = messageOf(error);
    }
    this.importing = false;
  }
  async pickModels(): Promise<void> {
    const picked = await pickFiles(studio, { folders: false, several: true, title: t.library.importTitle });
    if (picked.length > 0) await this.importModels(Promise.resolve(picked));
  }

  /** Begins a batch and shows it. */
  async start(picking: Promise<Picked[]>, title?: string): Promise<void> {
    const { chosen: model, direction, size } = this;
    if (this.readOnly || this.starting) return;
    if (!model?.confirmed) {
      this.error = t.style.begin.modelFirst;
      return;
    }
    this.starting = true;
    this.error = undefined;
    try {
      const tokens = (await picking).map(({ token }) => token);
      const asked = { model: model.id, direction, size, tokens, ...(title !== undefined && { title }) };
      const { batch } = await studio.call('translate.start', asked);
      this.#sources.set(batch, { tokens, title: title ?? '' });
      this.show({ id: batch, model: model.id, direction, size });
    } catch (error) {
      this.error = messageOf(error);
    }
    this.starting = false;
  }
  /** The same pictures again, as the column now says. */
  async repeat(): Promise<void> {
    const source = this.batch && this.#sources.get(this.batch.id);
    if (!source) return;
    await this.start(Promise.resolve(source.tokens.map((token) => ({ token, name: '', folder: false }))));
  }

  async pause(batch: Batch): Promise<void> {
    await studio.attempt(studio.call('translate.pause', { batch: batch.id }));
  }
  async resume(batch: Batch): Promise<void> {
    await studio.attempt(studio.call('translate.resume', { batch: batch.id }));
  }
  async cancel({ job }: Batch): Promise<void> {
    if (job !== null) await studio.attempt(studio.call('jobs.cancel', { job }));
  }
  async rename(batch: Batch, title: string): Promise<void> {
    await studio.attempt(studio.call('translate.rename', { batch: batch.id, title }));
  }
  /** Takes a batch into the bin. */
  async remove({ id, title }: Batch): Promise<void> {
    const binned = await studio.attempt(studio.call('translate.remove', { batch: id }));
    if (!binned) return;
    studio.toast('info', t.style.removed(title), {
      label: t.common.undo,
      run: () => void studio.attempt(studio.call('bin.restore', { id: binned.bin })),
    });
  }
  /** Asks what is to be saved, how and where. */
  saveAll(batch: Batch): void {
    void openDialog('save-results', { batch });
  }
  /** Marks the result of a picture to be kept, or takes the mark away. */
  async keep(batch: Batch, index: number, kept: boolean): Promise<void> {
    await studio.attempt(studio.call('translate.keep', { batch: batch.id, index, kept }));
  }

  /** The lens: switched by a short press of its key, lent while the key is held. */
  pressLens(): void {
    if (this.#lensSince !== null) return;
    this.#lensSince = performance.now();
    this.tool = this.tool === 'lens' ? 'line' : 'lens';
  }
  releaseLens(): void {
    if (this.#lensSince !== null && performance.now() - this.#lensSince > HELD_MS) this.tool = 'line';
    this.#lensSince = null;
  }
  /** Whether the lens' key is down. */
  get lensHeld(): boolean {
    return this.#lensSince !== null;
  }

  can(action: StyleAction): boolean {
    const { batch, leafing } = this;
    const shown = this.view === 'batch' && batch !== null;
    const rows: Record<StyleAction, boolean> = {
      begin: !this.readOnly && this.chosen?.confirmed === true,
      lens: shown,
      previous: shown && leafing !== null,
      next: shown && leafing !== null,
      weaker: shown,
      stronger: shown,
      enlarge: shown && leafing !== null,
      'save-all': shown && batch.done > 0,
      pause: batch?.state === 'running',
      resume: batch !== null && RESUMABLE.has(batch.state) && !this.readOnly,
    };
    return rows[action];
  }
  run(action: StyleAction): void {
    const rows: Record<StyleAction, () => void> = {
      begin: () => this.begin(),
      lens: () => this.pressLens(),
      previous: () => this.leafing?.go(-1),
      next: () => this.leafing?.go(1),
      weaker: () => this.#strengthen(-STRENGTH_STEP),
      stronger: () => this.#strengthen(STRENGTH_STEP),
      enlarge: () => this.leafing?.enlarge(),
      'save-all': () => this.saveAll(this.batch!),
      pause: () => void this.pause(this.batch!),
      resume: () => void this.resume(this.batch!),
    };
    rows[action]();
  }

  #strengthen(by: number): void {
    this.strength = Math.max(0, Math.min(1, +(this.strength + by).toFixed(2)));
  }
}

export const styleState = new StyleState();

/** Whether a batch can be gone on with. */
export const isResumable = ({ state }: Batch): boolean => RESUMABLE.has(state);
