/** Finding the picture files in what a person dropped: folders of any depth, by name alone. */
import { LEFT_OUT } from '../../engine/data/datasets.ts';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { formatOfName } from '../../engine/pictures/formats.ts';
import { explainIo, UserError } from '../../errors.ts';
import { MANIFEST_FILE } from './manifest.ts';

/** Deeper folders are not looked into: nobody sorts pictures so. */
const MOST_DEPTH = 16;

/**
 * The picture files below a folder, each folder's by code unit of their names. Dot-files are left out, and so are links
 * that lead out of the folder. @throws UserError when a folder cannot be read
 */
export async function walkPictures(folder: string): Promise<string[]> {
  const root = await resolved(folder);
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = async (at: string, depth: number): Promise<void> => {
    const real = await resolved(at);
    if (seen.has(real)) return; // a link to a folder that was seen before, or a loop
    seen.add(real);
    for (const entry of await entriesOf(at)) {
      const path = join(at, entry.name);
      const type = entry.isSymbolicLink() ? await typeOfLink(path, root) : typeOf(entry);
      if (type === 'file' && formatOfName(entry.name)) found.push(path);
      if (type === 'folder' && depth < MOST_DEPTH) await visit(path, depth + 1);
    }
  };
  await visit(folder, 0);
  return found;
}

/** The entries that a person would see, sorted; in a dataset of the studio without those left out. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
    const ours = entries.some(({ name }) => name === MANIFEST_FILE);
    return entries.filter(({ name }) => !ours || name !== LEFT_OUT).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(error, folder);
  }
}

function unreadable(error: unknown, folder: string): UserError {
  if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
    return new UserError(`Cannot open ${folder}: there is no permission to read it; change its permissions`);
  return explainIo(error, `Cannot open ${folder}`);
}

type Type = 'file' | 'folder' | undefined;

function typeOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): Type {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : undefined;
}

/** What a link leads to, if that exists and lies below the root. */
async function typeOfLink(link: string, root: string): Promise<Type> {
  try {
    const real = await realpath(link);
    return real.startsWith(root + sep) ? typeOf(await stat(real)) : undefined;
  } catch {
    return undefined; // a dead link
  }
}

async function resolved(folder: string): Promise<string> {
  return realpath(folder).catch((error: unknown) => {
    throw unreadable(error, folder);
  });
}

/** The names of a folder's subfolders, sorted, without dot-folders. @throws UserError */
export async function subfoldersOf(folder: string): Promise<string[]> {
  return (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Whether a dropped path is a folder. @throws UserError where there is nothing */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw explainIo(error, `Cannot open ${path}`);
  }
}

/** A path without its extension, relative to the folder that it lies in, with forward slashes. */
export function keyBelow(folder: string, file: string): string {
  return file
    .slice(folder.length + 1, file.length - extname(file).length)
    .split(sep)
    .join('/');
}
