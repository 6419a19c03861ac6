/** Pictures below a folder with the names by which they are paired. */
import { extname } from 'node:path';
import { listTree } from '../pictures/listing.ts';
import { shown } from './shown.ts';
import type { Named } from './names.ts';

/** Each picture below a folder, by its place in it without the extension. */
export const namedBelow = (folder: string): Named[] =>
  listTree(folder).pictures.map((file) => {
    const path = shown(folder, file);
    return { file, name: path.slice(0, path.length - extname(path).length) };
  });
