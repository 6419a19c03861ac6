/** Pairs that a person taught: cut from a drawing and its corrected result, and how well a model has learned them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type { Box, LessonReport, Region, Scaling } from '../../../preload/contract/schemas.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { listPairs, type Pair, type PictureRef } from '../../engine/data/datasets.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { decodePicture, toPlanar } from '../../engine/pictures/pictures.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { Tiling } from '../../engine/inference/tiles.ts';
import { Translator } from '../../engine/inference/translator.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { describeDataset } from '../datasets/describe.ts';
import { writeManifest } from '../datasets/manifest.ts';
import { wholeFolder } from '../datasets/whole-folder.ts';

export interface CutLessons {
  /** The dataset's folder; a new one is made where `title` is given. */
  folder: string;
  title: string | null;
  /** Of the model. */
  size: number;
  wrap: boolean;
  scaling: Scaling;
  input: Region;
  target: Region;
  corrected: Box;
}

/** The most pairs that one correction gives. */
const MOST = 9;

/**
 * Adds a correction to a dataset: one pair of whole pictures, or a pair for each tile that the correction touches, cut
 * where the model sees it. Gives their names. @throws UserError, and nothing is added
 */
export async function cutLessons({ folder, title, ...lesson }: CutLessons): Promise<string[]> {
  if (title === null) return addPairs(folder, describeDataset(folder).layout, lesson);
  return wholeFolder(folder, async (partial) => {
    writeManifest(partial, { format: 1, title, kind: 'pairs', created: new Date().toISOString() });
    return addPairs(partial, 'folders', lesson);
  });
}

type Lesson = Omit<CutLessons, 'folder' | 'title'>;

async function addPairs(folder: string, layout: string, lesson: Lesson): Promise<string[]> {
  if (layout === 'pictures') throw new UserError('That dataset has single pictures; choose one of pairs');
  const names: string[] = [];
  for (const { input, target } of windows(lesson)) {
    const name = `correction-${randomBytes(5).toString('hex')}`;
    if (layout === 'sideBySide') {
      const sides = [input, target].map(({ bytes, width, height }, i) => ({
        ...{ input: bytes as Buffer, raw: { width, height, channels: 4 as const } },
        ...{ left: i * width, top: 0 },
      }));
      const { width, height } = input;
      const sheet = sharp({ create: { width: 2 * width, height, channels: 4, background: '#0000' } });
      write(join(folder, 'train'), name, await sheet.composite(sides).png().toBuffer());
    } else {
      write(join(folder, 'A'), name, await encode(input));
      write(join(folder, 'B'), name, await encode(target));
    }
    names.push(name);
  }
  return names;
}

function write(folder: string, name: string, bytes: Buffer): void {
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, `${name}.png`), [bytes]);
}

const encode = ({ bytes, width, height }: Region): Promise<Buffer> =>
  sharp(bytes, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();

/** The parts of the drawing that the model sees with the correction in them. */
function windows({ size, wrap, scaling, input, target, corrected }: Lesson): { input: Region; target: Region }[] {
  const { width, height } = input;
  if (scaling === 'fit' || (width <= size && height <= size && !wrap)) return [{ input, target }];
  const tiling = new Tiling({ width, height }, { width: size, height: size }, { wrap });
  const touched = tiling.tiles.filter((tile) => tiling.touches(tile, corrected));
  const [x, y] = [corrected.left + corrected.width / 2, corrected.top + corrected.height / 2];
  const far = ({ left, top }: { left: number; top: number }): number =>
    Math.hypot(left + size / 2 - x, top + size / 2 - y);
  const part = (picture: Region, columns: Int32Array, rows: Int32Array): Region => {
    const bytes = new Uint8Array(size * size * 4);
    let to = 0;
    for (const row of rows)
      for (const column of columns) {
        const from = (row * picture.width + column) * 4;
        bytes.set(picture.bytes.subarray(from, from + 4), to);
        to += 4;
      }
    return { left: 0, top: 0, width: size, height: size, bytes };
  };
  return touched
    .sort((a, b) => far(a) - far(b))
    .slice(0, MOST)
    .map((tile) => {
      const [columns, rows] = [tiling.columns(tile), tiling.rows(tile)];
      return { input: part(input, columns, rows), target: part(target, columns, rows) };
    });
}

export interface ReportLesson {
  /** Model files. */
  before: string;
  after: string;
  /** The dataset, and in it the taught pairs and those that were never learned from. */
  folder: string;
  taught: string[];
  heldOut: string[];
  threads: number;
}

/** Differences that a person would not see do not count as corrected (0..2, as the networks' values run from -1 to 1). */
const SEEN = 0.08;

/** What a lesson changed. @throws UserError */
export async function reportLesson({
  before,
  after,
  folder,
  taught,
  heldOut,
  threads,
}: ReportLesson): Promise<LessonReport> {
  startRuntime(threads);
  const [old, learned] = [before, after].map((file) => new Translator(readModelFile(file).bytes, 'The model')) as [
    Translator,
    Translator,
  ];
  const pairs = new Map(listPairs(folder).pairs.map((pair) => [pair.name, pair] as const));
  const measure = async (names: readonly string[], where: 'corrected' | 'everywhere'): Promise<Compared> => {
    const total = { before: 0, after: 0, count: 0 };
    for (const name of names) {
      const compared = await comparePair(pairs.get(name), [old, learned], where);
      if (!compared) continue;
      total.before += compared.before;
      total.after += compared.after;
      total.count++;
    }
    const n = Math.max(1, total.count);
    return { before: total.before / n, after: total.after / n, count: total.count };
  };
  const corrected = await measure(taught, 'corrected');
  if (corrected.count === 0) throw new UserError('None of the taught pairs is in the dataset any more');
  const others = await measure(heldOut, 'everywhere');
  return { taught: { before: corrected.before, after: corrected.after }, heldOut: others.count === 0 ? null : others };
}

interface Compared {
  before: number;
  after: number;
  count: number;
}

/** The mean absolute differences (0..1) of both models' results to the truth; null for a pair that cannot be read. */
async function comparePair(
  pair: Pair | undefined,
  [old, learned]: readonly [Translator, Translator],
  where: 'corrected' | 'everywhere',
): Promise<{ before: number; after: number } | null> {
  const [input, target] = [await planesOf(pair?.input, old), await planesOf(pair?.target, old)];
  if (!input || !target) return null;
  const first = (await old.run(input)).slice();
  const second = await learned.run(input);
  const pixels = old.size ** 2;
  let [before, after, counted] = [0, 0, 0];
  for (let i = 0; i < pixels; i++) {
    let [was, is] = [0, 0];
    for (let at = i; at < target.length; at += pixels) {
      was += Math.abs(first[at]! - target[at]!);
      is += Math.abs(second[at]! - target[at]!);
    }
    if (where === 'corrected' && was / old.channels < SEEN) continue;
    before += was;
    after += is;
    counted += 2 * old.channels;
  }
  return counted === 0 ? null : { before: before / counted, after: after / counted };
}

async function planesOf(picture: PictureRef | undefined, { size, channels }: Translator): Promise<Float32Array | null> {
  if (!picture) return null;
  try {
    const { file, half } = picture;
    return toPlanar(await decodePicture(file, { width: size, height: size, channels, ...(half && { half }) }));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
