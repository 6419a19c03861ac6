/** Which pictures paths mean, and where the result of each belongs: folders are walked, and their structure is kept. */
import { basename, extname, relative, sep } from 'node:path';
import type { NamedPicture } from '../engine/inference/result-file.ts';
import { UserError } from '../errors.ts';
import { isFolder, walkPictures } from './datasets/walk.ts';

const withoutEnding = (path: string): string =>
  path
    .slice(0, path.length - extname(path).length)
    .split(sep)
    .join('/');

/** Where file names differ by more than their case. */
const CASE_COUNTS = process.platform !== 'win32' && process.platform !== 'darwin';

/**
 * The pictures at these paths and below, each with the name of its result. Dot-files are left out, and links that lead
 * out of their folder. @throws UserError where there are none, or two would be written to the same place
 */
export async function collectPictures(paths: readonly string[]): Promise<NamedPicture[]> {
  const pictures: NamedPicture[] = [];
  for (const path of paths) {
    if (await isFolder(path)) {
      for (const file of await walkPictures(path)) pictures.push({ file, name: withoutEnding(relative(path, file)) });
    } else pictures.push({ file: path, name: withoutEnding(basename(path)) });
  }
  if (pictures.length === 0) throw new UserError(`There are no pictures in ${paths.join(', ')}`);
  const taken = new Map<string, string>();
  for (const { file, name } of pictures) {
    const place = CASE_COUNTS ? name : name.toLowerCase();
    const other = taken.get(place);
    if (other !== undefined)
      throw new UserError(
        `${other} and ${file} would both be written as ${name}.png; rename one, or translate them one after the other`,
      );
    taken.set(place, file);
  }
  return pictures;
}
