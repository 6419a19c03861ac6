/**
 * What the processes of the engine say to each other. One role a process: the *loader* opens and augments pictures,
 * the *trainer* trains. The parent starts both, supervises them, and carries the trainer's requests to the loader.
 */

/** Which pictures a run learns from and how they are varied. Everything here is fixed for the run. */
export interface LoaderSettings {
  dataset: string;
  /** What the family wants: see `main/studio/datasets.ts`. */
  kind: 'pairs';
  /** Height and width, in pixels, of what the loader gives. */
  size: number;
  channels: 3 | 4;
  batch: number;
  seed: number;
  /** Share of the dataset, 0..1, set aside for previews and metrics. */
  holdout: number;
  augment: Augmentation;
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
}

/** A batch: NCHW float32 in [-1, 1]; RGBA is premultiplied. */
export interface Batch {
  input: Float32Array;
  target: Float32Array;
  /** The names of the pictures in it, without extension. */
  names: string[];
}

/** What the loader found when it opened the dataset. */
export interface DatasetSummary {
  train: number;
  heldOut: number;
  heldOutNames: string[];
  /** SHA-256 over the sorted names, sizes and modification times of the files. */
  fingerprint: string;
  /** One line for each thing that a person should know: skipped pictures, unmatched files. */
  warnings: string[];
}

export type LoaderRequest =
  | { type: 'open'; id: number; settings: LoaderSettings }
  /** The training batch of a step: the same step always gives the same batch. */
  | { type: 'batch'; id: number; step: number }
  /** Held-out pictures `from` to `from + count` (not augmented). */
  | { type: 'heldOut'; id: number; from: number; count: number };

export type LoaderReply =
  | { type: 'opened'; id: number; summary: DatasetSummary }
  | { type: 'batch'; id: number; batch: Batch }
  /** A picture that could not be read was skipped; another took its place. */
  | { type: 'warning'; message: string }
  | { type: 'failed'; id: number; message: string; user: boolean };
