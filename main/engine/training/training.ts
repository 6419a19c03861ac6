/** The training loop: pictures in, steps, previews, checkpoints, a model out. Runs in the trainer process. */
import { copyFileSync, existsSync } from 'node:fs';
import type { Family, RunShape } from '../../../models/families/family.ts';
import type { Phase, Port, Program } from '../../../models/families/program.ts';
import type { ReportKind } from '../../../models/families/step.ts';
import { counted, grouped, inGigabytes } from '../../counted.ts';
import { OutOfMemory, UserError } from '../../errors.ts';
import { awaitedLater } from '../../pool.ts';
import { lastingFingerprint, sameFingerprint } from '../data/datasets.ts';
import { scheduleEnd, TimeBudget, type Planned } from './budget.ts';
import { VERSION } from '../../root.ts';
import { requireFamily } from './known-family.ts';
import type { Engine, EngineState, Execution } from '../engine.ts';
import { startRuntime } from '../cpu/ort.ts';
import { chooseEngine, ENGINES } from '../engines.ts';
import { runExported } from '../inference/exported.ts';
import type { Minibatch, DatasetSummary, LoaderSettings, TrainEvent, TrainOptions } from '../processes/messages.ts';
import { Originality } from '../metrics/originality.ts';
import { pretrainedOf, RUN_FORMAT, RunFolder, type RunRecord } from './run-folder.ts';
import { writePreview } from './drawn-previews.ts';
import { PreviewFolder } from './previews.ts';
import { exampleInputs, showModels, type PictureShape } from './showing.ts';
import {
  beginFrom,
  exportModel,
  loadNewestCheckpoint,
  pretrainedAt,
  saveCheckpoint,
  type ModelOrigin,
} from './snapshot.ts';

/** Where the pictures come from: the loader process, seen from the trainer. */
export interface PictureSource {
  open(settings: LoaderSettings): Promise<DatasetSummary>;
  serve(ports: Readonly<Record<string, Port>>): Promise<void>;
  batch(step: number): Promise<Minibatch>;
  heldOut(from: number, count: number): Promise<Minibatch>;
}

/** A run under way: what it is, what it runs, on what, and what that takes of memory. */
interface Course {
  record: RunRecord;
  program: Program;
  execution: Execution;
  bytes: number;
}

const CHECKPOINT_STEPS = 250;
const CHECKPOINT_MS = 60_000;
/** Previews before the first checkpoint: the beginning is when pictures change most, and when a person looks. */
const EARLY_PREVIEWS: readonly number[] = [10, 50, 120];
/** Steps in which a fresh discriminator learns alone, where a run begins from a bare model, or was pretrained. */
const WARMUP_STEPS = 50;

export class Training {
  readonly #options: TrainOptions;
  readonly #source: PictureSource;
  readonly #tell: (event: TrainEvent) => void;
  readonly #family: Family;
  readonly #previews: PreviewFolder;
  readonly #folder: RunFolder;
  readonly #originality: Originality;
  #stopping = false;
  /** Nothing is computed before this time, in milliseconds. */
  #waitUntil = 0;
  /** Milliseconds that the step at hand has given way. */
  #gaveWay = 0;
  /** Set while paused: the promise that the loop waits for, and what ends it. */
  #pause: { over: Promise<void>; end: () => void } | undefined;

  /** @throws UserError when the family or size cannot be trained */
  constructor(options: TrainOptions, source: PictureSource, tell: (event: TrainEvent) => void) {
    this.#options = options;
    this.#source = source;
    this.#tell = tell;
    this.#family = requireFamily(options.family, options);
    this.#folder = new RunFolder(options.out);
    this.#previews = new PreviewFolder(options.out);
    this.#originality = new Originality(this.#planes);
  }

  /** Ends after the step at hand, with a checkpoint. */
  stop(): void {
    this.#stopping = true;
    this.proceed();
  }

  /** Waits after the step at hand, with a checkpoint, until `proceed` or `stop`. */
  pause(): void {
    if (this.#pause) return;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#pause = { over, end };
  }

  proceed(): void {
    this.#pause?.end();
    this.#pause = undefined;
  }

  /** Computes nothing for so long from now, even inside a step; the last word counts. */
  giveWay(ms: number): void {
    this.#waitUntil = performance.now() + ms;
  }

  async #breathe(): Promise<void> {
    const began = performance.now();
    for (let now = began; now < this.#waitUntil && !this.#stopping; now = performance.now())
      await new Promise((resolve) => setTimeout(resolve, Math.min(50, this.#waitUntil - now)));
    this.#gaveWay += performance.now() - began;
  }

  /** Trains to the end. @throws UserError when the input is bad; nothing half-written is left */
  async run(): Promise<void> {
    const warn = (message: string): void => this.#tell({ event: 'warning', message });
    const engine = await chooseEngine(this.#options.engine, this.#options.threads, warn);
    const summary = await this.#source.open(this.#pictures(this.#options.batch));
    summary.warnings.forEach(warn);
    this.#folder.lock();
    try {
      await this.#train(summary, engine);
    } finally {
      this.#folder.unlock();
    }
  }

  /** What the loader is to give, so many pictures a step. */
  #pictures(batch: number): LoaderSettings {
    const { dataset, also, size, channels, seed, holdout, augment, emphasis } = this.#options;
    return {
      dataset,
      also: also ?? null,
      kind: this.#family.data,
      windows: this.#family.windows === true,
      size,
      channels,
      batch,
      seed,
      holdout,
      augment,
      emphasis,
      only: this.#begunWith(),
    };
  }

  async #train(summary: DatasetSummary, first: Engine): Promise<void> {
    const record = this.#record(summary);
    const finished = this.#folder.file('model.onnx');
    // Whatever trains, exported models are checked and pictures judged by ONNX Runtime.
    startRuntime(this.#options.threads);
    const { engine, ...course } = await this.#open(record, first);
    const { program, execution, bytes } = course;
    const moved = record.engine !== engine.name;
    record.engine = engine.name;
    Object.assign(record.versions, await engine.versions(this.#options.threads));
    if (record.batch !== this.#options.batch) await this.#source.open(this.#pictures(record.batch));
    await this.#source.serve(program.inputs);
    try {
      if (moved && this.#folder.exists()) this.#folder.write(record);
      this.#tell({
        event: 'opened',
        train: summary.train,
        heldOut: summary.heldOut,
        steps: record.steps,
        params: execution.parameterCount,
        bytes,
      });
      const begin = await this.#begin(course);
      if (begin === record.steps && existsSync(finished)) {
        this.#tell({ event: 'done', step: begin, model: finished });
        return;
      }
      await this.#loop(course, begin);
    } finally {
      await execution.dispose();
    }
  }

  /**
   * Opens the run on an engine. Where memory has no room for so many pictures a step, one that has not begun takes half of
   * them, and half again; where it has none for one, `auto` goes on to the next engine. @throws OutOfMemory
   */
  async #open(record: RunRecord, engine: Engine): Promise<Course & { engine: Engine }> {
    const warn = (message: string): void => this.#tell({ event: 'warning', message });
    const { threads, batch: asked } = this.#options;
    const begun = this.#folder.exists();
    const halve = (why: string): void => {
      const batch = record.batch >> 1;
      warn(`${why}; it takes ${counted(batch, 'picture', 'pictures')} a step instead of ${record.batch}`);
      Object.assign(record, { batch, askedBatch: asked });
    };
    for (;;) {
      const program = this.#family.program(this.#shapeOf(record), record.settings);
      try {
        const { needed, free } = await engine.room(program);
        if (free !== null && needed > free && record.batch > 1 && !begun) {
          halve(`This training takes about ${inGigabytes(needed)} of memory, and ${inGigabytes(free)} are free`);
          continue;
        }
        const execution = await engine.open(program, { seed: record.seed, threads, breathe: () => this.#breathe() });
        return { record, program, execution, engine, bytes: needed };
      } catch (error) {
        if (!(error instanceof OutOfMemory)) throw error;
        if (!begun && record.batch > 1) halve(error.message);
        else if (this.#options.engine === 'auto') {
          warn(error.message);
          engine = await chooseEngine('auto', threads, warn, ENGINES.slice(ENGINES.indexOf(engine) + 1));
          if (!begun) record.batch = asked;
        } else throw error;
      }
    }
  }

  /** The names that a run which is resumed began with; null where there is none yet, or it does not say. */
  #begunWith(): string[] | null {
    if (!this.#options.resume || !this.#folder.exists()) return null;
    const { learned, heldOut } = this.#folder.read();
    return learned && [...learned, ...heldOut];
  }

  #shapeOf({ size, channels, batch, labels }: RunRecord): RunShape {
    return { size, channels, batch, labels };
  }

  /** The record of the run: a new one, or the one in the folder if it is to be resumed. @throws UserError */
  #record(summary: DatasetSummary): RunRecord {
    const { family, settings, size, channels, batch, seed, holdout, augment, emphasis } = this.#options;
    const { steps, minutes, engine, threads, resume } = this.#options;
    const wanted: RunRecord = {
      format: RUN_FORMAT,
      ...{ family, settings, size, channels, batch, seed, holdout, augment, emphasis, steps, minutes },
      plan: [],
      pretrained: 0,
      warmup: 0,
      fingerprint: summary.fingerprint,
      heldOut: summary.heldOutNames,
      learned: summary.learnedNames,
      labels: summary.labels,
      ...{ engine, threads },
      versions: { maquette: VERSION, node: process.version },
    };
    if (!this.#folder.exists()) return { ...wanted, fingerprint: lastingFingerprint(wanted.fingerprint) };
    if (!resume)
      throw new UserError(
        `${this.#folder.path} already holds a run; add --resume to go on with it, or choose another folder`,
      );
    const found = this.#folder.read();
    // A run of an older Maquette knows nothing of newer settings, whose defaults change nothing.
    found.settings = { ...this.#family.settings.parse({}), ...found.settings };
    refuseOther(found, wanted, this.#folder.path);
    return found;
  }

  /** Puts the state in place; gives the step to begin with. */
  async #begin({ record, program, execution }: Course): Promise<number> {
    const warn = (message: string): void => this.#tell({ event: 'warning', message });
    this.#folder.makeFolders();
    const resumed = this.#options.resume ? await loadNewestCheckpoint(this.#folder, execution, warn) : null;
    if (resumed !== null) {
      this.#folder.rewindLog(resumed);
      this.#tell({ event: 'resumed', step: resumed });
      return resumed;
    }
    await execution.initialise(record.seed);
    const { from: source, fromStep: step } = this.#options;
    const { models, pretraining = 0 } = program;
    const from = { step, family: this.#family, size: record.size, models, execution, warn };
    const begun = source === null ? null : await beginFrom({ ...from, source });
    // A run that goes on from one which has its pretraining behind it has the same behind it.
    const pretrained = begun?.kind === 'run' ? pretrainedAt(new RunFolder(source!), models, begun.step) : [];
    for (const { from: file, file: to } of pretrained) copyFileSync(file, this.#folder.file(to));
    if (pretraining > 0 && pretrained.length === 0) record.pretrained = null;
    if (begun?.kind === 'model' || record.pretrained === null)
      record.warmup = Math.min(WARMUP_STEPS, Math.floor((record.steps ?? Infinity) / 10));
    this.#folder.rewindLog(0);
    this.#folder.write(record);
    return 0;
  }

  async #loop(course: Course, begin: number): Promise<void> {
    const { record, program, execution } = course;
    let [savedAt, savedTime] = [begin, performance.now()];
    const budget = this.#budget(record, begin);
    let marked = performance.now();
    let step = begin;
    let next = awaitedLater(this.#source.batch(step));
    while (!this.#stopping && (record.steps === null || step < record.steps)) {
      if (this.#pause) {
        if (step > savedAt) this.#save(await execution.save(), step);
        savedAt = step;
        savedTime = marked = await this.#waited(this.#pause.over, step);
        continue;
      }
      const batch = await next;
      // What generators learn from is remembered as it comes by.
      if (batch.ports['picture']) this.#originality.learn(batch.names['picture']!, batch.ports['picture']);
      // Also after what seems to be the last step: a time budget may come to more.
      next = awaitedLater(this.#source.batch(step + 1));
      const of = scheduleEnd(record.plan, record.steps, step);
      const phase = await this.#phaseOf(course, step, of);
      const started = performance.now();
      this.#gaveWay = 0;
      // A family may want less than the dataset has: pictures without their labels.
      for (const port of Object.keys(program.inputs)) await execution.write(port, batch.ports[port]!);
      await execution.step(step, phase, of);
      // An engine may still be at work when a step returns: its numbers come when it is done.
      const reports = await execution.reports();
      const stepMs = performance.now() - started - this.#gaveWay;
      step++;
      const now = performance.now();
      const planned = budget?.hear(step, { stepMs, wholeMs: now - marked - this.#gaveWay });
      if (planned) this.#take(record, planned);
      marked = now;
      this.#report(reports, { step, stepMs, leftMs: budget?.leftMs ?? null });
      const due =
        this.#options.checkpointEvery === null
          ? step - savedAt >= CHECKPOINT_STEPS || performance.now() - savedTime > CHECKPOINT_MS
          : step - savedAt >= this.#options.checkpointEvery;
      if (due && step !== record.steps) {
        this.#save(await execution.save(), step);
        this.#folder.judge(step, await this.#preview(course, step));
        [savedAt, savedTime] = [step, performance.now()];
      } else if (EARLY_PREVIEWS.includes(step) && step !== record.steps) await this.#preview(course, step);
    }
    if (budget && step === record.steps) this.#take(record, budget.ended(step));
    await this.#finish(course, step);
  }

  /**
   * The phase of a step of so many. When the pretraining ends, its models are written, and the record has the step: a run
   * that goes on from before it ends it there again.
   */
  async #phaseOf({ record, program, execution }: Course, step: number, of: number): Promise<Phase> {
    if (record.pretrained === null && step / of >= program.pretraining!) {
      record.pretrained = step;
      this.#folder.write(record);
    }
    if (record.pretrained === null || step < record.pretrained) return 'pretrain';
    if (step > 0 && step === record.pretrained) {
      const [origin, state] = [this.#origin(record, step), await execution.save()];
      for (const each of program.models)
        exportModel(origin, each, { state, file: this.#folder.file(pretrainedOf(each.file)) });
    }
    return step < record.pretrained + record.warmup ? 'warmUp' : 'main';
  }

  /** Waits for the end of a pause; gives the time then. */
  async #waited(over: Promise<void>, step: number): Promise<number> {
    this.#tell({ event: 'paused', step });
    await over;
    this.#tell({ event: 'continued', step });
    return performance.now();
  }

  /** The clock of a run that was given a time; none for one of before estimates were made anew, whose steps are fixed. */
  #budget({ minutes, steps, plan, pretrained, warmup }: RunRecord, begin: number): TimeBudget | null {
    const timed = minutes !== null && (steps === null || plan.length > 0);
    return timed ? new TimeBudget(minutes, { warmup: pretrained === 0 ? warmup : 0, plan, begin }) : null;
  }

  #origin(record: RunRecord, step: number): ModelOrigin {
    return { family: this.#family, shape: this.#shapeOf(record), settings: record.settings, step };
  }

  #take(record: RunRecord, planned: Planned): void {
    record.plan.push(planned);
    record.steps = planned.steps;
    this.#folder.write(record);
    this.#tell({ event: 'budget', steps: planned.steps });
  }

  #report(
    reports: Awaited<ReturnType<Execution['reports']>>,
    { step, stepMs, leftMs }: { step: number; stepMs: number; leftMs: number | null },
  ): void {
    const of = (kind: ReportKind): Record<string, number> =>
      Object.fromEntries(
        Object.entries(reports).flatMap(([name, report]) => (report.kind === kind ? [[name, report.value]] : [])),
      );
    const [losses, probabilities, metrics] = [of('loss'), of('probability'), of('metric')];
    for (const [name, value] of Object.entries(losses))
      if (!Number.isFinite(value))
        throw new UserError(
          `The training came apart at step ${grouped(step)} (${name} is ${value}); go on from a checkpoint with a lower --rate: --from ${this.#folder.path}`,
        );
    const figures = { losses, probabilities, ...(Object.keys(metrics).length > 0 && { metrics }) };
    this.#folder.log({ step, ...figures, stepMs: Math.round(stepMs * 100) / 100 });
    this.#tell({ event: 'step', step, losses, probabilities, metrics, stepMs, leftMs });
  }

  #save(state: EngineState, step: number): void {
    this.#tell({ event: 'checkpoint', step, file: saveCheckpoint(this.#folder, state, step) });
  }

  /** Shows what the models make of what they never learned from. Gives the score, of which less is better. */
  async #preview({ program, execution, record }: Course, step: number): Promise<number> {
    const { rows, score, n, made, real } = await showModels(program, execution, {
      heldOut: (from, count) => this.#source.heldOut(from, count),
      shape: this.#planes,
      seed: record.seed,
    });
    if (rows.length === 0) return Infinity;
    const file = await writePreview(this.#previews, step, rows);
    const figures = this.#originality.judge(made, real);
    if (score) this.#folder.log({ step, heldOut: { ...score, n }, ...(figures && { made: figures }) });
    this.#tell({ event: 'preview', step, file, score, made: figures });
    return score === null ? Infinity : 'l1' in score ? score.l1 : score.swd;
  }

  get #planes(): PictureShape {
    return { channels: this.#options.channels, height: this.#options.size, width: this.#options.size };
  }

  async #finish(course: Course, step: number): Promise<void> {
    const { record, program, execution } = course;
    const model = this.#folder.file('model.onnx');
    if (step > 0) {
      // The models first: where the last checkpoint is, they are too, whenever the process is killed.
      const [origin, state] = [this.#origin(record, step), await execution.save()];
      const bytes = program.models.map((each) =>
        exportModel(origin, each, { state, file: this.#folder.file(each.file) }),
      );
      this.#save(state, step);
      await this.#preview(course, step);
      for (const [place, { file }] of program.models.entries()) {
        const maxDifference = await this.#verify(course, place, bytes[place]!);
        this.#tell({ event: 'exported', step, model: this.#folder.file(file), maxDifference });
      }
    }
    const stopped = record.steps === null || step < record.steps;
    this.#tell({ event: stopped ? 'stopped' : 'done', step, model });
  }

  /** Loads an exported model as any program would and compares it with the training's own network. */
  async #verify({ program, execution, record }: Course, place: number, bytes: Uint8Array): Promise<number | null> {
    const model = program.models[place]!;
    const show = program.shows.find((each) => each.model === model.file);
    const batch = await this.#source.heldOut(0, 1);
    const inputs = show ? exampleInputs(show, model, { batch, seed: record.seed }) : null;
    if (inputs === null) return null;
    const ours = await execution.infer(place, inputs);
    const given = Object.entries(inputs).map(
      ([name, data]) => [name, { data, shape: model.inputs[name]!.shape }] as const,
    );
    const wanted = Object.entries(model.outputs).map(([name, { shape }]) => [name, shape] as const);
    const exported = await runExported(bytes, Object.fromEntries(given), Object.fromEntries(wanted));
    return Object.entries(ours).reduce(
      (most, [name, values]) =>
        values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - exported[name]![i]!) * 127.5), most),
      0,
    );
  }
}

/** @throws UserError naming what differs between a run and what was asked for */
function refuseOther(found: RunRecord, wanted: RunRecord, path: string): void {
  const compared = [
    'family',
    'settings',
    'size',
    'channels',
    'batch',
    'seed',
    'holdout',
    'augment',
    'emphasis',
    'minutes',
    'fingerprint',
  ] as const;
  const differing = compared
    .filter((key) =>
      key === 'fingerprint'
        ? !sameFingerprint(found.fingerprint, wanted.fingerprint)
        : JSON.stringify(found[key]) !== JSON.stringify(wanted[key]) &&
          !(key === 'batch' && found.askedBatch === wanted.batch),
    )
    .map((key): string => (key === 'fingerprint' ? 'pictures' : key));
  if (wanted.minutes === null && found.steps !== wanted.steps) differing.push('steps');
  if (differing.length > 0)
    throw new UserError(
      `${path} was begun with other ${differing.join(', ')}; resume it with the same, or begin a new run from it with --from ${path}`,
    );
}
