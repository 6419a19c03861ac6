/** The trainings of an open project: asked for, watched, paused, gone on with. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ColumnTitle } from '../../../models/families/program.ts';
import type { Args, Curves, Direction, Result, Run, TrainingForm } from '../../../preload/contract/index.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { requireFamily } from '../../engine/training/known-family.ts';
import type { TrainEvent, TrainOptions } from '../../engine/processes/messages.ts';
import { PreviewFolder } from '../../engine/training/previews.ts';
import { RunFolder, type RunRecord } from '../../engine/training/run-folder.ts';
import { startTraining, type RunningTraining } from '../../engine/processes/supervisor.ts';
import { grouped } from '../../counted.ts';
import { UserError } from '../../errors.ts';
import type { Control, JobKind, Outcome } from '../jobs.ts';
import { LiveRun } from '../live-run.ts';
import { readRecord, writeRecord } from '../../records.ts';
import { RoomIndex } from '../room-index.ts';
import { ABOUT_RUN, type AboutRun } from '../project-files.ts';
import { ENGINE_LANE, type Context } from './context.ts';
import type { Datasets } from './datasets.ts';
import type { Models } from './models.ts';

/** What the files of a run say. */
interface Known {
  about: AboutRun | null;
  record: RunRecord | null;
  /** Steps, newest first. */
  checkpoints: number[];
  /** Steps, oldest first. */
  previews: number[];
  rows: Run['previewRows'];
}

const argumentsSchema = z.object({ run: z.string() });

interface Live {
  job: string;
  progress: LiveRun;
  training: RunningTraining | null;
}

/** What a new run is made of. */
export interface NewRun extends Pick<AboutRun, 'dataset' | 'from' | 'fromModel'>, Partial<Pick<AboutRun, 'also'>> {
  asked: Omit<AboutRun['asked'], 'steps' | 'threads' | 'fromStep'> & { fromStep?: number | null };
}

export class Runs {
  readonly #context: Context;
  readonly #datasets: Datasets;
  readonly #models: Models;
  readonly #live = new Map<string, Live>();
  readonly #index = new RoomIndex<Known>(
    () => this.#context.folder.list('runs', () => true),
    (run) => this.#look(run),
  );

  constructor(context: Context, datasets: Datasets, models: Models) {
    this.#context = context;
    this.#datasets = datasets;
    this.#models = models;
    if (!context.folder.readOnly) this.#recover();
  }

  /** A job of this kind trains one run. */
  readonly jobs: JobKind = {
    lane: ENGINE_LANE,
    first: false,
    entered: (given, job) => this.#entered(argumentsSchema.parse(given).run, job),
    work: (given, control) => this.#train(argumentsSchema.parse(given).run, control),
    left: (given, outcome) => this.#left(argumentsSchema.parse(given).run, outcome),
  };

  list(): Run[] {
    return this.#index
      .ids()
      .map((id) => this.#describe(id))
      .sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  start(form: TrainingForm): { run: string } {
    const { dataset, also = null, title, minutes, fromModel = null, ...asked } = form;
    const settings = requireFamily(form.family, form).settings.safeParse(form.settings);
    if (!settings.success) {
      const issue = settings.error.issues[0]!;
      throw new UserError(`${issue.path.join('.')}: ${issue.message}`);
    }
    this.#datasets.folder(dataset);
    if (also !== null) this.#datasets.folder(also); // both refuse what is gone
    if (fromModel !== null) this.#models.toBeginWith(fromModel); // refuses one that is gone
    return this.begin(title, {
      ...{ dataset, also, from: null, fromModel },
      asked: { ...asked, settings: settings.data, emphasis: null, minutes },
    });
  }

  fork({ run, step, minutes, title }: Args<'training.fork'>): { run: string } {
    const about = this.#about(run);
    const folder = this.#folder(run);
    const checkpoints = folder.checkpoints();
    if (checkpoints.length === 0) throw new UserError('This run has no checkpoint yet; let it train longer first');
    if (step !== null && !checkpoints.includes(step))
      throw new UserError(`The checkpoint of step ${grouped(step)} is gone; choose another`);
    return this.begin(title, {
      ...{ dataset: about.dataset, also: about.also, from: run, fromModel: null },
      asked: { ...about.asked, minutes, fromStep: step },
    });
  }

  /** What a run was asked for, and whether it can be gone on with; null for one that is gone. */
  origin(run: string): { about: AboutRun; canContinue: boolean; heldOut: string[] } | null {
    const about = this.#tryAbout(run);
    const checkpoints = this.#folder(run).checkpoints();
    return about && { about, canContinue: checkpoints.length > 0, heldOut: this.#record(run)?.heldOut ?? [] };
  }

  /** The model of the library that a run began from, or goes on with; null where there is none (any more). */
  begunFrom(run: string): string | null {
    const model = this.#taughtFrom(run);
    return model !== null && this.#models.has(model) ? model : null;
  }

  /** The same, or an upscaler that is brought along. */
  #taughtFrom(run: string): string | null {
    const { from = null, fromModel = null } = this.#tryAbout(run) ?? {};
    return from === null ? fromModel : this.#models.ofRun(from);
  }

  /** All trainings leave the processor to others for so many milliseconds, from now. */
  giveWay(ms: number): void {
    for (const { training } of this.#live.values()) training?.giveWay(ms);
  }

  pause({ run }: Args<'training.pause'>): null {
    this.#context.queue.pause(this.#liveJob(run));
    return null;
  }

  resume({ run }: Args<'training.resume'>): null {
    const live = this.#live.get(run);
    if (live) this.#context.queue.resume(live.job);
    else {
      this.#context.folder.requireWritable();
      this.#enqueue(run);
    }
    return null;
  }

  stop({ run }: Args<'training.stop'>): null {
    this.#context.queue.cancel(this.#liveJob(run));
    return null;
  }

  async curves({ run, points }: Args<'runs.curves'>): Promise<Curves> {
    const trainPictures = this.#about(run).trainPictures ?? Infinity;
    const file = this.#folder(run).file('metrics.jsonl');
    return this.#context.worker.run('readCurves', { file, points, trainPictures });
  }

  rename({ run, title }: Args<'runs.rename'>): null {
    this.#write(run, { title });
    return null;
  }

  remove({ run }: Args<'runs.remove'>): { bin: string } {
    if (this.#live.has(run)) throw new UserError('This run is training; stop it before you delete it');
    const binned = this.#context.folder.discard('run', this.#about(run).title, [`runs/${run}`]);
    this.#index.forget(run);
    this.#context.changed();
    return binned;
  }

  /** Runs may have come back from the bin. */
  refresh(): void {
    this.#index.forgetAll();
  }

  /** A cell of a run's preview, for media; where that is null, what it is cut from. */
  preview(run: string, { step, row, title }: { step: number; row: number; title: ColumnTitle }) {
    const previews = this.#previews(run);
    const size = this.#record(run)?.size ?? 0;
    return { cell: previews.cell(step, row, title), old: { sheet: previews.sheet(step), size, row, title } };
  }

  /** Begins a run, as a job. What is not said is as usual. */
  begin(title: string, { asked, ...about }: NewRun): { run: string } {
    this.#context.folder.requireWritable();
    const run = this.#context.folder.freshId(title);
    const record: AboutRun = {
      format: 1,
      also: null,
      ...about,
      asked: { fromStep: null, ...asked, steps: null, threads: this.#context.threads() },
      title,
      created: new Date().toISOString(),
      state: 'queued',
      message: null,
      trainPictures: null,
    };
    writeRecord(this.#folder(run).file('about.json'), record);
    this.#index.forget(run);
    this.#enqueue(run);
    return { run };
  }

  #enqueue(run: string): void {
    this.#context.queue.add({ kind: 'train', title: this.#about(run).title, run, arguments: { run } });
  }

  #entered(run: string, job: string): void {
    const { asked } = this.#about(run);
    const progress = new LiveRun(run, asked.minutes, (event) => this.#context.tell('progress', event));
    this.#live.set(run, { job, progress, training: null });
    this.#write(run, { state: 'queued', message: null });
  }

  #left(run: string, outcome: Outcome): void {
    const live = this.#live.get(run);
    this.#live.delete(run);
    live?.progress.flush();
    try {
      if (outcome.state === 'failed')
        this.#write(run, { state: 'failed', message: this.#context.explain(outcome.error) });
      else this.#write(run, { state: this.#isComplete(run) ? 'done' : 'stopped', message: null });
    } catch (error) {
      // What became of the run could not be written down (a full disk, say): the person must hear of it.
      this.#context.tell('notice', { level: 'error', message: this.#context.explain(error), run });
    }
  }

  /** The work of the job. */
  async #train(run: string, { signal, show, onPause }: Control): Promise<void> {
    const about = this.#about(run);
    const live = this.#live.get(run)!;
    if (about.dataset === null) throw new UserError('The dataset of this run is gone; begin a new training');
    const options: TrainOptions = {
      ...about.asked,
      dataset: this.#datasets.folder(about.dataset),
      also: about.also === null ? null : this.#datasets.folder(about.also),
      out: this.#folder(run).path,
      engine: this.#context.engine(),
      background: true,
      checkpointEvery: null,
      resume: true,
      from: this.#beginsFrom(about),
    };
    this.#write(run, { state: 'training' });
    const training = startTraining(
      options,
      (event) => {
        live.progress.hear(event);
        if (event.event === 'step') show({ progress: live.progress.progress, secondsLeft: live.progress.secondsLeft });
        else this.#hear(run, event);
      },
      this.#context.launch,
    );
    live.training = training;
    signal.addEventListener('abort', () => training.stop());
    if (signal.aborted) training.stop();
    onPause(
      () => training.pause(),
      () => training.proceed(),
    );
    await training.finished;
    await this.#keep(run);
  }

  #beginsFrom({ from, fromModel }: AboutRun): string | null {
    if (from !== null) return this.#folder(from).path;
    return fromModel === null ? null : this.#models.toBeginWith(fromModel);
  }

  /** What happens besides steps. */
  #hear(run: string, event: TrainEvent): void {
    this.#index.forget(run);
    if (event.event === 'opened') this.#write(run, { trainPictures: event.train });
    else if (event.event === 'restarted') {
      const message = `The engine stopped unexpectedly and was started again. ${event.message}.`;
      this.#context.tell('notice', { level: 'warning', message, run });
    } else if (event.event === 'warning')
      this.#context.tell('notice', { level: 'warning', message: event.message, run });
    else if (event.event === 'preview' || event.event === 'checkpoint') this.#context.changed();
  }

  /** Puts what a run knows by now into the library: the training goes on, and what it ends with takes its place. */
  async tryOut({ run }: Args<'training.tryOut'>): Promise<Result<'training.tryOut'>> {
    const { folder, worker } = this.#context;
    folder.requireWritable();
    const out = folder.file('.maquette', 'so-far', run);
    try {
      const step = await worker.run('exportCheckpoint', { run: this.#folder(run).path, out });
      return { model: await this.#putIntoLibrary(run, join(out, 'model.onnx'), step) };
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }

  /** Puts the model that a training ended with into the library. */
  async #keep(run: string): Promise<void> {
    const folder = this.#folder(run);
    const file = folder.file('model.onnx');
    if (existsSync(file)) await this.#putIntoLibrary(run, file, folder.checkpoints()[0] ?? 0);
  }

  async #putIntoLibrary(run: string, file: string, step: number): Promise<string> {
    const { title } = this.#about(run);
    const { family, size, channels } = this.#folder(run).read();
    const previews = this.#previews(run);
    const last = previews.steps().at(-1);
    const rows = last === undefined ? [] : (previews.rows(last) ?? []);
    // What goes in and what comes out; of what is made from nothing, the first two that differ.
    const cells = rows[0]?.columns.includes('input')
      ? (['input', 'result'] as const).map((column) => [0, column] as const)
      : [0, rows.findIndex(({ name }) => name !== rows[0]?.name)].map((row) => [row, 'result'] as const);
    const shown = cells.flatMap(([row, column]) => (rows[row] ? (previews.cell(last!, row, column) ?? []) : []));
    const facts = { family, size, channels, steps: step };
    return this.#models.keep({ run, title, file, facts, shown, from: this.#taughtFrom(run) });
  }

  /** Runs that a killed studio left training are stopped ones that can go on. */
  #recover(): void {
    for (const run of this.#context.folder.list('runs', () => true)) {
      const about = this.#tryAbout(run);
      if (!about || !['queued', 'training', 'paused'].includes(about.state)) continue;
      const step = this.#folder(run).checkpoints()[0];
      const message =
        step === undefined
          ? 'Maquette was ended before the first checkpoint; resume to begin again'
          : `Maquette was ended while it trained; resume to go on from step ${grouped(step)}`;
      writeRecord(this.#folder(run).file('about.json'), { ...about, state: 'stopped', message });
    }
  }

  #liveJob(run: string): string {
    const live = this.#live.get(run);
    if (!live) throw new UserError('This run is not training now');
    return live.job;
  }

  #folder(run: string): RunFolder {
    return new RunFolder(this.#context.folder.file('runs', run));
  }

  #about(run: string): AboutRun {
    return readRecord(this.#folder(run).file('about.json'), ABOUT_RUN);
  }

  #tryAbout(run: string): AboutRun | null {
    try {
      return this.#about(run);
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  }

  #record(run: string): RunRecord | null {
    try {
      return this.#folder(run).exists() ? this.#folder(run).read() : null;
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  }

  #write(run: string, change: Partial<AboutRun>): void {
    this.#context.folder.requireWritable();
    writeRecord(this.#folder(run).file('about.json'), { ...this.#about(run), ...change });
    this.#index.forget(run);
    this.#context.changed();
  }

  #isComplete(run: string): boolean {
    const steps = this.#record(run)?.steps;
    return steps !== null && steps !== undefined && this.#folder(run).checkpoints()[0] === steps;
  }

  #previews(run: string): PreviewFolder {
    return new PreviewFolder(this.#folder(run).path);
  }

  #look(run: string): Known {
    const [record, previews] = [this.#record(run), this.#previews(run)];
    const steps = previews.steps();
    return {
      about: this.#tryAbout(run),
      record,
      checkpoints: this.#folder(run).checkpoints(),
      previews: steps,
      rows: rowsOf(previews, steps, record),
    };
  }

  #describe(run: string): Run {
    const { about, record, checkpoints, previews, rows } = this.#index.get(run);
    const live = this.#live.get(run);
    const shape = record ?? about?.asked;
    const working = live && this.#context.queue.stateOf(live.job);
    const LIVE = { queued: 'queued', running: 'training', paused: 'paused' } as const;
    return {
      id: run,
      title: about?.title ?? run,
      family: shape?.family ?? '',
      familyTitle: FAMILIES.get(shape?.family ?? '')?.title ?? shape?.family ?? '',
      data: FAMILIES.get(shape?.family ?? '')?.data ?? 'pairs',
      does: FAMILIES.get(shape?.family ?? '')?.does ?? 'translate',
      dataset: about?.dataset ?? null,
      size: shape?.size ?? 0,
      channels: shape?.channels ?? 3,
      state: (working && LIVE[working as keyof typeof LIVE]) ?? about?.state ?? (about ? 'stopped' : 'failed'),
      step: live && live.progress.step > 0 ? live.progress.step : (checkpoints[0] ?? 0),
      steps: record?.steps ?? null,
      minutes: record?.minutes ?? about?.asked.minutes ?? null,
      created: about?.created ?? '',
      message: about
        ? about.message
        : 'What is written about this run is damaged; its previews and model can be looked at',
      checkpoints,
      previews,
      previewRows: rows,
      batch: shape?.batch ?? 1,
      model: this.#models.ofRun(run),
      from: about?.from ?? null,
      settings: shape?.settings ?? {},
    };
  }
}

/** The rows of a run's newest preview; none where it is damaged, or there is none. */
function rowsOf(previews: PreviewFolder, steps: readonly number[], record: RunRecord | null): Run['previewRows'] {
  const newest = steps.at(-1);
  if (newest === undefined) return [];
  try {
    return previews.rows(newest) ?? (record ? oldRows(record) : []);
  } catch (error) {
    if (error instanceof UserError) return []; // the run itself can still be gone on with
    throw error;
  }
}

const OLD_ROWS = 6;

/**
 * The rows of previews of format 1, which followed from what was held out: of two sets the pictures of A, and then, as
 * CycleGAN alone translated back, those of B, as many of each as both have.
 */
function oldRows({ family, heldOut }: RunRecord): Run['previewRows'] {
  const row = (name: string, direction: Direction | null, last: ColumnTitle) => ({
    ...{ name, direction },
    columns: ['input', 'result', last] as ColumnTitle[],
  });
  const [a, b] = (['A/', 'B/'] as const).map((set) => heldOut.filter((name) => name.startsWith(set))) as [
    string[],
    string[],
  ];
  if (family === 'pix2pix') return heldOut.slice(0, OLD_ROWS).map((name) => row(name, null, 'truth'));
  const count = Math.min(OLD_ROWS, a.length, b.length);
  if (family !== 'cyclegan') return a.slice(0, count).map((name) => row(name, null, 'example'));
  return [
    ...a.slice(0, count).map((name) => row(name, 'AtoB', 'example')),
    ...b.slice(0, count).map((name) => row(name, 'BtoA', 'example')),
  ];
}
