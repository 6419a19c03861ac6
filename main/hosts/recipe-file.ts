/** The recipes of assets/recipes: which sample is learned from, by which family, and how. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../root.ts';

/** Flags of `maquette train`, without their dashes; true for those that take no value. */
const flagsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.literal(true)]));

const recipeSchema = z.strictObject({
  title: z.string(),
  sample: z.string(),
  /** How many things of the sample; all (or as many as it gives) where it is not said. */
  count: z.int().min(1).optional(),
  /** The folder of the sample that is learned from; the whole of it where it is not said. */
  part: z.string().optional(),
  /** Where the pictures are drawn, and the drawings with them are what is learned from: in which styles, as `ink@0.5`. */
  drawn: z.array(z.string()).min(1).optional(),
  family: z.string(),
  train: flagsSchema,
  /** What differs between trainings of which each goes on from the one before. */
  trainings: z.array(flagsSchema).min(1).default([{}]),
});

export type Flags = z.infer<typeof flagsSchema>;
type TrainingRecipe = z.infer<typeof recipeSchema>;

const RECIPES = join(ROOT, 'assets', 'recipes');

export const recipeNames = (): string[] => readdirSync(RECIPES).map((file) => basename(file, '.json'));

export const readRecipe = (name: string): TrainingRecipe =>
  recipeSchema.parse(JSON.parse(readFileSync(join(RECIPES, `${name}.json`), 'utf8')));
