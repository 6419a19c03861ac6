/** A run on disk: what it is (`run.json`), who holds it (`lock`), what happened (`metrics.jsonl`) and its checkpoints. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { explainIo } from '../../errors.ts';
import { ensureWritableFolder } from '../../files.ts';
import { plannedSchema } from './budget.ts';
import { takeLock, type Lock } from '../../lock.ts';
import { readRecord, writeRecord, type RecordKind } from '../../records.ts';

/** The end of the file of a model's way back, which lies beside it. */
export const BACK = '.BtoA.onnx';
export const backOf = (file: string): string => file.replace(/(\.onnx)?$/i, BACK);

/** The end of the file of a model as its pretraining left it, which lies beside it. */
export const PRETRAINED = '.pretrained.onnx';
export const pretrainedOf = (file: string): string => file.replace(/(\.onnx)?$/i, PRETRAINED);

export const RUN_FORMAT = 2;

const augmentSchema = z.object({
  flip: z.boolean(),
  jitter: z.number(),
  zoom: z.number(),
  rotate: z.number(),
  colour: z.number(),
  hue: z.number().default(0),
});

/** Everything that decides what a run computes. Two runs with equal records and data give equal bits. */
export const runSchema = z.object({
  format: z.literal(RUN_FORMAT),
  family: z.string(),
  settings: z.record(z.string(), z.unknown()),
  size: z.int().positive(),
  channels: z.union([z.literal(3), z.literal(4)]),
  batch: z.int().positive(),
  /** What was asked for, where memory has room for fewer pictures a step. */
  askedBatch: z.int().positive().optional(),
  seed: z.int(),
  holdout: z.number(),
  augment: augmentSchema,
  emphasis: z.object({ names: z.array(z.string()), share: z.number().min(0).max(1) }).nullable(),
  /** The number of steps, by the newest estimate where a time was given; null before the first. */
  steps: z.int().positive().nullable(),
  minutes: z.number().positive().nullable(),
  /** What the time budget was taken for, from which step on; none where the number of steps was given. */
  plan: z.array(plannedSchema).default([]),
  /** How many steps were pretraining; null while it is not over, 0 where there is none. */
  pretrained: z.int().min(0).nullable().default(0),
  /** Steps after that in which only the discriminator learns (where it is fresh, and the generator is not). */
  warmup: z.int().min(0),
  fingerprint: z.string(),
  heldOut: z.array(z.string()),
  /** The names of what it learns from; null in runs of older versions, which know their pictures by the fingerprint. */
  learned: z.array(z.string()).nullable().default(null),
  /** The labels of the dataset, in their order; none where it has none. */
  labels: z.array(z.string()),
  engine: z.string(),
  threads: z.int().positive(),
  versions: z.record(z.string(), z.string()),
});

export type RunRecord = z.infer<typeof runSchema>;

const KEPT_CHECKPOINTS = 3;
const name = (step: number): string => `step-${String(step).padStart(6, '0')}`;

export class RunFolder {
  readonly path: string;
  #lock: Lock | undefined;
  #best: { step: number; score: number } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  exists(): boolean {
    return existsSync(this.file('run.json'));
  }

  /** @throws UserError when run.json is missing or damaged, or from a newer version */
  read(): RunRecord {
    return readRun(this.path);
  }

  write(record: RunRecord): void {
    writeRecord(this.file('run.json'), record);
  }

  /** Takes the folder for this process. @throws UserError when another living process has it */
  lock(): void {
    ensureWritableFolder(this.path);
    this.#lock = takeLock(
      this.file('lock'),
      (holder) => `${this.path} is in use by another training (process ${holder}); stop it or choose another folder`,
    );
  }

  unlock(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  checkpointFile(step: number): string {
    return this.file('checkpoints', `${name(step)}.safetensors`);
  }

  /** The steps that have a checkpoint, newest first. */
  checkpoints(): number[] {
    const folder = this.file('checkpoints');
    if (!existsSync(folder)) return [];
    const steps = readdirSync(folder).flatMap((file) => /^step-(\d+)\.safetensors$/.exec(file)?.[1] ?? []);
    return steps.map(Number).sort((a, b) => b - a);
  }

  /** Hears the held-out score at a step (less is better), so that the checkpoint of the best one is kept. */
  judge(step: number, score: number): void {
    if (!this.#best || score < this.#best.score) this.#best = { step, score };
  }

  /** Removes all checkpoints but the last ones and the best one, and what killed writers left. */
  prune(): void {
    const old = this.checkpoints().slice(KEPT_CHECKPOINTS);
    for (const step of old) if (step !== this.#best?.step) rmSync(this.checkpointFile(step), { force: true });
    const folder = this.file('checkpoints');
    if (existsSync(folder))
      for (const file of readdirSync(folder)) if (file.endsWith('.tmp')) rmSync(join(folder, file), { force: true });
  }

  /** Adds a line to the metrics. @throws UserError when the disk is full */
  log(entry: object): void {
    try {
      appendFileSync(this.file('metrics.jsonl'), `${JSON.stringify(entry)}\n`);
    } catch (error) {
      throw explainIo(error, `Cannot write ${this.file('metrics.jsonl')}`);
    }
  }

  /** Forgets what was logged after `step`: those steps are about to be taken again. */
  rewindLog(step: number): void {
    this.#best = undefined;
    const file = this.file('metrics.jsonl');
    if (!existsSync(file)) return;
    const text = readFileSync(file, 'utf8');
    let end = 0;
    for (const line of text.split('\n')) {
      const at = /^\{"step":(\d+)/.exec(line);
      if (!at || Number(at[1]) > step || end + line.length + 1 > text.length) break;
      end += Buffer.byteLength(line) + 1;
      const judged = /"heldOut":\{"(?:l1|swd)":([\d.e-]+)/.exec(line);
      if (judged) this.judge(Number(at[1]), Number(judged[1]));
    }
    truncateSync(file, end);
  }

  makeFolders(): void {
    for (const folder of ['checkpoints', 'previews']) mkdirSync(this.file(folder), { recursive: true });
  }
}

/** Whether a folder looks like a run. */
export const isRun = (path: string): boolean => existsSync(join(path, 'run.json')) && statSync(path).isDirectory();

/** Reads a run's record. @throws UserError when it is missing, damaged or from a newer version */
export const readRun = (path: string): RunRecord =>
  readRecord(join(path, 'run.json'), { ...RUN, advice: 'train into a new folder' });

const RUN: RecordKind<RunRecord> = {
  schema: runSchema,
  format: RUN_FORMAT,
  // Format 1 knew no labels, and at first no emphasis.
  up: { 1: (old) => ({ emphasis: null, ...old, labels: [] }) },
};
