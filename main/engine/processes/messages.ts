/**
 * What the processes of the engine say to each other. One role a process: the *loader* opens and augments pictures,
 * the *trainer* trains and asks the loader over a line of their own (wire.ts). The parent starts and supervises both.
 */
import type { DataKind } from '../../../models/families/family.ts';
import type { Port } from '../../../models/families/program.ts';
import type { ModelFile } from '../inference/model-file.ts';
import type { MadeFigures } from '../metrics/originality.ts';
import type { Painted, Region, Subject } from '../inference/painting.ts';

/** A failure as it crosses between processes, where an error's class and stack would be lost. */
export interface RoleFailure {
  message: string;
  /** Bad input, in one line; a device that is gone; else a fault of ours, with its stack. */
  of: 'user' | 'device' | 'us';
}

/** Which pictures a run learns from and how they are varied. Everything here is fixed for the run. */
export interface LoaderSettings {
  dataset: string;
  /** Another dataset of one set of pictures, which are learned from beside those, and never held out. */
  also?: string | null;
  /** What the family wants: see `readers.ts`. */
  kind: DataKind;
  /** Height and width, in pixels, of what the loader gives. */
  size: number;
  /** Windows of that size of the pictures as they are; else each as a whole, brought to that size. */
  windows?: boolean;
  channels: 3 | 4;
  batch: number;
  seed: number;
  /** Share of the dataset, 0..1, set aside for previews and metrics. */
  holdout: number;
  augment: Augmentation;
  /** Pairs that are learned from more often than others, and are never held out; null for none. */
  emphasis: Emphasis | null;
  /** The names that a run began with, which it resumes with: what came later is left alone. null for all. */
  only: readonly string[] | null;
}

/** Some pairs of a dataset (by name) that make up this share (0..1) of the pictures that a run learns from. */
export interface Emphasis {
  names: string[];
  share: number;
}

/** How training pictures are varied. Both pictures of a pair are moved alike. 0 or false turns a thing off. */
export interface Augmentation {
  /** Mirror left-right with probability 1/2. */
  flip: boolean;
  /** Random shift by up to this share of the size (0..0.5), the edge repeated. */
  jitter: number;
  /** Random enlargement by up to this share (0..1). */
  zoom: number;
  /** Random rotation by up to this many degrees. */
  rotate: number;
  /** Random brightness, contrast and saturation by up to this share (0..1); of inputs only. */
  colour: number;
  /** Random turn of every hue by up to this many degrees; of both pictures of a pair alike. */
  hue: number;
}

/** Pictures as they are. */
export const UNVARIED: Augmentation = { flip: false, jitter: 0, zoom: 0, rotate: 0, colour: 0, hue: 0 };

/** What every port of a program holds for one step: pictures NCHW in [-1, 1], RGBA premultiplied; labels one-hot. */
export interface Minibatch {
  ports: Record<string, Float32Array>;
  /** The names of the pictures of each port, without extension. Of two sets none belongs to any other. */
  names: Record<string, string[]>;
}

/** What the loader found when it opened the dataset. */
export interface DatasetSummary {
  /** Pairs, or pictures of both sets. */
  train: number;
  /** Pairs, or pictures of the smaller held-out set. */
  heldOut: number;
  /** Of two sets `A/name` and `B/name`. */
  heldOutNames: string[];
  /** All others, named alike. */
  learnedNames: string[];
  /** Of the pictures, by their contents. */
  fingerprint: string;
  /** The labels of its pictures, in their order; none where it has none. */
  labels: string[];
  /** One line for each thing that a person should know: skipped pictures, unmatched files. */
  warnings: string[];
}

/** The first and only thing that the parent tells a loader: where to listen. It answers `listening`. */
export interface LoaderOrder {
  type: 'listen';
  address: string;
}

export type LoaderRequest =
  | { type: 'open'; id: number; settings: LoaderSettings }
  /** What a program wants of the pictures. */
  | { type: 'serve'; id: number; ports: Record<string, Port> }
  /** The training batch of a step: the same step always gives the same batch. */
  | { type: 'batch'; id: number; step: number }
  /** Held-out pictures `from` to `from + count` (not augmented). */
  | { type: 'heldOut'; id: number; from: number; count: number };

export type LoaderReply =
  | { type: 'opened'; id: number; summary: DatasetSummary }
  | { type: 'serving'; id: number }
  | { type: 'batch'; id: number; batch: Minibatch }
  /** A picture that could not be read was skipped; another took its place. */
  | { type: 'warning'; message: string }
  | ({ type: 'failed'; id: number } & RoleFailure);

/** What a training is asked to do. */
export interface TrainOptions extends Omit<LoaderSettings, 'kind' | 'only' | 'windows'> {
  family: string;
  /** The family's own settings, as its schema gave them. */
  settings: Record<string, unknown>;
  /** The run's folder. */
  out: string;
  /** Exactly one of the two is set. */
  steps: number | null;
  minutes: number | null;
  /** A row of `engines.ts`. */
  engine: string;
  threads: number;
  /** Leaves the processor to whatever else wants it, the studio above all. */
  background: boolean;
  /** Steps between checkpoints; null for every 250 steps or 60 s, whichever comes first. */
  checkpointEvery: number | null;
  resume: boolean;
  /** A run to go on from, or a model to begin from. */
  from: string | null;
  /** The checkpoint of the run `from` to go on from; null for its newest. */
  fromStep: number | null;
}

/**
 * How good held-out translations are; less is better. Of pairs the mean absolute difference to the truth, 0..1; of two
 * sets the sliced Wasserstein distance x 1000 to the real pictures of the wanted set.
 */
export type HeldOutScore = { l1: number } | { swd: number };

/** What a training tells, in order. */
export type TrainEvent =
  /** `bytes`: what it takes of the memory that it trains in, estimated. */
  | { event: 'opened'; train: number; heldOut: number; steps: number | null; params: number; bytes: number }
  | { event: 'resumed'; step: number }
  /** What the time given comes to; told again each time that it is estimated anew. */
  | { event: 'budget'; steps: number }
  | { event: 'paused'; step: number }
  | { event: 'continued'; step: number }
  /** A process of the engine died and was started again; the run goes on from its last checkpoint. */
  | { event: 'restarted'; message: string }
  | {
      event: 'step';
      step: number;
      losses: Record<string, number>;
      probabilities: Record<string, number>;
      /** Other measures that the family reports. */
      metrics: Record<string, number>;
      stepMs: number;
      /** How much of the time given is left; null where the number of steps was given. */
      leftMs: number | null;
    }
  /**
   * `file` shows all its cells on one sheet; there is no score where nothing is held out, and `made` of generators alone.
   */
  | { event: 'preview'; step: number; file: string; score: HeldOutScore | null; made: MadeFigures | null }
  | { event: 'checkpoint'; step: number; file: string }
  | { event: 'warning'; message: string }
  /** `maxDifference`: of the exported model to the training's own network, in 0..255 levels, on a held-out picture. */
  | { event: 'exported'; step: number; model: string; maxDifference: number | null }
  | { event: 'stopped'; step: number; model: string }
  | { event: 'done'; step: number; model: string };

export type TrainerRequest =
  /** `loader`: the address at which it listens. */
  | { type: 'train'; options: TrainOptions; loader: string }
  | { type: 'stop' | 'pause' | 'proceed' }
  /** Gives way for this long: something that a person waits for needs the processor. */
  | { type: 'giveWay'; ms: number };

export type TrainerReply =
  | { type: 'event'; event: TrainEvent }
  | { type: 'ended' }
  | ({ type: 'failed' } & RoleFailure);

/** What the painter is asked: to take in what changed of a drawing, and to show what its model makes of it. */
export interface PaintRequest {
  id: number;
  /** `title` is how messages call it. */
  model: ModelFile;
  subject: Subject;
  changed: Region | null;
  quality: 'draft' | 'full';
  threads: number;
  /** What may run the model beside the processor: a row of `engines.ts`, or `auto`. */
  engine: string;
}

export type PainterReply =
  | ({ id: number; type: 'painted' } & Painted)
  /** A newer request took its place. */
  | { id: number; type: 'stale' }
  /** The drawing is not known as a whole: it must be given again. */
  | { id: number; type: 'lost' }
  | ({ id: number; type: 'failed' } & RoleFailure);
