/**
 * Changes to a dataset that can be taken back: moves, new files, and texts. They are made one after another, and if one
 * fails those before it are undone, so that a fix happens as a whole or not at all.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, normalize, sep } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { fromDisk } from './whole-folder.ts';

/** Inside the dataset, whatever it says: an undo has been in other hands since. */
const inside = z
  .string()
  .refine((path) => path !== '' && !isAbsolute(path) && !normalize(path).split(sep).includes('..'), 'outside');

const undoSchema = z.object({
  moves: z.array(z.object({ from: inside, to: inside })),
  written: z.array(inside),
  texts: z.array(z.object({ file: inside, before: z.string().nullable() })),
});

/** What takes a fix back. Plain data, with paths relative to the dataset. */
export type Undo = z.infer<typeof undoSchema>;

/** A list of changes under way. */
export class Changes {
  readonly #folder: string;
  readonly #made: Undo = { moves: [], written: [], texts: [] };

  constructor(folder: string) {
    this.#folder = folder;
  }

  get undo(): Undo {
    return this.#made;
  }

  /** Moves a file to a place where none is; where one is, to the next free name. */
  move(from: string, to: string): void {
    const free = this.#free(to);
    moveFile(join(this.#folder, from), join(this.#folder, free));
    this.#made.moves.push({ from, to: free });
  }

  /** Writes a file that is not there yet. */
  write(file: string, bytes: Uint8Array): void {
    if (existsSync(join(this.#folder, file))) throw new UserError(`${file} is there already; rename it`);
    writeAtomic(join(this.#folder, file), [bytes]);
    this.#made.written.push(file);
  }

  /** Notes what a text file holds, before somebody changes it. */
  keepText(file: string): void {
    const path = join(this.#folder, file);
    this.#made.texts.push({ file, before: existsSync(path) ? readFileSync(path, 'utf8') : null });
  }

  #free(path: string): string {
    const end = extname(path);
    const stem = path.slice(0, path.length - end.length);
    let free = path;
    for (let i = 2; existsSync(join(this.#folder, free)); i++) free = `${stem}-${i}${end}`;
    return free;
  }
}

/** Makes changes; when one fails, those before it are undone. @throws UserError */
export async function change(
  folder: string,
  make: (changes: Changes) => number | Promise<number>,
): Promise<{ changed: number; undo: Undo }> {
  const changes = new Changes(folder);
  try {
    return { changed: await make(changes), undo: changes.undo };
  } catch (error) {
    takeBack(folder, changes.undo);
    throw fromDisk(error, `Cannot change ${folder}`);
  }
}

/** Takes a fix back. @throws UserError, before anything is changed, when files have come or gone since */
export function undoFix(folder: string, undo: unknown): void {
  const parsed = undoSchema.safeParse(undo);
  if (!parsed.success) throw new UserError('This cannot be taken back: what is known of it is damaged');
  const written = new Set(parsed.data.written);
  for (const { from, to } of parsed.data.moves) {
    if (!existsSync(join(folder, to))) throw new UserError(`This cannot be taken back, as ${to} is gone`);
    if (existsSync(join(folder, from)) && !written.has(from))
      throw new UserError(`This cannot be taken back, as there is a new ${from}; rename it`);
  }
  try {
    takeBack(folder, parsed.data);
  } catch (error) {
    throw fromDisk(error, `Cannot change ${folder}`);
  }
}

function takeBack(folder: string, { moves, written, texts }: Undo): void {
  for (const file of written) rmSync(join(folder, file), { force: true });
  for (const { from, to } of moves.toReversed()) moveFile(join(folder, to), join(folder, from));
  for (const { file, before } of texts)
    if (before === null) rmSync(join(folder, file), { force: true });
    else writeAtomic(join(folder, file), [before]);
}

function moveFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}
