/** Translating pictures with a model of the library: choose, wait, look. */
import type { Model, Picked, Translated } from '../../../preload/contract/index.ts';
import { pickFiles } from '../../files/pick.ts';
import type { Dropped } from '../../host/host.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { GalleryState, type GalleryEntry } from '../../ui/gallery/gallery.svelte.ts';

/** What a gallery shows of a result. */
export interface ResultEntry extends GalleryEntry {
  result: Translated;
}

export class Translating {
  /** The model that was chosen; '' for none yet. */
  model = $state('');
  busy = $state(false);
  error = $state<string>();
  /** What was translated, and with which model's title; null before the first time. */
  done = $state.raw<{ model: string; project: string; results: readonly Translated[] } | null>(null);
  readonly gallery = new GalleryState<ResultEntry>();

  /** Newest first. */
  readonly models: readonly Model[] = $derived(
    [...(studio.project?.models ?? [])].sort((a, b) => b.created.localeCompare(a.created)),
  );
  readonly chosen = $derived(this.models.find(({ id }) => id === this.model) ?? this.models[0] ?? null);
  /** Results are gone with their project. */
  readonly shown = $derived(this.done?.project === studio.project?.id ? this.done : null);
  readonly current = $derived(this.shown?.results[this.gallery.active] ?? this.shown?.results[0] ?? null);
  readonly job = $derived(
    studio.jobs.find(({ kind, state }) => kind === 'translate' && ['queued', 'running', 'paused'].includes(state)) ??
      null,
  );

  /** Asks for pictures, and translates them. */
  async pick(options: { folders: boolean; several: boolean; title: string }): Promise<void> {
    const picked = await pickFiles(studio, options);
    if (picked.length > 0) await this.start(Promise.resolve(picked));
  }

  /** Takes what was dropped. */
  async drop(dropping: Promise<Dropped[]>, several: boolean): Promise<void> {
    const dropped = await dropping;
    if (dropped.length > 0) await this.start(studio.tokensOf(several ? dropped : dropped.slice(0, 1)));
  }

  /** Translates; what was shown before stays until the new pictures are there. */
  async start(picking: Promise<Picked[]>): Promise<void> {
    const [model, project] = [this.chosen, studio.project];
    if (!model || !project || this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      const tokens = (await picking).map(({ token }) => token);
      const { job } = await studio.call('translate.start', { model: model.id, tokens });
      const results = await studio.call('translate.results', { job });
      this.done = { model: model.title, project: project.id, results };
      this.gallery.active = 0;
      this.gallery.show(results.length, (from, count) =>
        Promise.resolve(results.slice(from, from + count).map(entryOf)),
      );
    } catch (error) {
      this.error = messageOf(error);
    }
    this.busy = false;
  }

  cancel(): void {
    if (this.job) void studio.attempt(studio.call('jobs.cancel', { job: this.job.id }));
  }
}

const entryOf = (result: Translated): ResultEntry => ({
  name: result.name,
  heldOut: false,
  thumbnails: [result.input, result.output],
  result,
});

/** Of the Style workspace: kept, so that coming back finds the results. */
export const translations = { style: new Translating() };
