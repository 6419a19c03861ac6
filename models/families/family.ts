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
  /** For families that translate both ways, or between sets: which way. */
  direction?: Direction;
  /** Set where height and width are free: they must be multiples of it. Else they are the trained size. */
  multiple?: number;
  input: Tensor;
  output: Tensor;
}

/** From the first set of pictures (A, `input` in a step) to the second (B, `target`), or back. */
export type Direction = 'AtoB' | 'BtoA';

/** What a family declares. `Shape` is its settings schema: the command line's flags and the studio's form come from it. */
export interface FamilyDefinition<Shape extends z.ZodRawShape> {
  id: string;
  title: string;
  paper: string;
  /** `pairs`: what each input should become is known; `sets`: only two kinds of pictures are. */
  data: 'pairs' | 'sets';
  settings: z.ZodObject<Shape>;
  /** Why its networks cannot take pictures of this size; null where they can. */
  refuseSize(size: number): string | null;
  /** Builds one of its named steps. */
  step(name: StepName, shape: RunShape, settings: z.infer<z.ZodObject<Shape>>): Step;
  /** The steps that make up one step of the run. While warming up, only discriminators learn. */
  schedule(settings: z.infer<z.ZodObject<Shape>>, warmingUp: boolean): StepName[];
  /** The learning rate at `step` (from 0) of `total`. */
  rate(settings: z.infer<z.ZodObject<Shape>>, step: number, total: number): number;
  /** The exported graphs. `vary` keeps the dropout of training, as the noise that makes variations of a result. */
  inference(shape: RunShape, settings: z.infer<z.ZodObject<Shape>>, mode?: 'infer' | 'vary'): Inference[];
  /** Good beginnings, for those who do not want to choose. */
  presets: Preset[];
}

/** A size, a time and settings that go well together on two processor cores. */
export interface Preset {
  id: 'quick' | 'standard' | 'quality';
  size: number;
  minutes: number;
  settings: Record<string, number | string>;
}

/** `dg`: all players take their turn; `d`, `g`: discriminators or generators alone; `fakes`: nobody learns. */
export type StepName = 'dg' | 'd' | 'g' | 'fakes';

/** A family whose settings are opaque: they went through its own schema. */
export type Family = FamilyDefinition<z.ZodRawShape>;

/** Declares a family. */
export const family = <Shape extends z.ZodRawShape>(definition: FamilyDefinition<Shape>): Family => definition;

/** Constant for the first half, then falling linearly to zero (Isola et al. 2017; Zhu et al. 2017). */
export function linearDecay(rate: number, step: number, total: number): number {
  const half = Math.floor(total / 2);
  return step < half ? rate : (rate * (total - step)) / (total - half);
}
