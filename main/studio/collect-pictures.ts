/** Which pictures paths mean, and where the result of each belongs: folders are walked, and their structure is kept. */
import { dirname, extname, relative, sep } from 'node:path';
import { fittingName, type NamedPicture } from '../engine/inference/result-file.ts';
import type { Listing, Skipped } from '../engine/pictures/listing.ts';
import { UserError } from '../errors.ts';
import { isFolder, listFile, walkFolder } from './datasets/walk.ts';

export interface Collected {
  pictures: NamedPicture[];
  /** Files that are not read. */
  skipped: Skipped[];
  /** Pictures whose results are called otherwise, and why. */
  renamed: Skipped[];
}

/** Where file names differ by more than their case. */
const CASE_COUNTS = process.platform !== 'win32' && process.platform !== 'darwin';

/** The pictures at these paths and below, each with the name of its result. @throws UserError where there are none */
export async function collectPictures(paths: readonly string[]): Promise<Collected> {
  const found: { file: string; path: string }[] = [];
  const skipped: Skipped[] = [];
  for (const path of paths) {
    const folder = await isFolder(path);
    // A file alone is tried, whatever it is: what is wrong with it is the answer then.
    const alone: Listing = { pictures: [path], skipped: [] };
    const listing = folder ? await walkFolder(path) : paths.length > 1 ? listFile(path) : alone;
    found.push(...listing.pictures.map((file) => ({ file, path: relative(folder ? path : dirname(path), file) })));
    skipped.push(...listing.skipped);
  }
  if (found.length === 0) throw new UserError(`There are no pictures in ${paths.join(', ')}`);
  return { ...nameResults(found), skipped };
}

/** Names that no two results share and that this machine can take. */
function nameResults(found: readonly { file: string; path: string }[]): Omit<Collected, 'skipped'> {
  const alike = (name: string): string => (CASE_COUNTS ? name : name.toLowerCase());
  const counts = new Map<string, number>();
  for (const { path } of found) counts.set(alike(stemOf(path)), (counts.get(alike(stemOf(path))) ?? 0) + 1);
  const taken = new Set<string>();
  const renamed: Skipped[] = [];
  const pictures = found.map(({ file, path }) => {
    const stem = stemOf(path);
    const shared = counts.get(alike(stem))! > 1;
    // Two pictures of one name mostly differ in their endings: hero.png and hero.jpg.
    const wanted = shared ? `${stem}-${extname(path).slice(1).toLowerCase()}` : stem;
    const fitting = wanted
      .split('/')
      .map((part) => fittingName(part))
      .join('/');
    let name = fitting;
    for (let i = 2; taken.has(alike(name)); i++) name = `${fitting}-${i}`;
    taken.add(alike(name));
    if (name !== stem)
      renamed.push({ file, why: `${whyOf({ shared, long: fitting !== wanted })}: its result is ${name}.png` });
    return { file, name };
  });
  return { pictures, renamed };
}

const whyOf = ({ shared, long }: { shared: boolean; long: boolean }): string =>
  shared ? 'has the name of another picture' : long ? 'has a name that is too long here' : 'has a name that is taken';

/** A path without its ending, with forward slashes. */
const stemOf = (path: string): string =>
  path
    .slice(0, path.length - extname(path).length)
    .split(sep)
    .join('/');
