/**
 * dataset.json: what the studio remembers of a dataset besides its pictures. The pictures' own layout says how they
 * are read; this file adds a title, what kind of dataset it is meant to be, and where it came from.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { explainIo, UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';

/** The file beside the pictures. */
export const MANIFEST_FILE = 'dataset.json';

const FORMAT = 1;

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  title: z.string().min(1),
  /** Pairs (an input and what it should become), or one set of pictures that are not paired yet. */
  kind: z.enum(['pairs', 'pictures']),
  created: z.iso.datetime(),
  /** The title of the dataset that this one was made from. */
  from: z.string().optional(),
});

/** What dataset.json says. */
export type Manifest = z.infer<typeof manifestSchema>;
export type DatasetKind = Manifest['kind'];

/** Reads a dataset's dataset.json; undefined where there is none. @throws UserError when it is damaged or newer */
export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, MANIFEST_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw explainIo(error, `Cannot read ${file}`);
  }
  const json = parseJson(text);
  const { format } = z.object({ format: z.number() }).safeParse(json).data ?? {};
  if (format !== undefined && format > FORMAT)
    throw new UserError(`${file} was written by a newer Maquette; update Maquette to open this dataset`);
  const manifest = manifestSchema.safeParse(json);
  if (!manifest.success)
    throw new UserError(`${file} is damaged; remove it, and the dataset is opened by its folders alone`);
  return manifest.data;
}

/** Writes a dataset's dataset.json, whole or not at all. @throws UserError where it cannot be written */
export function writeManifest(folder: string, manifest: Manifest): void {
  const known = manifestSchema.parse(manifest);
  writeAtomic(join(folder, MANIFEST_FILE), [`${JSON.stringify(known, null, 2)}\n`]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
