/**
 * A dataset as the doctor and the fixes see it: things of one or two pictures each, whatever the layout. A thing is what
 * is held out or left out as a whole: a pair, or one picture.
 */
import {
  listPairs,
  listSets,
  openPairs,
  openSets,
  split,
  type PairDataset,
  type PictureRef,
  type SetsDataset,
  type Single,
} from '../../engine/data/datasets.ts';
import { listLabelled, openLabelled, type LabelledDataset } from '../../engine/data/labelled.ts';
import { readVariants, type SourceOf } from '../../engine/data/variants.ts';
import { listOneSet, type OneSet } from '../../engine/data/one-set.ts';
import type { Skipped } from '../../engine/pictures/listing.ts';
import { kindOfFolder, type Description } from './describe.ts';
import type { DatasetKind } from './manifest.ts';

export interface Thing {
  /** As held-out.txt has it: of two sets `A/cup`, of labelled pictures `label/cup`. */
  name: string;
  /** Input and target of a pair; else the one picture. */
  pictures: PictureRef[];
  heldOut?: boolean;
}

export interface Contents {
  folder: string;
  kind: DatasetKind;
  layout: Description['layout'];
  /** Of two sets in two parts, which are split apart; else in one. */
  parts: Thing[][];
  /** The labels of labelled pictures. */
  labels: string[];
  /** Picture files that belong to no pair, or have no label, relative to the folder. */
  unmatched: string[];
  /** Those of them that could go together in more than one way. */
  open: PairDataset['open'];
  /** Files that are not read. */
  skipped: Skipped[];
  sourceOf: SourceOf;
}

/** Lists a dataset; it may have no thing. @throws UserError where it is none */
export function listContents(folder: string): Contents {
  return CONTENTS[kindOfFolder(folder)].list(folder);
}

/** `listContents` of a dataset that can be trained on, or mended so that it can. @throws UserError that says why not */
export function openContents(folder: string): Contents {
  return CONTENTS[kindOfFolder(folder)].open(folder);
}

interface Reader {
  list: (folder: string) => Contents;
  open: (folder: string) => Contents;
}

const PAIRS: Reader = {
  list: (folder) => ofPairs(listPairs(folder)),
  open(folder) {
    // Where no name matches, the doctor says so, and can help; where there is nothing at all, `openPairs` says it best.
    const listed = listPairs(folder);
    return ofPairs(listed.unmatched.length > 0 ? listed : openPairs(folder));
  },
};

const CONTENTS: Record<DatasetKind, Reader> = {
  pairs: PAIRS,
  sets: { list: (folder) => ofSets(listSets(folder)), open: (folder) => ofSets(openSets(folder)) },
  labelled: { list: (folder) => ofLabelled(listLabelled(folder)), open: (folder) => ofLabelled(openLabelled(folder)) },
  pictures: { list: (folder) => ofPictures(listOneSet(folder)), open: (folder) => ofPictures(listOneSet(folder)) },
};

/** All things of a dataset. */
export const thingsOf = ({ parts }: Contents): Thing[] => parts.flat();

/** What a training would learn from, and what it would hold out. */
export function splitContents(
  { parts }: Contents,
  holdout: number,
  seed: number,
): Record<'train' | 'heldOut', Thing[]> {
  const each = parts.map((things) => {
    if (things.length === 0) return { train: [], heldOut: [] };
    // One alone cannot be split, and is still worth a look.
    return split(things, things.length > 1 ? holdout : 0, seed);
  });
  return { train: each.flatMap(({ train }) => train), heldOut: each.flatMap(({ heldOut }) => heldOut) };
}

function ofPairs({ folder, layout, pairs, ...rest }: PairDataset): Contents {
  const things = pairs.map(({ input, target, ...item }): Thing => ({ ...item, pictures: [input, target] }));
  return { folder, kind: 'pairs', layout, parts: [things], labels: [], sourceOf: readVariants(folder), ...rest };
}

function ofLabelled({ folder, layout, items, labels, unmatched, skipped }: LabelledDataset): Contents {
  const things = items.map(({ name, file, heldOut }): Thing => ({
    ...{ name, pictures: [{ file }] },
    ...(heldOut !== undefined && { heldOut }),
  }));
  return {
    ...{ folder, kind: 'labelled', layout, parts: [things], labels, sourceOf: readVariants(folder), skipped },
    ...{ unmatched, open: [] },
  };
}

function ofPictures({ folder, items, skipped }: OneSet): Contents {
  const things = items.map(({ name, file, source, heldOut }): Thing => ({
    ...{ name, pictures: [{ file }] },
    ...(source !== undefined && { source }),
    ...(heldOut !== undefined && { heldOut }),
  }));
  return {
    ...{ folder, kind: 'pictures', layout: 'pictures', parts: [things], sourceOf: readVariants(folder), skipped },
    ...{ labels: [], unmatched: [], open: [] },
  };
}

function ofSets({ folder, a, b, skipped }: SetsDataset): Contents {
  const things = (letter: string, singles: readonly Single[]): Thing[] =>
    singles.map(({ name, picture, ...item }) => ({ ...item, name: `${letter}/${name}`, pictures: [picture] }));
  return {
    folder,
    kind: 'sets',
    layout: 'sets',
    parts: [things('A', a), things('B', b)],
    sourceOf: readVariants(folder),
    skipped,
    ...{ labels: [], unmatched: [], open: [] },
  };
}
