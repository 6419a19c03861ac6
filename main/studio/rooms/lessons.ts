/** Teaching a model by correction: remembered pairs, short trainings with them, and what they changed. */
import { randomInt } from 'node:crypto';
import type { Args, Result } from '../../../preload/contract/index.ts';
import { inTaskWorker } from '../tasks/client.ts';
import type { Context } from './context.ts';
import type { Datasets } from './datasets.ts';
import type { Models } from './models.ts';
import type { Runs } from './runs.ts';
import { UNVARIED } from '../../engine/processes/messages.ts';

/** Half of the steps are taken with what was taught, the other half so that nothing else is forgotten. */
const SHARE = 0.5;
/** As many held-out pairs tell how a lesson changed the rest. */
const REPORTED = 60;
const REPORT_MS = 300_000;

export class Lessons {
  readonly #context: Context;
  readonly #datasets: Datasets;
  readonly #models: Models;
  readonly #runs: Runs;

  constructor(context: Context, datasets: Datasets, models: Models, runs: Runs) {
    [this.#context, this.#datasets, this.#models, this.#runs] = [context, datasets, models, runs];
  }

  async remember({ model, dataset, ...lesson }: Args<'teach.remember'>): Promise<Result<'teach.remember'>> {
    this.#context.folder.requireWritable();
    const { size } = await this.#models.shape(model);
    const title = dataset === null ? 'Corrections' : null;
    const id = dataset ?? this.#context.folder.freshId('Corrections');
    const folder = dataset === null ? this.#context.folder.file('datasets', id) : this.#datasets.folder(id);
    const names = await this.#context.worker.run('cutLessons', { folder, title, size, ...lesson });
    this.#datasets.changed(id);
    return { dataset: id, names };
  }

  /** Goes on from the model's run where that is there, with its discriminator; else from the model alone. */
  async learn({ model, dataset, names, minutes }: Args<'teach.learn'>): Promise<{ run: string }> {
    this.#datasets.folder(dataset);
    const run = this.#models.runOf(model);
    const origin = run === null ? null : this.#runs.origin(run);
    // The same pictures stay held out as in the run that is gone on with.
    const asked = origin?.about.asked ?? {
      ...(await this.#models.shape(model)),
      ...{ seed: randomInt(2 ** 31), holdout: 0.1, augment: UNVARIED },
    };
    const continues = origin?.canContinue === true;
    return this.#runs.begin(`${this.#models.title(model)}, taught`.slice(0, 120), {
      ...{ dataset, from: continues ? run : null, fromModel: continues ? null : model },
      asked: { ...asked, batch: 1, emphasis: { names, share: SHARE }, minutes, fromStep: null },
    });
  }

  async report({ before, after, dataset, names }: Args<'teach.report'>): Promise<Result<'teach.report'>> {
    const run = this.#models.runOf(after);
    const heldOut = run === null ? [] : (this.#runs.origin(run)?.heldOut ?? []);
    return inTaskWorker(
      this.#context.launch,
      [
        'reportLesson',
        {
          ...{ before: this.#models.file(before), after: this.#models.file(after) },
          folder: this.#datasets.folder(dataset),
          taught: names,
          heldOut: heldOut.slice(0, REPORTED),
          threads: this.#context.threads(),
        },
      ],
      { progress: () => undefined, signal: AbortSignal.timeout(REPORT_MS) },
    );
  }
}
