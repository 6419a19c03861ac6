/** Translating picture files with a model: one after the other, the next opened and the last written meanwhile. */
import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { ensureWritableFolder } from '../files.ts';
import { awaitedLater } from '../pool.ts';
import { decodePicture, encodePng, fromPlanar, toPlanar, type Picture } from './pictures.ts';
import { listPictures } from './formats.ts';
import { translateTiled } from './tiles.ts';
import type { Translator } from './translator.ts';

export interface TranslateOptions {
  /** Pictures, or folders of them. */
  paths: readonly string[];
  /** Where `<name>.png` is written. */
  out: string;
  /** Works at each picture's own size, in overlapping tiles; else at the model's. */
  tile: boolean;
  /** 0 gives the input, 1 the translation. */
  strength: number;
  /** Hears of every picture: its result, or why it was left out. */
  onPicture: (picture: TranslatedFile, done: number, total: number) => void;
}

export interface TranslatedFile {
  input: string;
  output: string | null;
  problem: string | null;
}

/** Translates all pictures; gives how many. @throws UserError when none of them can be read, or none can be written */
export async function translateFiles(translator: Translator, options: TranslateOptions): Promise<number> {
  const { paths, out, onPicture } = options;
  const files = collect(paths);
  ensureWritableFolder(out);
  let written = 0;
  let encoding: Promise<void> = Promise.resolve();
  let next = awaitedLater(open(files[0]!.file, translator, options));
  for (const [i, { file, stem }] of files.entries()) {
    const opened = await next;
    const following = files[i + 1];
    if (following) next = awaitedLater(open(following.file, translator, options));
    if (opened instanceof UserError) {
      if (files.length === 1) throw opened;
      onPicture({ input: file, output: null, problem: opened.message }, i + 1, files.length);
      continue;
    }
    const result = await translateOne(translator, opened, options);
    await encoding;
    const output = join(out, `${stem}.png`);
    encoding = awaitedLater(encodePng(result, output));
    written++;
    onPicture({ input: file, output, problem: null }, i + 1, files.length);
  }
  await encoding;
  if (written === 0) throw new UserError('None of the pictures could be read');
  return written;
}

/** Opens a picture, or gives the reason why not, so that one bad picture does not end a batch. */
async function open(
  file: string,
  { size, channels }: Translator,
  { tile }: TranslateOptions,
): Promise<Picture | UserError> {
  try {
    return await decodePicture(file, tile ? { channels } : { width: size, height: size, channels });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function translateOne(
  translator: Translator,
  picture: Picture,
  { tile, strength }: TranslateOptions,
): Promise<Picture> {
  const { width, height, channels } = picture;
  const planes = toPlanar(picture);
  const result = tile
    ? await translateTiled({ data: planes, channels, width, height }, translator, (each) => translator.run(each))
    : await translator.run(planes);
  if (strength < 1)
    for (let i = 0; i < result.length; i++) result[i] = planes[i]! + strength * (result[i]! - planes[i]!);
  return fromPlanar(result, width, height, channels);
}

/** The pictures that the paths mean, each with the name that it is written under. @throws UserError */
function collect(paths: readonly string[]): { file: string; stem: string }[] {
  const files = paths.flatMap((path) => {
    if (!existsSync(path)) throw new UserError(`${path} does not exist; check the path`);
    return statSync(path).isDirectory() ? listPictures(path) : [path];
  });
  if (files.length === 0) throw new UserError(`There are no pictures in ${paths.join(', ')}`);
  const stems = new Map<string, string>();
  return files.map((file) => {
    const stem = basename(file, extname(file));
    const other = stems.get(stem);
    if (other !== undefined)
      throw new UserError(
        `${other} and ${file} would both be written as ${stem}.png; translate them one after the other`,
      );
    stems.set(stem, file);
    return { file, stem };
  });
}
