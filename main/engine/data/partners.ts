/**
 * Which pictures belong together where their names do not say it, or say it of several: a person's word, written down
 * beside the pictures in partners.json, so that files keep their names. A picture is named by its path in the dataset;
 * without the ending, as a crop may change that.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord, writeRecord } from '../../records.ts';

export const PARTNERS_FILE = 'partners.json';

const schema = z.object({ format: z.literal(1), partners: z.array(z.tuple([z.string(), z.string()])) });
const ADVICE = 'remove it, and pictures are paired by their names alone';

/** Input and target. */
export type Partners = readonly (readonly [string, string])[];

/** What was said of a dataset; nothing where there is no such file. @throws UserError where it is damaged */
export function readPartners(folder: string): Partners {
  const file = join(folder, PARTNERS_FILE);
  return existsSync(file) ? readRecord(file, { schema, format: 1, advice: ADVICE }).partners : [];
}

/** Writes it down. @throws UserError */
export const writePartners = (folder: string, partners: Partners): void =>
  writeRecord(join(folder, PARTNERS_FILE), { format: 1, partners });

/** A path as partners.json has it. */
export const withoutEnding = (path: string): string => path.replace(/\.[^./\\]*$/, '');

/** What was said of a dataset, by full paths. @throws UserError where its partners.json is damaged */
export const partnersIn = (folder: string): Partners =>
  readPartners(folder).map(([input, target]) => [join(folder, input), join(folder, target)]);

/** For pairing: what an input and its target have in common. Files are known with and without their ending. */
export function saidOf(partners: Partners): Record<'a' | 'b', (file: string) => string | undefined> {
  const read = (path: string): string => path.normalize('NFC');
  const keys = (side: 0 | 1): ((file: string) => string | undefined) => {
    const known = new Map(partners.map((pair, i) => [read(pair[side]), String(i)]));
    return (file) => known.get(read(file)) ?? known.get(read(withoutEnding(file)));
  };
  return { a: keys(0), b: keys(1) };
}
