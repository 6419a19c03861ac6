/** Files that were dropped into a window on another machine, or in a browser: written into a folder of their own. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainIo, UserError } from '../errors.ts';

/** A dropped folder's files in the window's order; each `path` is relative, with forward slashes. */
export class Uploads {
  readonly #folders = new Map<string, string>();

  /** Begins an upload below `folder`. */
  begin(folder: string): string {
    const id = randomUUID();
    this.#folders.set(id, join(folder, id));
    return id;
  }

  /** @throws UserError for a path that leaves its folder, or a full disk */
  write(id: string, path: string, bytes: Uint8Array): void {
    const folder = this.#find(id);
    const parts = path.split('/');
    const plain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0:]/.test(part));
    if (!plain || parts.length > 16) throw new UserError(`"${path}" is not a name that a file can have here`);
    const file = join(folder, ...parts);
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    } catch (error) {
      throw explainIo(error, `Cannot write ${path}`);
    }
  }

  /** Ends an upload; gives the paths of what was dropped. */
  end(id: string): string[] {
    const folder = this.#find(id);
    this.#folders.delete(id);
    return existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => join(folder, name))
      : [];
  }

  #find(id: string): string {
    const folder = this.#folders.get(id);
    if (!folder) throw new UserError('That upload is over; drop the files again');
    return folder;
  }
}
