/**
 * Files that were dropped into a window on another machine, or in a browser: written into a folder of their own. They
 * are swept away when the project is opened again, but for those that something still needs as originals.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { explainIo, UserError } from '../errors.ts';

/** The folder of a project in which uploads have their folders. */
export const UPLOADS = ['.maquette', 'uploads'] as const;

/** In an upload's folder: who needs its files, a line each. */
const KEPT = '.kept';

/** Keeps the uploads that some of the files belong to, for `who`. */
export function keepUploads(files: Iterable<string>, who: string): void {
  for (const folder of uploadsOf(files))
    writeFileSync(join(folder, KEPT), `${[...keepersOf(folder), who].join('\n')}\n`);
}

/** `who` needs the files no longer; uploads that nobody needs go. */
export function releaseUploads(files: Iterable<string>, who: string): void {
  for (const folder of uploadsOf(files)) {
    const others = keepersOf(folder).filter((keeper) => keeper !== who);
    if (others.length === 0) rmSync(folder, { recursive: true, force: true });
    else writeFileSync(join(folder, KEPT), `${others.join('\n')}\n`);
  }
}

/** Removes the uploads of a project that nobody needs. */
export function sweepUploads(project: string): void {
  const uploads = join(project, ...UPLOADS);
  if (!existsSync(uploads)) return;
  for (const name of readdirSync(uploads))
    if (keepersOf(join(uploads, name)).length === 0) rmSync(join(uploads, name), { recursive: true });
}

function keepersOf(folder: string): string[] {
  const file = join(folder, KEPT);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** The folders of the uploads that files belong to. */
function uploadsOf(files: Iterable<string>): Set<string> {
  const middle = sep + UPLOADS.join(sep) + sep;
  const folders = [...files].flatMap((file) => {
    const at = file.indexOf(middle);
    if (at < 0) return [];
    const end = file.indexOf(sep, at + middle.length);
    return end < 0 ? [] : [file.slice(0, end)];
  });
  return new Set(folders.filter((folder) => existsSync(folder)));
}

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
