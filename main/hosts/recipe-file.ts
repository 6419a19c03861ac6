/** The recipes of assets/recipes: which sample is learned from, by which family, and how. */
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  /** Which pictures are taken out by their names before anything learns, of each folder of the sample: for the figures. */
  keptOut: z.strictObject({ every: z.int().min(2), from: z.int().min(1) }).optional(),
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

/**
 * Copies the folders of pictures of a sample into two datasets: what is learned from, and every so-manieth by name.
 * @param from the first that is kept out, counted from 1
 */
export function keepOut(
  sample: string,
  { every, from }: { every: number; from: number },
  to: { learned: string; keptOut: string },
): void {
  for (const { name } of readdirSync(sample, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    for (const [i, file] of readdirSync(join(sample, name)).sort().entries()) {
      const copy = join((i + 1) % every === from % every ? to.keptOut : to.learned, name, file);
      mkdirSync(dirname(copy), { recursive: true });
      cpSync(join(sample, name, file), copy);
    }
}
