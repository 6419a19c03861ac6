/**
 * The dataset doctor: everything that is worth knowing about a dataset before a night is spent on training with it.
 * It opens every picture once, and only reports; what to do is the person's choice.
 */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { decodeBytes, isSideBySide, probeBytes, readPictureFile } from '../engine/pictures.ts';
import { UserError } from '../errors.ts';
import { mapPool } from '../pool.ts';
import { openPairs, shown, split, type PairDataset, type PictureRef } from '../engine/datasets.ts';
import { countSizes, findingsOf, type Examined, type Finding } from './findings.ts';
import { THUMB, thumbOf } from './likeness.ts';

export type { Finding, FindingKind } from './findings.ts';

export interface Findings {
  folder: string;
  layout: PairDataset['layout'];
  summary: {
    pairs: number;
    train: number;
    heldOut: number;
    pictures: number;
    readable: number;
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

/** Opens every picture of a dataset of pairs and reports what is wrong. @throws UserError when it is no dataset */
export async function inspectDataset(folder: string, options: InspectOptions = {}): Promise<Findings> {
  const { holdout = 0.1, seed = 1, onProgress } = options;
  const dataset = openPairs(folder);
  // One pair alone cannot be split, and is still worth a look.
  const { train, heldOut } = split(dataset.pairs, dataset.pairs.length > 1 ? holdout : 0, seed);
  const { examined, unreadable } = await examineAll(dataset, onProgress);
  return {
    folder,
    layout: dataset.layout,
    summary: {
      pairs: dataset.pairs.length,
      train: train.length,
      heldOut: heldOut.length,
      pictures: examined.length + unreadable.length,
      readable: examined.length,
      alpha: examined.filter(({ info }) => info.hasAlpha).length,
      sizes: countSizes(examined),
    },
    findings: [...unreadable, ...findingsOf(dataset, { train, heldOut }, examined)],
  };
}

/** Opens all pictures, a few at a time. One that cannot be opened is a finding. */
async function examineAll(
  { folder, pairs }: PairDataset,
  onProgress: InspectOptions['onProgress'],
): Promise<{ examined: Examined[]; unreadable: Finding[] }> {
  const parts = new Map<string, Half[]>();
  for (const { file, half } of pairs.flatMap(({ input, target }) => [input, target]))
    parts.set(file, [...(parts.get(file) ?? []), half]);
  const examined: Examined[] = [];
  const unreadable: Finding[] = [];
  let done = 0;
  await mapPool([...parts], availableParallelism() + 1, async ([file, halves]) => {
    try {
      examined.push(await examine(file, halves));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable.push({ kind: 'unreadable', message: error.message, files: [shown(folder, file)] });
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
    const part = half && isSideBySide(info) ? { half } : {};
    const { data } = await decodeBytes(bytes, file, { ...part, width: THUMB, height: THUMB, channels: 3, quick: true });
    thumbs.push({ half, thumb: thumbOf(data) });
  }
  return { file, info, sha256: createHash('sha256').update(bytes).digest('hex'), thumbs };
}
