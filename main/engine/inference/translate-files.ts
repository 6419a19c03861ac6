/** Translating picture files with a model: one after the other, the next opened and the last written meanwhile. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { ensureWritableFolder, writeAtomic } from '../../files.ts';
import { awaitedLater } from '../../pool.ts';
import { resultFile, type NamedPicture } from './result-file.ts';
import { encodeResult, openPicture, translatePicture, type OpenPicture } from './translate-picture.ts';
import type { Translator } from './translator.ts';

export interface TranslateOptions {
  pictures: readonly NamedPicture[];
  /** Where `<name>.png` is written. */
  out: string;
  /** Works at each picture's own size, in overlapping tiles; else at the model's, where it has one. */
  tile: boolean;
  /** 0 gives the input, 1 the translation. */
  strength: number;
  /** Leaves what is there already: an earlier translation of the same pictures is gone on with. */
  onlyMissing: boolean;
  /** Opens no picture before the last one is written, so that whoever watches knows which one crashed a decoder. */
  oneAtATime?: boolean;
  /** Hears of every picture when it begins to be opened. */
  onOpen?: (picture: NamedPicture) => void;
  /** Hears of every picture: its result, or why it was left out. `done` counts all that are over, also those kept. */
  onPicture: (picture: TranslatedFile, done: number, total: number) => void;
}

export interface TranslatedFile {
  name: string;
  input: string;
  output: string | null;
  problem: string | null;
}

/** Pictures of more pixels are not opened and written beside each other: memory. */
const SMALL = 2048 * 2048;

/**
 * Translates the pictures; one that is bad does not end it. Gives how many results were written.
 * @throws UserError when a single picture cannot be translated, or none of many, or when nothing can be written
 */
export async function translateFiles(translator: Translator, options: TranslateOptions): Promise<number> {
  const { pictures, out, onlyMissing, oneAtATime = false, onPicture, onOpen = () => undefined } = options;
  for (const { file, name } of pictures)
    if (resolve(file) === resolve(resultFile(out, name)))
      throw new UserError(`The result of ${file} would be written over it; choose another folder to write to`);
  ensureWritableFolder(out);
  if (onlyMissing) await sweep(out);
  const files = onlyMissing ? pictures.filter(({ name }) => !existsSync(resultFile(out, name))) : pictures;
  let done = pictures.length - files.length;
  let [written, problems] = [0, 0];
  let first: UserError | undefined;
  const failed = ({ name, file }: NamedPicture, problem: UserError, at: number): void => {
    if (pictures.length === 1) throw problem;
    problems++;
    first ??= problem;
    onPicture({ name, input: file, output: null, problem: problem.message }, at, pictures.length);
  };
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<OpenPicture | UserError> | undefined;
  const begin = (picture: NamedPicture | undefined): typeof next => {
    if (picture) onOpen(picture);
    return picture && awaitedLater(open(picture.file, translator, options));
  };
  for (const [i, picture] of files.entries()) {
    const { file, name } = picture;
    const opened = await (next ?? begin(picture)!);
    const small = opened instanceof UserError || opened.width * opened.height <= SMALL;
    if (!small || oneAtATime) await writing;
    next = small && !oneAtATime ? begin(files[i + 1]) : undefined;
    const result = opened instanceof UserError ? opened : await attempt(translator, opened, options);
    await writing;
    done++;
    if (result instanceof UserError) {
      failed(picture, result, done);
      continue;
    }
    const output = resultFile(out, name);
    const told = done;
    writing = awaitedLater(
      reasonOf(encodeResult(result).then((png) => writeAtomic(output, [png]))).then((problem) => {
        if (problem) failed(picture, problem, told);
        else {
          written++;
          onPicture({ name, input: file, output, problem: null }, told, pictures.length);
        }
      }),
    );
  }
  await writing;
  if (first && problems === pictures.length)
    throw new UserError(`None of the ${problems} pictures could be translated; the first: ${first.message}`);
  return written;
}

/** Opens a picture, or gives the reason why not, so that one bad picture does not end a batch. */
const open = (file: string, translator: Translator, { tile }: TranslateOptions): Promise<OpenPicture | UserError> =>
  reasonOf(openPicture(file, tile || !translator.hasSize ? undefined : translator));

/** Translates it, or gives the reason why not: a model of another tool may take some sizes and not others. */
const attempt = (
  translator: Translator,
  picture: OpenPicture,
  options: TranslateOptions,
): Promise<OpenPicture | UserError> => reasonOf(translatePicture(translator, picture, options));

const reasonOf = <T>(work: Promise<T>): Promise<T | UserError> =>
  work.catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });

/** Removes what was half-written when an earlier translation into this folder was killed. */
async function sweep(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await sweep(path);
    else if (/\.png\.\d+\.tmp$/.test(entry.name)) await rm(path);
  }
}
