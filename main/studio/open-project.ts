/** The project that is open: its folder and its rooms. */
import type { Project } from '../../preload/contract/index.ts';
import { fileJobs } from './file-jobs.ts';
import { jobStore } from './job-store.ts';
import type { JobStore } from './jobs.ts';
import type { Context } from './rooms/context.ts';
import { Datasets } from './rooms/datasets.ts';
import { Drawings } from './rooms/drawings.ts';
import { Lessons } from './rooms/lessons.ts';
import { LatentRoom } from './rooms/latent.ts';
import { Models } from './rooms/models.ts';
import { PaintingRoom } from './rooms/painting.ts';
import { Runs } from './rooms/runs.ts';
import { Batches } from './rooms/batches.ts';
import type { ProjectFolder } from './project.ts';
import { shownPath, withoutPaths } from './places.ts';

const NO_JOBS: JobStore = { read: () => [], write: () => undefined };

export class OpenProject {
  readonly folder: ProjectFolder;
  readonly datasets: Datasets;
  readonly models: Models;
  readonly runs: Runs;
  readonly batches: Batches;
  readonly drawings: Drawings;
  readonly painting: PaintingRoom;
  readonly lessons: Lessons;
  readonly latent: LatentRoom;

  constructor(context: Context) {
    this.folder = context.folder;
    this.datasets = new Datasets(context);
    this.models = new Models(context);
    this.runs = new Runs(context, this.datasets, this.models);
    this.batches = new Batches(context, this.models);
    this.drawings = new Drawings(context, this.models);
    this.painting = new PaintingRoom(context, this.datasets, this.models, this.runs);
    this.lessons = new Lessons(context, this.datasets, this.models, this.runs);
    this.latent = new LatentRoom(context, this.datasets, this.models, this.runs);
    const files = fileJobs(context.launch, () => this.datasets.arrived());
    const kinds = { train: this.runs.jobs, translate: this.batches.jobs, files };
    // What may not be changed is not worked on either.
    try {
      context.queue.serve(kinds, context.folder.readOnly ? NO_JOBS : jobStore(context.folder.id));
    } catch (error) {
      const message = `What waited to be done is not known any more: ${context.explain(error)}`;
      context.tell('notice', { level: 'error', message, run: null });
    }
  }

  /** The file of a picture to know the project by, or null. */
  cover(): string | null {
    const model = this.models.list().find(({ thumbnail }) => thumbnail);
    return model ? this.folder.file('models', `${model.id}.png`) : (this.datasets.cover() ?? this.drawings.cover());
  }

  /** Things came back from the bin, or left it for good. */
  refresh(): void {
    for (const room of [this.datasets, this.models, this.runs, this.drawings, this.batches]) room.refresh();
  }

  /** Ends what runs for it, and lets others have its folder. */
  close(): void {
    this.painting.close();
    this.latent.close();
    this.folder.close();
  }

  describe(): Project {
    const { id, title, path, created, readOnly, problems } = this.folder;
    return {
      ...{ id, title, created, readOnly },
      problems: problems.map((problem) => withoutPaths(problem, path)),
      place: shownPath(path),
      datasets: this.datasets.list(),
      runs: this.runs.list(),
      models: this.models.list(),
      drawings: this.drawings.list(),
      batches: this.batches.list(),
      bin: this.folder.bin().map(({ id, title, what }) => ({ id, title, what })),
    };
  }
}
