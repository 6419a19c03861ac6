/** Where Maquette is installed: built files and package.json are found from here, from the sources and from dist/. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('package.json was not found above the program');
    folder = dirname(folder);
  }
  return folder;
}

export const ROOT = findRoot();

/** A file that `npm run build` made. */
export const built = (name: string): string => join(ROOT, 'dist', name);

export const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
