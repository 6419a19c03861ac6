/**
 * The dataset doctor: everything that is worth knowing about a dataset before a night is spent on training with it.
 * It opens every picture once, and only reports; what to do is the person's choice.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { decodeBytes, probeBytes, readPictureFile } from '../engine/pictures/pictures.ts';
import { UserError } from '../errors.ts';
import { mapPool } from '../pool.ts';
import { shown, type PictureRef } from '../engine/data/datasets.ts';
import { openContents, splitContents, thingsOf, type Contents } from './datasets/contents.ts';
import type { DatasetKind } from './datasets/manifest.ts';
import { edgesOf, REGISTERED } from './datasets/misregistration.ts';
import { countSizes, finding, findingsOf, type Examined, type Finding } from './findings.ts';
import { THUMB, thumbOf } from './likeness.ts';

export type { Finding, FindingKind, FixKind } from './findings.ts';

export interface Findings {
  folder: string;
  kind: DatasetKind;
  layout: Contents['layout'];
  summary: {
    /** What there is of its kind: pairs, the pictures of each set, or the labels; of finished art alone nothing. */
    pairs?: number;
    sets?: { a: number; b: number };
    labels?: string[];
    train: number;
    heldOut: number;
    pictures: number;
    readable: number;
    /** Files that are no pictures, or are not opened. */
    notRead: number;
    /** Pictures with an alpha channel. */
    alpha: number;
    /** Sizes as "256 x 256", the most common first. */
    sizes: { size: string; count: number }[];
  };
  findings: Finding[];
}

export interface InspectOptions {
  /** The split to look for leaks in; by default the one that `train` makes by default. */
  holdout?: number;
  seed?: number;
  onProgress?: (done: number, total: number) => void;
}

type Half = PictureRef['half'];

/** What is counted of a dataset, one row a kind. */
const COUNTED: Record<DatasetKind, (dataset: Contents) => Pick<Findings['summary'], 'pairs' | 'sets' | 'labels'>> = {
  pairs: (dataset) => ({ pairs: thingsOf(dataset).length }),
  sets: ({ parts: [a, b] }) => ({ sets: { a: a?.length ?? 0, b: b?.length ?? 0 } }),
  labelled: ({ labels }) => ({ labels }),
  pictures: () => ({}),
};

/** Opens every picture of a dataset and reports what is wrong. @throws UserError when it is no dataset */
export async function inspectDataset(folder: string, options: InspectOptions = {}): Promise<Findings> {
  const { holdout = 0.1, seed = 1, onProgress } = options;
  const dataset = openContents(folder);
  const { train, heldOut } = splitContents(dataset, holdout, seed);
  const { examined, unreadable } = await examineAll(dataset, onProgress);
  return {
    folder,
    kind: dataset.kind,
    layout: dataset.layout,
    summary: {
      ...COUNTED[dataset.kind](dataset),
      train: train.length,
      heldOut: heldOut.length,
      pictures: examined.length + unreadable.length,
      readable: examined.length,
      notRead: dataset.skipped.length,
      alpha: examined.filter(({ info }) => info.hasAlpha).length,
      sizes: countSizes(examined),
    },
    findings: [...unreadable, ...findingsOf(dataset, { train, heldOut }, examined)],
  };
}

/** Opens all pictures, a few at a time. One that cannot be opened is a finding. */
async function examineAll(
  dataset: Contents,
  onProgress: InspectOptions['onProgress'],
): Promise<{ examined: Examined[]; unreadable: Finding[] }> {
  const { folder, layout } = dataset;
  const parts = new Map<string, Half[]>();
  for (const { file, half } of thingsOf(dataset).flatMap(({ pictures }) => pictures))
    parts.set(file, [...(parts.get(file) ?? []), half]);
  const examined: Examined[] = [];
  const unreadable: Finding[] = [];
  let done = 0;
  await mapPool([...parts], availableParallelism() + 1, async ([file, halves]) => {
    try {
      examined.push(await examine(file, halves));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push(
        finding(layout, {
          kind: 'unreadable',
          message: error.message.replaceAll(file, shown(folder, file)),
          files: [shown(folder, file)],
        }),
      );
    }
    onProgress?.(++done, parts.size);
  });
  examined.sort((a, b) => (a.file < b.file ? -1 : 1)); // they end in any order
  unreadable.sort((a, b) => (a.message < b.message ? -1 : 1));
  return { examined, unreadable };
}

/** Reads a file once, and decodes all of it, which is how a truncated one is found. @throws UserError */
async function examine(file: string, halves: readonly Half[]): Promise<Examined> {
  const bytes = await readPictureFile(file);
  const info = await probeBytes(bytes, file);
  const thumbs: Examined['thumbs'] = [];
  for (const half of halves) {
    const part = half ? { half } : {};
    const size = { width: REGISTERED, height: REGISTERED };
    const { data } = await decodeBytes(bytes, file, { ...part, ...size, channels: 3, quick: true });
    thumbs.push({ half, thumb: thumbOf(halved(data)), edges: edgesOf(data), oneColour: isOneColour(data) });
  }
  return { file, info, sha256: createHash('sha256').update(bytes).digest('hex'), thumbs };
}

/** Differences that nobody sees, as JPEG leaves them. */
const UNSEEN = 2;

/** Whether RGB pixels are all of one colour. */
function isOneColour(data: Uint8Array): boolean {
  for (let i = 3; i < data.length; i++) if (Math.abs(data[i]! - data[i % 3]!) > UNSEEN) return false;
  return true;
}

/** Half the size of a 64 x 64 RGB picture, for its thumb. */
function halved(data: Uint8Array): Uint8Array {
  const row = REGISTERED * 3;
  const out = new Uint8Array(THUMB * THUMB * 3);
  for (let i = 0; i < out.length; i++) {
    const [pixel, c] = [Math.floor(i / 3), i % 3];
    const at = Math.floor(pixel / THUMB) * 2 * row + (pixel % THUMB) * 6 + c;
    out[i] = (data[at]! + data[at + 3]! + data[at + row]! + data[at + row + 3]! + 2) >> 2;
  }
  return out;
}
