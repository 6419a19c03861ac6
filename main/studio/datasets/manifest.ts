/**
 * dataset.json: what the studio remembers of a dataset besides its pictures. The pictures' own layout says how they
 * are read; this file adds a title, what kind of dataset it is meant to be, and where it came from.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readRecord, writeRecord } from '../../records.ts';

/** The file beside the pictures. */
export const MANIFEST_FILE = 'dataset.json';

const FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  title: z.string().min(1),
  /** Pairs (an input and what it should become), two sets without pairs, labelled pictures, or one set of
   *  pictures that are not paired yet. */
  kind: z.enum(['pairs', 'sets', 'labelled', 'pictures']),
  created: z.iso.datetime(),
  /** The title of the dataset that this one was made from. */
  from: z.string().optional(),
  /** What the two sets were called, where their folders had names of their own. */
  setNames: z.object({ a: z.string().min(1), b: z.string().min(1) }).optional(),
});

/** What dataset.json says. */
export type Manifest = z.infer<typeof manifestSchema>;
export type DatasetKind = Manifest['kind'];

/** Reads a dataset's dataset.json; undefined where there is none. @throws UserError when it is damaged or newer */
export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, MANIFEST_FILE);
  if (!existsSync(file)) return undefined;
  const advice = 'remove it, and the dataset is opened by its folders alone';
  return readRecord(file, { schema: manifestSchema, format: FORMAT, advice });
}

/** Writes a dataset's dataset.json, whole or not at all. @throws UserError where it cannot be written */
export function writeManifest(folder: string, manifest: Manifest): void {
  const known = manifestSchema.parse(manifest);
  writeRecord(join(folder, MANIFEST_FILE), known);
}
