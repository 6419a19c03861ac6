/**
 * Pairs from finished pictures alone: each is drawn in some styles, and the drawings become the inputs. Which were made
 * of one picture is written down in variants.json, so that they share its fate when pairs are held out.
 */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { readHeldOut, writeHeldOut } from '../../engine/data/datasets.ts';
import { writeVariants } from '../../engine/data/variants.ts';
import type { Skipped } from '../../engine/pictures/listing.ts';
import { explainIo, UserError } from '../../errors.ts';
import { mapPool } from '../../pool.ts';
import { describeDataset } from './describe.ts';
import { isColoured } from './colour-styles.ts';
import { checkStyle, draw, openModel, type StyleName } from './drawing.ts';
import type { Way } from './ways.ts';
import { writeManifest } from './manifest.ts';
import { mostly } from './mostly.ts';
import { Names } from './names.ts';
import { wholeFolder } from './whole-folder.ts';

export interface SketchesOptions {
  /** A dataset of pictures, or of pairs in A/ and B/, whose B side is drawn. */
  folder: string;
  /** The new dataset's folder, which must not exist yet. */
  out: string;
  title: string;
  drawings: readonly Way[];
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Sketched {
  /** Pairs written. */
  count: number;
  /** Pictures that could not be drawn, and why not. */
  skipped: { file: string; why: string }[];
  /** Files that were not looked at. */
  notRead: Skipped[];
}

/** How finished pictures are best drawn: with colour where they have some, since ink leaves open which. @throws UserError */
export async function suggestStyles(folder: string): Promise<StyleName[]> {
  const coloured = await mostly(folder, 'finished', async (file, half) =>
    isColoured((await openModel(file, half)).tones),
  );
  return [coloured ? 'flats' : 'ink'];
}

/** Makes a dataset of pairs by drawing finished pictures. @throws UserError, and nothing is left behind */
export async function makeSketches(options: SketchesOptions): Promise<Sketched> {
  const { folder, out, title, onProgress } = options;
  const drawings = named(options.drawings);
  const source = describeDataset(folder);
  if (source.layout === 'sideBySide')
    throw new UserError('Sketches are made from pictures, or from pairs in A/ and B/; these pairs are side by side');
  const unmatched = source.unmatched.map((file) => ({ file: join(folder, file), why: 'belongs to no pair' }));
  const names = new Names();
  const pictures = source.pictures.map(({ name, sides }) => ({ file: join(folder, sides.at(-1)!), name }));
  const wanted = pictures.map((picture) => ({
    ...picture,
    drawings: drawings.map((drawing) => ({ ...drawing, name: names.take(picture.name + drawing.suffix) })),
  }));
  return wholeFolder(out, async (partial) => {
    for (const side of ['A', 'B']) await mkdir(join(partial, side));
    const skipped: Sketched['skipped'] = [];
    let done = 0;
    await mapPool(wanted, 4, async (picture) => {
      const why = await sketch(picture, partial);
      if (why) skipped.push({ file: picture.file, why });
      onProgress?.(++done, pictures.length);
    });
    const count = (pictures.length - skipped.length) * drawings.length;
    if (count === 0) throw new UserError(skipped[0]?.why ?? 'There is no picture in this dataset to draw');
    const sources = wanted.flatMap(({ name, drawings }) => drawings.map((drawing) => [drawing.name, name] as const));
    writeVariants(partial, Object.fromEntries(sources));
    if (source.kind === 'pairs') writeHeldOut(partial, readHeldOut(folder));
    writeManifest(partial, {
      ...{ format: 1, title, kind: 'pairs' },
      created: new Date().toISOString(),
      from: source.title,
    });
    skipped.sort((a, b) => (a.file < b.file ? -1 : 1));
    return { count, skipped, notRead: [...source.notRead, ...unmatched] };
  });
}

interface Drawing extends Way {
  /** Ends the name of the pair. */
  suffix: string;
}

/** Each way once, with the end of its pairs' names. @throws UserError */
function named(ways: readonly Way[]): Drawing[] {
  for (const { style, strength } of ways) checkStyle(style, strength);
  if (ways.length === 0) throw new UserError('Choose at least one style and one strength of lines');
  const bySuffix = ways.map((way) => [`-${way.style}-${Math.round(way.strength * 100)}`, way] as const);
  return [...new Map(bySuffix)].map(([suffix, way]) => ({ ...way, suffix }));
}

/** Draws one picture in all ways. @returns why it was skipped, if it was */
async function sketch(
  { file, drawings }: { file: string; drawings: readonly (Drawing & { name: string })[] },
  out: string,
): Promise<string | undefined> {
  try {
    const model = await openModel(file);
    for (const { style, strength, name } of drawings) {
      await write(join(out, 'A', `${name}.png`), await draw(model, { style, strength }));
      await linkOrCopy(file, join(out, 'B', `${name}${extname(file).toLowerCase()}`));
    }
    return undefined;
  } catch (error) {
    if (error instanceof UserError && !(error.cause as NodeJS.ErrnoException | undefined)?.syscall)
      return error.message;
    throw error;
  }
}

/** Plainly: the whole folder takes its name only when it is complete. */
async function write(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes).catch((error: unknown) => {
    throw explainIo(error, `Cannot write ${file}`);
  });
}

/** A hard link costs no space, and no picture of a dataset is ever changed in place; across disks it is a copy. */
async function linkOrCopy(file: string, to: string): Promise<void> {
  await link(file, to)
    .catch(() => copyFile(file, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL))
    .catch((error: unknown) => {
      throw explainIo(error, `Cannot write ${to}`);
    });
}
