/**
 * Which pairs of a dataset were made from one picture (drawings of it in several styles): they share its fate when pairs
 * are held out. Written down beside the pictures in variants.json, and not spelled into names: a tilde in a name is a
 * tilde. Only the names that the sketch maker of older versions gave (`cup~ink-50`) are still understood.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { readName } from './names.ts';

export const VARIANTS_FILE = 'variants.json';

const schema = z.object({ format: z.literal(1), sources: z.record(z.string(), z.string()) });

/** How older versions called a drawing of a picture. */
const FORMER = /^(.+)~(?:ink|pencil|outline|shapes)-\d{1,3}$/;

/** The picture that a pair was made from, by the pair's name; its own name where it was made from none. */
export type SourceOf = (name: string) => string;

/** What a dataset says of its variants. @throws UserError where its variants.json is damaged */
export function readVariants(folder: string): SourceOf {
  const file = join(folder, VARIANTS_FILE);
  const known = new Map<string, string>();
  if (existsSync(file)) {
    const read = schema.safeParse(parsed(file));
    if (!read.success) throw damaged(file);
    for (const [name, source] of Object.entries(read.data.sources)) known.set(readName(name), source);
  }
  return (name) => known.get(readName(name)) ?? FORMER.exec(name)?.[1] ?? name;
}

/** Writes down which pair was made from which picture. @throws UserError */
export function writeVariants(folder: string, sources: Readonly<Record<string, string>>): void {
  writeAtomic(join(folder, VARIANTS_FILE), [`${JSON.stringify({ format: 1, sources }, null, 1)}\n`]);
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? damaged(file) : error;
  }
}

const damaged = (file: string): UserError =>
  new UserError(`${file} is damaged; remove it, and drawings of one picture are taken for pictures of their own`);
