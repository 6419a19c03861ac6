/** Working through picture files with a model: one after the other, the next opened and the last written meanwhile. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { ensureWritableFolder, writeAtomic } from '../../files.ts';
import { awaitedLater } from '../../pool.ts';
import { heightFile, isHalfWritten, resultFile, type NamedPicture } from './result-file.ts';
import { heightMap, mapPng } from '../pictures/maps.ts';
import { tellHeight } from './height.ts';
import { encodeResult, openPicture, translatePicture, type OpenPicture } from './translate-picture.ts';
import type { Size } from './tiles.ts';
import type { Translator } from './translator.ts';

/** What is done with each picture. Errors of a person or a file are UserErrors; others end it all. */
export interface PictureWork<Picture extends Size = OpenPicture, Made = OpenPicture> {
  /** In the past: "translated". */
  verb: string;
  open: (picture: NamedPicture) => Promise<Picture>;
  work: (picture: Picture) => Promise<Made>;
  encode: (result: Made, picture: NamedPicture) => Promise<Buffer>;
  /** Writes what else there is of a result, before the result itself, which says that all is there. */
  beside?: (out: string, picture: NamedPicture, result: Made) => void;
  /** Where results may be written; what a result is decides where it is. */
  targets: (out: string, name: string) => readonly string[];
  target: (out: string, picture: NamedPicture, result: Made) => string;
}

export interface FilesOptions {
  pictures: readonly NamedPicture[];
  /** The folder below which results are written. */
  out: string;
  /** Leaves what is there already: earlier work on the same pictures is gone on with. */
  onlyMissing: boolean;
  /** Opens no picture before the last one is written, so that whoever watches knows which one crashed a decoder. */
  oneAtATime?: boolean;
  /** Hears of every picture when it begins to be opened. */
  onOpen?: (picture: NamedPicture) => void;
  /** Hears what is to be said of a picture that is worked on all the same. */
  onNote?: (picture: NamedPicture, note: string) => void;
  /** Hears of every picture: its result, or why it was left out. `done` counts all that are over, also those kept. */
  onPicture: (picture: FinishedFile, done: number, total: number) => void;
}

export interface TranslateOptions extends FilesOptions {
  /** The pictures tile, and their results do too. */
  wrap?: boolean;
  /** Tells the height of each result, which is written beside it. */
  height?: Translator | null;
  /** Works at each picture's own size, in overlapping tiles; else at the model's, where it has one. */
  tile: boolean;
  /** 0 gives the input, 1 the translation. */
  strength: number;
}

export interface FinishedFile {
  name: string;
  input: string;
  output: string | null;
  problem: string | null;
}

/** Pictures of more pixels are not opened and written beside each other: memory. */
const SMALL = 2048 * 2048;

/** A result, and its height as a file where that is wanted. */
interface Translated {
  result: OpenPicture;
  height: Buffer | null;
}

/**
 * Translates the pictures, as `overFiles` does; each result is `<name>.png`, and its height `<name>_height.png`: grey, 16
 * bits.
 */
export function translateFiles(
  translator: Translator,
  { tile, strength, wrap = false, height = null, ...options }: TranslateOptions,
): Promise<number> {
  if (height) requireRoomForHeights(options.pictures);
  return overFiles<OpenPicture<Uint8Array>, Translated>(
    {
      verb: 'translated',
      open: ({ file }) => openPicture(file, tile || !translator.hasSize ? undefined : translator),
      work: async (picture) => {
        const result = await translatePicture(translator, picture, { strength, wrap });
        if (!height) return { result, height };
        const relief = await tellHeight(height, result, wrap);
        return { result, height: await mapPng(heightMap(relief), relief) };
      },
      encode: ({ result }) => encodeResult(result),
      beside: (out, { name }, made) => {
        if (made.height) writeAtomic(heightFile(out, name), [made.height]);
      },
      ...{ targets: (out, name) => [resultFile(out, name)], target: (out, { name }) => resultFile(out, name) },
    },
    options,
  );
}

/** @throws UserError where the result of one picture would be called as the height of another is */
function requireRoomForHeights(pictures: readonly NamedPicture[]): void {
  const byTarget = new Map(pictures.map(({ file, name }) => [resultFile('', name), file]));
  for (const { file, name } of pictures) {
    const other = byTarget.get(heightFile('', name));
    if (other !== undefined)
      throw new UserError(`The result of ${other} would be called as the height of ${file} is; leave one of them out`);
  }
}

/**
 * Does the work on the pictures; one that is bad does not end it. Gives how many results were written.
 * @throws UserError when it cannot be done on a single picture, or on none of many, or when nothing can be written
 */
export async function overFiles<Picture extends Size, Made>(
  { verb, open, work, encode, beside, targets, target }: PictureWork<Picture, Made>,
  options: FilesOptions,
): Promise<number> {
  const { pictures, out, onlyMissing, oneAtATime = false, onPicture, onOpen = () => undefined } = options;
  const overItself = ({ file }: NamedPicture, to: string | undefined): UserError | null =>
    to !== undefined && resolve(file) === resolve(to)
      ? new UserError(`The result of ${file} would be written over it; choose another folder to write to`)
      : null;
  for (const picture of pictures) {
    const fault = overItself(picture, targets(out, picture.name)[0]);
    if (fault) throw fault;
  }
  ensureWritableFolder(out);
  if (onlyMissing) await sweep(out);
  const files = onlyMissing ? pictures.filter(({ name }) => !targets(out, name).some(existsSync)) : pictures;
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
  let next: Promise<Picture | UserError> | undefined;
  const begin = (picture: NamedPicture | undefined): typeof next => {
    if (picture) onOpen(picture);
    return picture && awaitedLater(reasonOf(open(picture)));
  };
  for (const [i, picture] of files.entries()) {
    const { file, name } = picture;
    const opened = await (next ?? begin(picture)!);
    const small = opened instanceof UserError || opened.width * opened.height <= SMALL;
    if (!small || oneAtATime) await writing;
    next = small && !oneAtATime ? begin(files[i + 1]) : undefined;
    const result = opened instanceof UserError ? opened : await reasonOf(work(opened));
    await writing;
    done++;
    if (result instanceof UserError) {
      failed(picture, result, done);
      continue;
    }
    const told = done;
    const write = async (): Promise<string> => {
      const output = target(out, picture, result);
      const fault = overItself(picture, output);
      if (fault) throw fault;
      beside?.(out, picture, result);
      writeAtomic(output, [await encode(result, picture)]);
      return output;
    };
    writing = awaitedLater(
      reasonOf(write()).then((output) => {
        if (output instanceof UserError) failed(picture, output, told);
        else {
          written++;
          onPicture({ name, input: file, output, problem: null }, told, pictures.length);
        }
      }),
    );
  }
  await writing;
  if (first && problems === pictures.length)
    throw new UserError(`None of the ${problems} pictures could be ${verb}; the first: ${first.message}`);
  return written;
}

/** What came of it, or the reason why nothing did: one bad picture does not end it all. */
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
    else if (isHalfWritten(entry.name)) await rm(path);
  }
}
