/** A folder of the host's machine, for picking files where there is no dialog of the system. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Place } from '../../preload/contract/index.ts';
import { explainIo } from '../errors.ts';
import { shownPath } from './places.ts';
import type { Tokens } from './tokens.ts';

/** Folders first, then files, by name; hidden ones are left out. @throws UserError when it cannot be opened */
export function browse(folder: string, tokens: Tokens): Place {
  try {
    const entries = readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .map((name) => tokens.of(join(folder, name)))
      .sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name));
    const above = dirname(folder);
    const parent = above === folder ? null : tokens.of(above);
    return { name: tokens.of(folder).name, shown: shownPath(folder), parent, entries };
  } catch (error) {
    throw explainIo(error, `Cannot open ${shownPath(folder)}`);
  }
}
