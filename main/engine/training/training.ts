/** The training loop: pictures in, steps, previews, checkpoints, a model out. Runs in the trainer process. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Family, RunShape } from '../../../models/families/family.ts';
import { sheetGap } from '../../../preload/contract/sheet.ts';
import { UserError } from '../../errors.ts';
import { awaitedLater } from '../../pool.ts';
import { lastingFingerprint, sameFingerprint } from '../data/datasets.ts';
import { TimeBudget } from './budget.ts';
import { VERSION } from '../../root.ts';
import { requireFamily } from './known-family.ts';
import { toUnit, type PlaneShape } from '../metrics/metrics.ts';
import type { Batch, DatasetSummary, LoaderSettings, TrainEvent, TrainOptions } from '../processes/messages.ts';
import { startRuntime } from '../cpu/ort.ts';
import { contactSheet, encodePng, fromPlanar, type Picture } from '../pictures/pictures.ts';
import { judgeOf, PREVIEW_PICTURES } from '../metrics/preview-judge.ts';
import { RUN_FORMAT, RunFolder, type RunRecord } from './run-folder.ts';
import { Runner } from '../cpu/runner.ts';
import { beginFrom, exportModel, loadNewestCheckpoint, saveCheckpoint } from './snapshot.ts';
import { Translator } from '../inference/translator.ts';

/** Where the pictures come from: the loader process, seen from the trainer. */
export interface PictureSource {
  open(settings: LoaderSettings): Promise<DatasetSummary>;
  batch(step: number): Promise<Batch>;
  heldOut(from: number, count: number): Promise<Batch>;
}

const CHECKPOINT_STEPS = 250;
const CHECKPOINT_MS = 60_000;
/** Previews before the first checkpoint: the beginning is when pictures change most, and when a person looks. */
const EARLY_PREVIEWS: readonly number[] = [10, 50, 120];
/** Steps in which a fresh discriminator learns alone, when a run begins from a bare model. */
const WARMUP_STEPS = 50;

export class Training {
  readonly #options: TrainOptions;
  readonly #source: PictureSource;
  readonly #tell: (event: TrainEvent) => void;
  readonly #family: Family;
  readonly #shape: RunShape;
  readonly #folder: RunFolder;
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
    this.#family = requireFamily(options.family, options.size);
    this.#shape = { size: options.size, channels: options.channels, batch: options.batch };
    this.#folder = new RunFolder(options.out);
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
    const { dataset, size, channels, batch, seed, holdout, augment, emphasis } = this.#options;
    const summary = await this.#source.open({
      dataset,
      kind: this.#family.data,
      size,
      channels,
      batch,
      seed,
      holdout,
      augment,
      emphasis,
    });
    for (const message of summary.warnings) this.#tell({ event: 'warning', message });
    this.#folder.lock();
    try {
      await this.#train(summary);
    } finally {
      this.#folder.unlock();
    }
  }

  async #train(summary: DatasetSummary): Promise<void> {
    const record = this.#record(summary);
    const finished = this.#folder.file('model.onnx');
    const { version } = startRuntime(this.#options.threads);
    record.versions['onnxruntime'] = version;
    const runner = new Runner(this.#family, this.#shape, record.settings, {
      seed: record.seed,
      threads: this.#options.threads,
      breathe: () => this.#breathe(),
    });
    try {
      this.#tell({
        event: 'opened',
        train: summary.train,
        heldOut: summary.heldOut,
        steps: record.steps,
        params: runner.parameterCount,
      });
      const begin = this.#begin(runner, record);
      if (begin === record.steps && existsSync(finished)) {
        this.#tell({ event: 'done', step: begin, model: finished });
        return;
      }
      await this.#loop(runner, record, begin);
    } finally {
      await runner.dispose();
    }
  }

  /** The record of the run: a new one, or the one in the folder if it is to be resumed. @throws UserError */
  #record(summary: DatasetSummary): RunRecord {
    const { family, settings, size, channels, batch, seed, holdout, augment, emphasis } = this.#options;
    const { steps, minutes, engine, threads, resume } = this.#options;
    const wanted: RunRecord = {
      format: RUN_FORMAT,
      ...{ family, settings, size, channels, batch, seed, holdout, augment, emphasis, steps, minutes },
      warmup: 0,
      fingerprint: summary.fingerprint,
      heldOut: summary.heldOutNames,
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
  #begin(runner: Runner, record: RunRecord): number {
    const warn = (message: string): void => this.#tell({ event: 'warning', message });
    this.#folder.makeFolders();
    const resumed = this.#options.resume ? loadNewestCheckpoint(this.#folder, runner, warn) : null;
    if (resumed !== null) {
      this.#folder.rewindLog(resumed);
      this.#tell({ event: 'resumed', step: resumed });
      return resumed;
    }
    runner.parameters.initialise(record.seed);
    if (this.#options.from !== null) {
      const origin = { source: this.#options.from, step: this.#options.fromStep };
      const kind = beginFrom(origin, this.#family, runner, warn);
      if (kind === 'model') record.warmup = Math.min(WARMUP_STEPS, Math.floor((record.steps ?? Infinity) / 10));
    }
    this.#folder.rewindLog(0);
    this.#folder.write(record);
    return 0;
  }

  async #loop(runner: Runner, record: RunRecord, begin: number): Promise<void> {
    let [savedAt, savedTime] = [begin, performance.now()];
    const budget = record.steps === null ? new TimeBudget(record.minutes!, record.warmup) : null;
    let marked = performance.now();
    let step = begin;
    let next = awaitedLater(this.#source.batch(step));
    while (!this.#stopping && (record.steps === null || step < record.steps)) {
      if (this.#pause) {
        if (step > savedAt) this.#save(runner, step);
        savedAt = step;
        savedTime = marked = await this.#waited(this.#pause.over, step);
        continue;
      }
      const batch = await next;
      if (record.steps === null || step + 1 < record.steps) next = awaitedLater(this.#source.batch(step + 1));
      const started = performance.now();
      this.#gaveWay = 0;
      const rate = this.#family.rate(record.settings, step, record.steps ?? Infinity);
      runner.value('target').data.set(batch.target);
      runner.value('input').data.set(batch.input);
      await runner.step(step, this.#family.schedule(record.settings, step < record.warmup), rate);
      const stepMs = performance.now() - started - this.#gaveWay;
      step++;
      this.#report(runner, step, rate, stepMs);
      const now = performance.now();
      const steps = budget?.hear(step, { stepMs, wholeMs: now - marked - this.#gaveWay });
      if (steps != null) this.#fixSteps(record, steps);
      marked = now;
      const due =
        this.#options.checkpointEvery === null
          ? step - savedAt >= CHECKPOINT_STEPS || performance.now() - savedTime > CHECKPOINT_MS
          : step - savedAt >= this.#options.checkpointEvery;
      if (due && step !== record.steps) {
        this.#save(runner, step);
        this.#folder.judge(step, await this.#preview(runner, step));
        [savedAt, savedTime] = [step, performance.now()];
      } else if (EARLY_PREVIEWS.includes(step) && step !== record.steps) await this.#preview(runner, step);
    }
    await this.#finish(runner, record, step);
  }

  /** Waits for the end of a pause; gives the time then. */
  async #waited(over: Promise<void>, step: number): Promise<number> {
    this.#tell({ event: 'paused', step });
    await over;
    this.#tell({ event: 'continued', step });
    return performance.now();
  }

  #fixSteps(record: RunRecord, steps: number): void {
    record.steps = steps;
    this.#folder.write(record);
    this.#tell({ event: 'budget', steps });
  }

  #report(runner: Runner, step: number, rate: number, stepMs: number): void {
    const losses: Record<string, number> = {};
    const probabilities: Record<string, number> = {};
    for (const [name, value] of Object.entries(runner.scalars()))
      (/^p[A-Z]/.test(name) ? probabilities : losses)[name] = value;
    for (const [name, value] of Object.entries(losses))
      if (!Number.isFinite(value))
        throw new UserError(
          `The training came apart at step ${step} (${name} is ${value}); go on from a checkpoint with a lower --rate: --from ${this.#folder.path}`,
        );
    this.#folder.log({ step, losses, probabilities, rate, stepMs: Math.round(stepMs * 100) / 100 });
    this.#tell({ event: 'step', step, losses, probabilities, stepMs, rate });
  }

  #save(runner: Runner, step: number): void {
    this.#tell({ event: 'checkpoint', step, file: saveCheckpoint(this.#folder, runner, step) });
  }

  /**
   * Translates held-out pictures: a sheet of input, result and truth (of two sets: an example), the ways one after the
   * other. Gives the score, of which less is better; infinite without any picture.
   */
  async #preview(runner: Runner, step: number): Promise<number> {
    const judge = judgeOf(this.#family.data, this.#planes);
    const batch = await this.#source.heldOut(0, Math.max(PREVIEW_PICTURES, judge.pictures));
    const n = batch.names.length;
    if (n === 0) return Infinity;
    const { size, channels } = this.#shape;
    const picture = (data: Float32Array, i: number): Float32Array =>
      data.subarray(i * channels * size * size, (i + 1) * channels * size * size);
    const rows: Picture[][] = [];
    for (const [way, { direction }] of runner.inferences.entries()) {
      const [inputs, wanted] = direction === 'BtoA' ? [batch.target, batch.input] : [batch.input, batch.target];
      for (let i = 0; i < n; i++) {
        const [input, example] = [picture(inputs, i), picture(wanted, i)];
        const result = (await runner.infer(input, way)).slice();
        judge.add(way, toUnit(result), toUnit(example));
        if (i < PREVIEW_PICTURES)
          rows.push([input, result, example].map((planes) => fromPlanar(planes, size, size, channels)));
      }
    }
    const file = this.#folder.previewFile(step);
    await encodePng(contactSheet(rows, { gap: sheetGap(size) }), file);
    const score = judge.score();
    this.#folder.log({ step, heldOut: { ...score, n } });
    this.#tell({ event: 'preview', step, file, score });
    return 'l1' in score ? score.l1 : score.swd;
  }

  get #planes(): PlaneShape {
    return { channels: this.#shape.channels, height: this.#shape.size, width: this.#shape.size };
  }

  async #finish(runner: Runner, record: RunRecord, step: number): Promise<void> {
    const model = this.#folder.file('model.onnx');
    if (step > 0) {
      // The models first: where the last checkpoint is, they are too, whenever the process is killed.
      const origin = { family: this.#family, shape: this.#shape, settings: record.settings, step };
      const bytes = runner.inferences.map((inference) =>
        exportModel(origin, runner, inference, this.#folder.file(inference.file)),
      );
      this.#save(runner, step);
      await this.#preview(runner, step);
      for (const [way, { file }] of runner.inferences.entries()) {
        const maxDifference = await this.#verify(runner, way, bytes[way]!);
        this.#tell({ event: 'exported', step, model: this.#folder.file(file), maxDifference });
      }
    }
    const stopped = record.steps === null || step < record.steps;
    this.#tell({ event: stopped ? 'stopped' : 'done', step, model });
  }

  /** Loads an exported model as any program would and compares it with the training's own network. */
  async #verify(runner: Runner, way: number, bytes: Uint8Array): Promise<number | null> {
    const { input, target, names } = await this.#source.heldOut(0, 1);
    if (names.length === 0) return null;
    const from = runner.inferences[way]!.direction === 'BtoA' ? target : input;
    const translator = new Translator(bytes, basename(this.#options.out));
    const [ours, exported] = [await runner.infer(from, way), await translator.run(from)];
    translator.release();
    return ours.reduce((most, value, i) => Math.max(most, Math.abs(value - exported[i]!) * 127.5), 0);
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
        : JSON.stringify(found[key]) !== JSON.stringify(wanted[key]),
    )
    .map((key): string => (key === 'fingerprint' ? 'pictures' : key));
  if (wanted.minutes === null && found.steps !== wanted.steps) differing.push('steps');
  if (differing.length > 0)
    throw new UserError(
      `${path} was begun with other ${differing.join(', ')}; resume it with the same, or begin a new run from it with --from ${path}`,
    );
}
