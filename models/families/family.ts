/**
 * A model family, declared once: its settings as one schema (the command line's flags, the studio's form and the
 * validation all come from it), the data it wants, its steps, and the graph that is exported.
 */
import type { z } from 'zod';
import type { Tensor } from '../graph/tensor.ts';
import type { Step } from './step.ts';

/** What every family knows about a run besides its own settings. */
export interface RunShape {
  /** Height and width of the pictures, in pixels. */
  size: number;
  channels: 3 | 4;
  batch: number;
}

/** A trained model's graph: `input` [N, C, H, W] in [-1, 1] to `output`, over the parameters of one network. */
export interface Inference {
  file: string;
  input: Tensor;
  output: Tensor;
}

/** How far a step's results are reported: losses and probabilities are scalars, previews pictures. */
export interface Family<Settings = unknown> {
  id: string;
  title: string;
  paper: string;
  data: 'pairs';
  settings: z.ZodType<Settings>;
  /** The sizes that its networks take. @throws UserError-worthy message as a string; null where the size is fine */
  refuseSize(size: number): string | null;
  /** The named steps over one state, each with its schedule of the host in `schedule`. */
  steps(shape: RunShape, settings: Settings): Record<string, Step>;
  /** The names of the steps that make up one step of the run. */
  schedule(settings: Settings): string[];
  /** The learning rate at `step` of `total`, 0-based. */
  rate(settings: Settings, step: number, total: number): number;
  inference(shape: RunShape, settings: Settings): Inference[];
}

/** Constant for the first half, then falling linearly to zero (Isola et al. 2017; Zhu et al. 2017). */
export const linearDecay = (rate: number, step: number, total: number): number => rate * Math.min(1, 2 * (1 - step / total));
