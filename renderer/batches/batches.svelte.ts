/** What workspaces share that make something of many pictures: batches, the one that is shown, and how it is looked at. */
import { getContext, setContext } from 'svelte';
import type { Batch, Picked } from '../../preload/contract/index.ts';
import type { BatchesFacade, BatchesAction } from '../commands/command.ts';
import { openDialog } from '../dialogs/dialogs.svelte.ts';
import type { Takes } from '../drop/entrance.ts';
import { pickFiles } from '../files/pick.ts';
import { messageOf, studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import type { Keeping } from './easel/keeping.svelte.ts';
import { Saving } from './saving.svelte.ts';

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

/** The words of a workspace for what it makes of pictures. */
export type BatchWords = Pick<
  typeof t.style,
  'title' | 'batches' | 'noBatches' | 'states' | 'begin' | 'another' | 'waiting'
>;

/** What a batch is made from: files and folders, or the pictures of another one. */
export interface Given {
  tokens: string[];
  again?: string;
}

export abstract class BatchesState implements BatchesFacade {
  abstract readonly words: BatchWords;
  /** Of its own kind, the newest first. */
  abstract readonly batches: readonly Batch[];
  /** What works on the next pictures, by name; null while nothing can. */
  abstract readonly chosenTitle: string | null;
  /** Whether the pictures that are shown can be worked on again, in another way than they were. */
  abstract readonly canRepeat: boolean;
  /** How a batch was made, as facts about it. */
  abstract howOf(batch: Batch): (string | false | null)[];
  /** By what a batch was made, in a word. */
  abstract byOf(batch: Batch): string;
  /** What it does with what is dropped on it. */
  abstract readonly takes: Takes;
  /** Makes the choices that a batch was made with. */
  protected abstract adopt(batch: Batch): void;
  /** Begins a batch as it is chosen now. */
  protected abstract ask(given: Given): Promise<string>;

  /** From 0, the original, to 1, the result. */
  strength = $state(1);
  tool = $state<'line' | 'lens' | 'keep'>('line');
  /** The brush that paints where results stay as their originals were; null where there is none. */
  readonly keeping: Keeping | null = null;
  /** The batch whose result of the same picture stands at the left, in the place of the original. */
  beside = $state<string | null>(null);
  /** Pictures are on their way, or being looked at. */
  starting = $state(false);
  error = $state<string>();
  /** Set while a batch is shown. */
  leafing = $state.raw<Leafing | null>(null);
  /** Room for other pictures is shown, not a batch. */
  protected beginning = $state(false);
  #batch = $state<string | null>(null);
  #lensSince: number | null = null;
  readonly #saving = new Saving();

  readonly batch: Batch | null = $derived.by(
    () => this.batches.find(({ id }) => id === this.#batch) ?? this.batches[0] ?? null,
  );
  readonly readOnly = $derived(studio.project?.readOnly ?? true);
  readonly job = $derived.by(() => studio.jobs.find(({ id }) => id === this.batch?.job) ?? null);
  /** Whether a batch is in view, not what comes before one. */
  get showsBatch(): boolean {
    return !this.beginning && this.batch !== null;
  }

  /** Shows a batch, with how it was made. */
  show(batch: Batch): void {
    this.#batch = batch.id;
    this.beginning = false;
    this.adopt(batch);
    this.error = undefined;
  }
  /** Makes room for other pictures. */
  begin(): void {
    this.beginning = true;
  }

  /** Asks for pictures, or a folder of them, and begins. */
  async pick(folders: boolean): Promise<void> {
    const picked = await pickFiles(studio, { folders, several: true, title: this.words.begin.pick });
    if (picked.length > 0) await this.start(Promise.resolve(picked));
  }

  /** Begins a batch and shows it. */
  async start(picking: Promise<Picked[]>): Promise<void> {
    await this.#begin(async () => ({ tokens: (await picking).map(({ token }) => token) }));
  }
  async #begin(given: () => Given | Promise<Given>): Promise<void> {
    if (this.readOnly || this.starting) return;
    if (this.chosenTitle === null) {
      this.error = this.words.begin.modelFirst;
      return;
    }
    this.starting = true;
    this.error = undefined;
    try {
      const batch = await this.ask(await given());
      [this.#batch, this.beginning, this.strength] = [batch, false, 1];
    } catch (error) {
      this.error = messageOf(error);
    }
    this.starting = false;
  }
  /** The same pictures again, as is chosen now. */
  async repeat(): Promise<void> {
    const { batch } = this;
    if (batch) await this.#begin(() => ({ tokens: [], again: batch.id }));
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
    void openDialog('save-results', {
      ...{ batch, at: this.leafing?.at() ?? 0, strength: this.strength, saving: this.#saving },
    });
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

  can(action: BatchesAction): boolean {
    const { batch, leafing } = this;
    const shown = this.showsBatch && batch !== null;
    const rows: Record<BatchesAction, boolean> = {
      begin: !this.readOnly && this.chosenTitle !== null,
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
  run(action: BatchesAction): void {
    const rows: Record<BatchesAction, () => void> = {
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

/** Whether a batch can be gone on with. */
export const isResumable = ({ state }: Batch): boolean => RESUMABLE.has(state);

const KEY = Symbol('batches');
/** The workspace that the components below belong to. */
export const setBatches = (state: BatchesState): BatchesState => setContext(KEY, state);
export const getBatches = (): BatchesState => getContext(KEY);
