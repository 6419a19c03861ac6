/**
 * The models that Maquette brings along: `assets/models/<id>/` with `model.onnx`, `starter.json`, `picture.png` (what it
 * makes; of one that translates a drawing beside it) and, of one that translates, `examples/`: pairs that it never learned
 * from, to paint over.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelDoes } from '../../preload/contract/schemas.ts';
import { UserError } from '../errors.ts';
import { readRecord, type RecordKind } from '../records.ts';
import { ROOT } from '../root.ts';

const starterSchema = z.object({
  format: z.literal(1),
  /** Where it stands among them: those come first with which most begin. */
  place: z.int().min(1),
  title: z.string(),
  /** What it learned as. */
  family: z.string(),
  does: modelDoes.exclude(['upscale']),
  /** What it is good for, in a sentence. */
  says: z.string(),
  licence: z.string(),
  /** How it was trained, on what, and how well it does: for the person who wants to know, and to train it again. */
  notes: z.string(),
});
export type Starter = z.infer<typeof starterSchema>;

const STARTER: RecordKind<Starter> = { schema: starterSchema, format: 1 };
const FOLDER = join(ROOT, 'assets', 'models');

/** A file or folder of a starter. @throws UserError where there is none of that name */
export function starterFile(id: string, ...parts: string[]): string {
  if (!/^[\w-]+$/.test(id) || !isStarter(id)) throw new UserError('Maquette brings no such model along');
  return join(FOLDER, id, ...parts);
}

const isStarter = (id: string): boolean => existsSync(join(FOLDER, id, 'starter.json'));

/** Their names, in the order in which they are offered. @throws UserError where one cannot be read */
export const starterIds = (): string[] => {
  const placed = readdirSync(FOLDER)
    .filter(isStarter)
    .map((id) => ({ id, place: readStarter(id).place }));
  return placed.sort((a, b) => a.place - b.place).map(({ id }) => id);
};

/** What is written about one. @throws UserError */
export const readStarter = (id: string): Starter => readRecord(starterFile(id, 'starter.json'), STARTER);

/** The names of its examples. @throws UserError */
export const starterExamples = (id: string): string[] =>
  readdirSync(starterFile(id, 'examples', 'A')).map((name) => name.replace(/\.\w+$/, ''));
