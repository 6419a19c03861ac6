/** What the Train workspace shows. One instance, so that coming back finds everything as it was. */
import type { Dataset, Run } from '../../../preload/contract/index.ts';
import { openDialog } from '../../dialogs/dialogs.svelte.ts';
import { studio } from '../../studio.svelte.ts';
import { t } from '../../text/en.ts';

type Selection = { what: 'dataset' | 'run'; id: string } | null;

/** States in which a run is being worked on. */
const GOING: ReadonlySet<Run['state']> = new Set(['queued', 'training', 'paused']);

class TrainState {
  /** Whether the Train form is open, beside the dataset. */
  form = $state(false);
  /** Whether the doctor's panel is. */
  doctor = $state(false);
  /** Whether the speed and the curves of a training are shown. */
  details = $state(false);
  /** The training that a guide explains. */
  guided = $state<string | null>(null);
  #chosen = $state.raw<Selection>(null);

  readonly datasets = $derived(studio.project?.datasets ?? []);
  /** Newest first. */
  readonly runs = $derived([...(studio.project?.runs ?? [])].sort((a, b) => b.created.localeCompare(a.created)));
  readonly selection: Selection = $derived(this.#known(this.#chosen) ? this.#chosen : this.#foremost());
  readonly dataset = $derived(
    this.selection?.what === 'dataset' ? (this.datasets.find(({ id }) => id === this.selection!.id) ?? null) : null,
  );
  readonly run = $derived(
    this.selection?.what === 'run' ? (this.runs.find(({ id }) => id === this.selection!.id) ?? null) : null,
  );

  select(what: 'dataset' | 'run', id: string): void {
    if (this.selection?.id === id) return;
    studio.toasts.elsewhere();
    this.#chosen = { what, id };
    this.form = false;
    this.doctor = false;
  }

  /** Opens the Train form: with this dataset, else the one that is shown, else the newest that can be trained on. */
  beginTraining(dataset?: Dataset): void {
    const fit = (one: Dataset): boolean => one.problem === null;
    const wanted = dataset ?? this.dataset ?? this.datasets.find(({ id }) => id === this.run?.dataset);
    const chosen = wanted && fit(wanted) ? wanted : this.datasets.findLast(fit);
    if (!chosen) return studio.toast('info', t.train.dataset.nothingToLearn);
    this.select('dataset', chosen.id);
    this.doctor = false;
    this.form = true;
  }

  /** Asks, and takes a dataset or a run into the bin. */
  async remove(what: 'dataset' | 'run', { id, title }: { id: string; title: string }): Promise<void> {
    const words = t.train[what];
    const sure = await openDialog('confirm', {
      title: words.removeTitle,
      text: words.removeText(title),
      action: t.common.remove,
    });
    if (!sure) return;
    const work =
      what === 'dataset' ? studio.call('datasets.remove', { dataset: id }) : studio.call('runs.remove', { run: id });
    const binned = await studio.attempt(work);
    if (!binned) return;
    studio.toast('info', t.train.removed(title), {
      label: t.common.undo,
      run: () => void studio.attempt(studio.call('bin.restore', { id: binned.bin })),
    });
  }

  #known(selection: Selection): boolean {
    if (!selection) return false;
    return (selection.what === 'dataset' ? this.datasets : this.runs).some(({ id }) => id === selection.id);
  }

  /** What to show when nothing was chosen: the training that goes on, else what is newest. */
  #foremost(): Selection {
    const run = this.runs.find(({ state }) => GOING.has(state)) ?? this.runs[0];
    const dataset = this.datasets.at(-1);
    if (run && (GOING.has(run.state) || !dataset || run.created > dataset.created)) return { what: 'run', id: run.id };
    return dataset ? { what: 'dataset', id: dataset.id } : null;
  }
}

export const trainState = new TrainState();
