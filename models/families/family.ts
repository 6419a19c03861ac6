/**
 * A model family, declared once: its settings as one schema (the command line's flags, the studio's form and the
 * validation all come from it), the data it wants, and the program that it trains by.
 */
import type { z } from 'zod';
import type { Does, Program } from './program.ts';

/** What every family knows about a run besides its own settings. */
export interface RunShape {
  /** Height and width of the pictures, in pixels. */
  size: number;
  /** The height and width of what a model takes, where it takes any; `size` where it is not said. */
  taken?: { height: number; width: number };
  channels: 3 | 4;
  batch: number;
  /** The labels of the dataset, in their order; empty where it has none. */
  labels: readonly string[];
}

/**
 * The kinds of data. `pairs`: what each picture should become is known; `sets`: only two kinds of pictures are;
 * `labelled`: one kind, each picture with a label; `pictures`: one kind, with labels or without.
 */
export type DataKind = 'pairs' | 'sets' | 'labelled' | 'pictures';

/** What a family declares. `Shape` is its settings schema: the command line's flags and the studio's form come from it. */
export interface FamilyDefinition<Shape extends z.ZodRawShape> {
  id: string;
  title: string;
  /** What it does with the pictures, in a line for an artist. */
  about: string;
  paper: string;
  data: DataKind;
  /** What its models are for, where its settings do not say another thing. */
  does: Exclude<Does['kind'], 'read' | 'height'>;
  settings: z.ZodObject<Shape>;
  /** Pictures a step, where nobody says otherwise. */
  batch: number;
  /** Whether pictures are mirrored, moved and enlarged at random before it sees them, where nobody says otherwise. */
  varied: boolean;
  /** It sees windows of the pictures at their own size; else each as a whole, brought to the trained size. */
  windows?: true;
  /** It learns from colours alone: transparency is kept by whoever works with its models. */
  opaque?: true;
  /** Why its networks cannot take pictures of this size; null where they can. */
  refuseSize(size: number): string | null;
  /** `vary` keeps the dropout of training in the exported graphs, as the noise that makes variations of a result. */
  program(shape: RunShape, settings: z.infer<z.ZodObject<Shape>>, mode?: 'infer' | 'vary'): Program;
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

/** A family whose settings are opaque: they went through its own schema. */
export type Family = FamilyDefinition<z.ZodRawShape>;

/** Declares a family. */
export const family = <Shape extends z.ZodRawShape>(definition: FamilyDefinition<Shape>): Family => definition;

/** Constant for the first half, then falling linearly to zero (Isola et al. 2017; Zhu et al. 2017). */
export function linearDecay(rate: number, step: number, total: number): number {
  const half = Math.floor(total / 2);
  return step < half ? rate : (rate * (total - step)) / (total - half);
}
