/** Paths that the person picked, as tokens: a window never sees a path and cannot make one up. */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Picked } from '../../preload/contract/index.ts';
import { UserError } from '../errors.ts';

export class Tokens {
  readonly #paths = new Map<string, string>();
  readonly #tokens = new Map<string, string>();
  readonly #picked = new Set<string>();

  /** The token of a path; the same path has the same one. */
  of(path: string): Picked {
    const token = this.#tokens.get(path) ?? randomBytes(16).toString('base64url');
    this.#paths.set(token, path);
    this.#tokens.set(path, token);
    return {
      token,
      name: basename(path) || path,
      folder: statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    };
  }

  /** All paths that were picked and have a name, the longest first; a folder that was only looked into is none of them. */
  get picked(): string[] {
    return [...this.#picked].filter((path) => basename(path)).sort((a, b) => b.length - a.length);
  }

  /** The path of something that is picked. @throws UserError as `place` */
  path(token: string): string {
    const path = this.place(token);
    this.#picked.add(path);
    return path;
  }

  /** The path of a token. @throws UserError for one that was not given out by this studio */
  place(token: string): string {
    const path = this.#paths.get(token);
    if (path === undefined) throw new UserError('That file or folder is not known any more; pick it again');
    return path;
  }
}
