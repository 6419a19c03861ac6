/** Folders of the host's machine, for picking files where there is no dialog of the system. */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { Picked, Place } from '../../preload/contract/index.ts';
import { formatOfName } from '../engine/pictures/formats.ts';
import { explainIo, UserError } from '../errors.ts';
import { asRead } from './as-read.ts';
import { safeName } from './datasets/names.ts';
import { shownPath } from './places.ts';
import { mediaAddress } from './rooms/context.ts';
import type { Tokens } from './tokens.ts';

/** Folders first, then files, by name; hidden ones are left out. @throws UserError when it cannot be opened */
export function browse(folder: string, tokens: Tokens): Place {
  try {
    const entries = readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .map((name) => entryOf(tokens.of(join(folder, name))))
      .sort((a, b) => Number(b.folder) - Number(a.folder) || asRead(a.name, b.name));
    const above = dirname(folder);
    const parent = above === folder ? null : tokens.of(above);
    const here = tokens.of(folder);
    return { name: here.name, shown: shownPath(folder), here, parent, entries, meant: null };
  } catch (error) {
    throw explainIo(error, `Cannot open ${shownPath(folder)}`);
  }
}

function entryOf(picked: Picked): Place['entries'][number] {
  const shown = !picked.folder && formatOfName(picked.name) !== undefined;
  return { ...picked, thumbnail: shown ? mediaAddress('picked-thumb', picked.token) : null };
}

/** The folder of a path as a person writes it; of a file the one that it is in, and the file. @throws UserError */
export function goTo(path: string, tokens: Tokens): Place {
  const written = path.trim();
  const full = /^~(?=$|[/\\])/.test(written) ? join(homedir(), written.slice(1)) : written;
  if (!isAbsolute(full)) throw new UserError('Write the whole path, from the first folder on, or from ~');
  const found = statSync(full, { throwIfNoEntry: false });
  if (!found) throw new UserError(`There is no ${written}`);
  if (found.isDirectory()) return browse(full, tokens);
  return { ...browse(dirname(full), tokens), meant: tokens.of(full) };
}

/** @throws UserError when it is there already, or cannot be made */
export function makeFolder(inside: string, name: string, tokens: Tokens): Picked {
  if (safeName(name) !== name) throw new UserError(`A folder cannot be called “${name}” on every system`);
  const path = join(inside, name);
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new UserError(`There is a “${name}” here already`);
    throw explainIo(error, `Cannot make ${shownPath(path)}`);
  }
  return tokens.of(path);
}
