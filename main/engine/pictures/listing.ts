/**
 * Which files of a folder are pictures, and what the others are: nothing that a person put there is passed over without
 * a word. What a file is, its content decides; a name that promises a picture is believed until it is opened. No decoder
 * is loaded here: whoever only lists pictures (the studio's own process) stays free of one.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { counted, grouped } from '../../counted.ts';
import { explainIo, UserError } from '../../errors.ts';
import { beginningOf, formatOfName, sniffFormat } from './formats.ts';

/** A file that is not read, and why: the end of a sentence that begins with its name. */
export interface Skipped {
  file: string;
  why: string;
}

export interface Listing {
  /** Full paths, by code unit of their names. */
  pictures: string[];
  skipped: Skipped[];
}

/** What operating systems and other programs leave in folders: nobody means it to be a picture. */
const LITTER =
  /^(\.|thumbs\.db$|ehthumbs\.db$|desktop\.ini$|icon\r$|__macosx$|@eadir$|\$recycle\.bin$|system volume information$)/i;
/** Files that Maquette itself lays beside pictures. */
const OURS = ['held-out.txt', 'dataset.json', 'variants.json', 'partners.json', 'labels.csv', 'LICENSES.md'];

/** Whether a name is one that no person put there, or one of our own. */
export const isLitter = (name: string): boolean => LITTER.test(name) || OURS.includes(name);

/** What is known of files that are like pictures but are not opened, by their extension. */
const KNOWN: Readonly<Record<string, string>> = {
  '.svg': 'is an SVG drawing, which is not opened; export it as PNG',
  '.heic': 'is a HEIC photo, which is not opened; export it as JPEG',
  '.heif': 'is a HEIC photo, which is not opened; export it as JPEG',
  '.jxl': 'is a JPEG XL, which is not opened; export it as PNG',
  '.exr': 'is an OpenEXR, which is not opened; export it as TIFF or PNG',
  '.zip': 'is packed; unpack it first',
};

/** What a path is: a picture, a folder, nothing of a person's, or a file that is not read. Links are followed. */
export type Kind = 'picture' | 'folder' | 'litter' | { why: string };

/** @param name what the entry is called; the path may be another way to it */
export function kindOf(path: string, name: string): Kind {
  if (isLitter(name)) return 'litter';
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return 'folder';
    if (!stat.isFile()) return { why: 'is no file' };
    if (formatOfName(name) || isPicture(path)) return 'picture';
    return { why: KNOWN[extname(name).toLowerCase()] ?? 'is not a picture that can be read' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { why: 'is a link to something that is gone' };
    if (code === 'ELOOP') return { why: 'is a link that leads back to itself' };
    if (code === 'EACCES' || code === 'EPERM') return { why: 'cannot be read: there is no permission to' };
    throw error;
  }
}

/** As much as tells a format. */
const HEAD_BYTES = 64;

const isPicture = (path: string): boolean => sniffFormat(beginningOf(path, HEAD_BYTES), path) !== undefined;

/** The pictures of a folder, and the files beside them that are none. @throws UserError */
export function listFolder(folder: string): Listing {
  let names: string[];
  try {
    names = readdirSync(folder).sort(); // by UTF-16 code unit: the same on every machine and in every language
  } catch (error) {
    throw unreadable(error, folder);
  }
  const listing: Listing = { pictures: [], skipped: [] };
  for (const name of names) {
    const file = join(folder, name);
    const kind = kindOf(file, name);
    if (kind === 'picture') listing.pictures.push(file);
    else if (typeof kind === 'object') listing.skipped.push({ file, ...kind });
  }
  return listing;
}

/**
 * The pictures of a folder alone; what lies in its subfolders is not read, and named as such.
 * @param leave subfolders that are not spoken of
 * @throws UserError where a folder cannot be read
 */
export function listFlat(folder: string, leave: (folder: string) => boolean = () => false): Listing {
  const { pictures, skipped } = listFolder(folder);
  const deeper = foldersIn(folder)
    .filter((name) => !leave(join(folder, name)))
    .flatMap((name): Skipped[] => {
      const why = `lies in the subfolder ${name}/, which is not looked into`;
      const below = listTree(join(folder, name));
      return [...below.pictures.map((file) => ({ file, why })), ...below.skipped];
    });
  return { pictures, skipped: [...skipped, ...deeper] };
}

/** Deeper folders are not looked into: nobody sorts pictures so. */
const MOST_DEPTH = 16;

/**
 * The same of a folder and all below it, each folder once, wherever links lead.
 * @param leave folders that are not gone into
 * @throws UserError where a folder cannot be read
 */
export function listTree(folder: string, leave: (folder: string) => boolean = () => false): Listing {
  const all: Listing = { pictures: [], skipped: [] };
  const seen = new Set<string>();
  const visit = (at: string, depth: number): void => {
    if (seen.has(realOf(at))) return;
    seen.add(realOf(at));
    const { pictures, skipped } = listFolder(at);
    all.pictures.push(...pictures);
    all.skipped.push(...skipped);
    if (depth < MOST_DEPTH)
      for (const name of foldersIn(at)) if (!leave(join(at, name))) visit(join(at, name), depth + 1);
  };
  visit(folder, 0);
  return all;
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    throw unreadable(error, folder);
  }
}

/** Why a folder cannot be read, in words. */
export function unreadable(error: unknown, folder: string): UserError {
  if (['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
    return new UserError(`Cannot open ${folder}: there is no permission to read it; change its permissions`);
  return explainIo(error, `Cannot open the folder ${folder}`);
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => kindOf(join(folder, name), name) === 'folder')
    .sort();

/** The picture files of a folder as full paths, by code unit of their names. @throws UserError */
export const listPictures = (folder: string): string[] => listFolder(folder).pictures;

/** Files that are not read, in one line: how many, and each reason with the first that it is true of. */
export function saySkipped(skipped: readonly Skipped[]): string {
  const byWhy = new Map<string, string[]>();
  for (const { file, why } of skipped) byWhy.set(why, [...(byWhy.get(why) ?? []), file]);
  const parts = [...byWhy].map(([why, files]) =>
    files.length === 1 ? `${files[0]!} ${why}` : `${files[0]!} and ${grouped(files.length - 1)} more: each ${why}`,
  );
  return `${counted(skipped.length, 'file is', 'files are')} not read: ${parts.join('; ')}`;
}
