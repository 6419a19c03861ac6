/** What the Library shows and does. One instance, so that coming back finds everything as it was. */
import type { Model, Picked, Project } from '../../../preload/contract/index.ts';
import { openDialog } from '../../dialogs/dialogs.svelte.ts';
import { pickFiles } from '../../files/pick.ts';
import { messageOf, studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';
import { styleState } from '../style/style.svelte.ts';
import { trainState } from '../train/train.svelte.ts';
import { arrange, type Sort } from './arrange.ts';

type Binned = Project['bin'][number];

class LibraryState {
  query = $state('');
  sort = $state<Sort>('newest');
  /** Why the last import failed. */
  error = $state<string>();
  importing = $state(false);
  #chosen = $state<string | null>(null);

  readonly models = $derived(studio.project?.models ?? []);
  readonly readOnly = $derived(studio.project?.readOnly ?? true);
  readonly bin = $derived(studio.project?.bin ?? []);
  readonly shown = $derived(arrange(this.models, this));
  /** There is always one, also while a search finds none: the panel never comes and goes. */
  readonly selected = $derived(
    this.#chosenOf(this.shown) ?? this.shown[0] ?? this.#chosenOf(this.models) ?? this.models[0] ?? null,
  );
  readonly index = $derived(this.selected ? this.shown.indexOf(this.selected) : -1);

  select(id: string): void {
    this.#chosen = id;
  }

  /** Shows a model that another workspace asked for, whatever was searched for. */
  reveal(id: string): void {
    this.query = '';
    this.select(id);
  }

  #chosenOf(models: readonly Model[]): Model | undefined {
    return models.find(({ id }) => id === this.#chosen);
  }

  /** Asks for model files, and takes them in. */
  async import(): Promise<void> {
    const picked = await pickFiles(studio, { folders: false, several: true, title: t.library.importTitle });
    if (picked.length > 0) await this.take(Promise.resolve(picked));
  }

  /** Takes model files in, and shows the first. */
  async take(picking: Promise<Picked[]>): Promise<void> {
    this.error = undefined;
    this.importing = true;
    try {
      const tokens = (await picking).map(({ token }) => token);
      const { models, skipped } = await studio.call('models.import', { tokens });
      if (skipped.length > 0) studio.toast('warning', t.library.leftOut(skipped));
      else studio.toast('info', t.library.imported(models.length));
      if (models[0]) this.reveal(models[0]);
    } catch (error) {
      this.error = messageOf(error);
    }
    this.importing = false;
  }

  /** Takes a model into the bin, and selects its neighbour. */
  async remove(model: Model): Promise<void> {
    const at = this.shown.indexOf(model);
    const next = this.shown[at + 1] ?? this.shown[at - 1];
    const binned = await studio.attempt(studio.call('models.remove', { model: model.id }));
    if (!binned) return;
    if (next) this.select(next.id);
    studio.toast('info', t.library.model.removed(model.title), {
      label: t.common.undo,
      run: () => void this.#undo(binned.bin, model.id),
    });
  }

  async #undo(bin: string, model: string): Promise<void> {
    if (await this.restore({ id: bin })) this.select(model);
  }

  /** Puts something back. @returns whether it is */
  async restore({ id }: Pick<Binned, 'id'>): Promise<boolean> {
    return (await studio.attempt(studio.call('bin.restore', { id }))) === null;
  }

  /** Asks, and deletes everything in the bin. */
  async emptyBin(): Promise<void> {
    const words = t.library.bin;
    const sure = await openDialog('confirm', {
      title: words.emptyTitle,
      text: words.emptyText(this.bin.length),
      action: words.emptyAction,
    });
    if (sure) await studio.attempt(studio.call('bin.empty', {}));
  }

  /** The training that made a model, where it still is. */
  showTraining(run: string): void {
    trainState.select('run', run);
    studio.go('train');
  }
  /** Style, with this model chosen. */
  translate(model: Model): void {
    styleState.choose(model.id);
    studio.go('style');
  }
}

export const libraryState = new LibraryState();
