/** Finding the picture files in what a person dropped: folders of any depth. */
import { LEFT_OUT } from '../../engine/data/datasets.ts';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isLitter, kindOf, unreadable, type Listing } from '../../engine/pictures/listing.ts';
import { explainIo, UserError } from '../../errors.ts';
import { asRead } from '../as-read.ts';
import { MANIFEST_FILE } from './manifest.ts';

/** Deeper folders are not looked into: nobody sorts pictures so. */
const MOST_DEPTH = 16;

/**
 * The picture files below a folder, each folder's by name as people read them, and the files that are none. Links are
 * followed, wherever they lead; a folder is walked once. @throws UserError when the folder cannot be read
 */
export async function walkFolder(folder: string): Promise<Listing> {
  const found: Listing = { pictures: [], skipped: [] };
  const seen = new Set<string>();
  const visit = async (at: string, depth: number): Promise<void> => {
    const real = await resolved(at);
    if (seen.has(real)) return; // a link to a folder that was seen before, or a loop
    seen.add(real);
    for (const { name } of await entriesOf(at)) {
      const file = join(at, name);
      const kind = kindOf(file, name);
      if (kind === 'picture') found.pictures.push(file);
      else if (typeof kind === 'object') found.skipped.push({ file, ...kind });
      else if (kind === 'folder' && depth < MOST_DEPTH) await visit(file, depth + 1).catch(unless(file));
    }
  };
  /** A folder below that cannot be read is one thing that is not read; the one that was asked for is an error. */
  const unless = (file: string) => (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    found.skipped.push({ file, why: `cannot be opened (${error.message})` });
  };
  await visit(folder, 0);
  return found;
}

/** The entries that a person would see, sorted; in a dataset of the studio without those left out. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = (await readdir(folder, { withFileTypes: true })).filter(
      ({ name }) => !isLitter(name) || name === MANIFEST_FILE,
    );
    const ours = entries.some(({ name }) => name === MANIFEST_FILE);
    return entries.filter(({ name }) => !ours || name !== LEFT_OUT).sort((a, b) => asRead(a.name, b.name));
  } catch (error) {
    throw unreadable(error, folder);
  }
}

/** A file that somebody gave: a picture, or why it is none. */
export function listFile(file: string): Listing {
  const kind = kindOf(file, basename(file));
  return typeof kind === 'object' ? { pictures: [], skipped: [{ file, ...kind }] } : { pictures: [file], skipped: [] };
}

async function resolved(folder: string): Promise<string> {
  return realpath(folder).catch((error: unknown) => {
    throw unreadable(error, folder);
  });
}

/** Whether a dropped path is a folder. @throws UserError where there is nothing */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw explainIo(error, `Cannot open ${path}`);
  }
}
