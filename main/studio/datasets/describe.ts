/** What the studio shows of a dataset at a glance. Only names are looked at, so ten thousand pictures take no time. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listFolder, type Skipped } from '../../engine/pictures/listing.ts';
import { formatOfName } from '../../engine/pictures/formats.ts';
import { LEFT_OUT, listPairs, listSets, shown, type PairDataset, type Single } from '../../engine/data/datasets.ts';
import { layoutOf, subfoldersOf } from '../../engine/data/layouts.ts';
import { LABELS_FILE, listLabelled, type LabelledDataset } from '../../engine/data/labelled.ts';
import { listOneSet, PICTURES } from '../../engine/data/one-set.ts';
import { asRead } from '../as-read.ts';
import { readManifest, type DatasetKind } from './manifest.ts';

/** Below left-out/: what pictures were before a fix rewrote them. Not left out, only kept. */
export const ORIGINALS = 'originals';

/** A pair, or a picture. */
export interface Entry {
  /** Of two sets with the letter of its set: `A/cup`. Those of A come first. */
  name: string;
  /** Files relative to the dataset, forward slashes: input and target; one where it is a picture, or side by side. */
  sides: string[];
  /** The one file holds both: the input is its left half, the target its right. */
  halves?: true;
  /** Held out for certain, by held-out.txt or by lying in val/. */
  heldOut?: true;
}

export interface Description {
  title: string;
  kind: DatasetKind;
  layout: PairDataset['layout'] | LabelledDataset['layout'] | 'sets' | 'pictures';
  created?: string;
  from?: string;
  /** Pairs, or pictures. */
  count: number;
  /** The pictures of each set, where there are two. */
  sets?: { a: number; b: number };
  /** What the two sets are called. */
  setNames?: { a: string; b: string };
  /** Pairs, or pictures, that are held out for certain; the seeded share of `split` comes on top. */
  heldOut: number;
  /** Picture files that a person left out. */
  leftOut: number;
  /** By name, as people read them. */
  pictures: Entry[];
  /** Picture files that belong to no pair, relative to the dataset. */
  unmatched: string[];
  /** Files that are not read, and why. */
  notRead: Skipped[];
  /** The labels of labelled pictures. */
  labels?: string[];
}

/** Describes a dataset by the names of its files. @throws UserError when it is no dataset */
export function describeDataset(folder: string): Description {
  const { title = basename(folder), kind = kindOfFolder(folder), created, from, setNames } = readManifest(folder) ?? {};
  const { layout, unmatched, notRead, labels, ...content } = DESCRIBE[kind](folder);
  const pictures = content.pictures.sort((a, b) => asRead(a.name, b.name));
  return {
    title,
    kind,
    layout,
    ...(kind === 'sets' && { sets: { a: countSet(pictures, 'A/'), b: countSet(pictures, 'B/') } }),
    ...(created && { created }),
    ...(from && { from }),
    ...(setNames && { setNames }),
    count: pictures.length,
    heldOut: pictures.filter(({ heldOut }) => heldOut).length,
    leftOut: countPictures(join(folder, LEFT_OUT)),
    pictures,
    unmatched: [...unmatched].sort(asRead),
    notRead,
    ...(labels && { labels }),
  };
}

/** What a folder is by its subfolders, where nothing else says it. */
export function kindOfFolder(folder: string): DatasetKind {
  if (existsSync(join(folder, PICTURES))) return 'pictures';
  if (existsSync(join(folder, LABELS_FILE))) return 'labelled';
  // Two labels are told from two sets by what the person said they are.
  if (readManifest(folder)?.kind === 'labelled') return 'labelled';
  if (!existsSync(folder)) return 'pairs';
  const layout = layoutOf(folder);
  if (layout) return layout.kind === 'sets' ? 'sets' : 'pairs';
  const subfolders = subfoldersOf(folder);
  // One side of pairs that has lost the other.
  if (subfolders.has('a') || subfolders.has('b')) return 'pairs';
  if (listFolder(folder).pictures.length > 0) return 'pictures';
  return listLabelled(folder).labels.length > 1 ? 'labelled' : 'pairs';
}

const countSet = (pictures: readonly Entry[], set: string): number =>
  pictures.filter(({ name }) => name.startsWith(set)).length;

type Content = Pick<Description, 'layout' | 'pictures' | 'unmatched' | 'notRead' | 'labels'>;

function describePictures(folder: string): Content {
  const { items, skipped } = listOneSet(folder);
  const pictures = items.map(({ name, file, heldOut }): Entry => ({
    ...{ name, sides: [shown(folder, file)] },
    ...(heldOut && { heldOut }),
  }));
  return { layout: 'pictures', pictures, unmatched: [], notRead: skipped };
}

function describeSets(folder: string): Content {
  const { a, b, skipped } = listSets(folder);
  const entries = (letter: string, singles: readonly Single[]): Entry[] =>
    singles.map(({ name, picture, heldOut }) => ({
      name: `${letter}/${name}`,
      sides: [shown(folder, picture.file)],
      ...(heldOut && { heldOut }),
    }));
  return { layout: 'sets', pictures: [...entries('A', a), ...entries('B', b)], unmatched: [], notRead: skipped };
}

function describeLabelled(folder: string): Content {
  const { layout, items, unmatched, labels, skipped } = listLabelled(folder);
  const pictures = items.map(({ name, file, heldOut }): Entry => ({
    ...{ name, sides: [shown(folder, file)] },
    ...(heldOut && { heldOut }),
  }));
  return { layout, pictures, unmatched, notRead: skipped, labels };
}

const DESCRIBE: Record<DatasetKind, (folder: string) => Content> = {
  pairs: describePairs,
  sets: describeSets,
  labelled: describeLabelled,
  pictures: describePictures,
};

function describePairs(folder: string): Content {
  const { layout, pairs, unmatched, skipped } = listPairs(folder);
  const pictures = pairs.map(({ name, input, target, heldOut }): Entry => {
    const halves = input.file === target.file;
    const sides = (halves ? [input] : [input, target]).map(({ file }) => shown(folder, file));
    return { name, sides, ...(halves && { halves }), ...(heldOut && { heldOut }) };
  });
  return { layout, pictures, unmatched, notRead: skipped };
}

/** Counts the picture files below a folder of ours, originals aside. */
function countPictures(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== ORIGINALS)
    .flatMap(({ name }) => readdirSync(join(folder, name)))
    .filter((name) => formatOfName(name) !== undefined).length;
}
