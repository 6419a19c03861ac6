/**
 * How datasets are laid out: one recogniser, by the names of subfolders, behind every door. A layout is a row of the
 * table; what it gives is which subfolder holds what.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLitter, listFolder, listTree, type Listing } from '../pictures/listing.ts';
import { pairUp } from './names.ts';
import { namedBelow } from './named.ts';

/** Two folders whose pictures belong together, or side-by-side pictures in one; paths relative to the dataset. */
export interface Part {
  a: string;
  /** The same as `a` where each picture holds both. */
  b: string;
  heldOut: boolean;
}

/** What a folder is. */
export interface Layout {
  /** `sets`: no picture belongs to any other. */
  kind: 'folders' | 'sideBySide' | 'sets';
  parts: Part[];
  /** It is told by the names of the pictures alone, and could be meant otherwise. */
  byNames?: true;
}

/** The subfolders of a folder, by their names in lower case. */
type Subfolders = ReadonlyMap<string, string>;

/** One row a way to lay a dataset out; the first that fits is it. */
const LAYOUTS: readonly ((folders: Subfolders, folder: string) => Layout | undefined)[] = [
  sets,
  // pix2pixHD: train_A, train_B, test_A, ...; train_label, train_img.
  ...[
    ['_a', '_b'],
    ['-a', '-b'],
    ['_label', '_img'],
    ['_label', '_image'],
    ['_input', '_target'],
  ].map(
    ([a, b]) =>
      (folders: Subfolders) =>
        parted((part) => [folders.get(part + a!), folders.get(part + b!)]),
  ),
  // A/train, A/val, B/train, ...: what the reference tool joins.
  (folders, folder) => withinSides(folders, folder),
  // train/A, train/B, val/A, ...
  (folders, folder) => withinParts(folders, folder),
  (folders) => {
    const [a, b] = [folders.get('a'), folders.get('b')];
    return a !== undefined && b !== undefined ? { kind: 'folders', parts: [{ a, b, heldOut: false }] } : undefined;
  },
  (folders) => {
    const found = parted((part) => [folders.get(part), folders.get(part)]);
    return found && { ...found, kind: 'sideBySide' };
  },
  twoOthers,
];

/** What a folder is, by its subfolders; undefined where it is not laid out as anything. */
export function layoutOf(folder: string): Layout | undefined {
  const folders = subfoldersOf(folder);
  for (const row of LAYOUTS) {
    const layout = row(folders, folder);
    if (layout) return withPictures(layout, folder);
  }
  return undefined;
}

/** The subfolders of a folder; links are followed. */
export function subfoldersOf(folder: string): Map<string, string> {
  const names = readdirSync(folder)
    .filter((name) => !isLitter(name) && name !== LEFT_OUT)
    .sort();
  const isFolder = (name: string): boolean =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = new Map<string, string>();
  // Of two that differ in case alone the first one is meant.
  for (const name of names) if (isFolder(name) && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), name);
  return found;
}

/** Where the pictures that a person left out lie, in a dataset of the studio. */
const LEFT_OUT = 'left-out';

/** A training part, and the first of val/ and test/ that is there. */
function parted(sides: (part: string) => [string | undefined, string | undefined]): Layout | undefined {
  const part = (name: string, heldOut: boolean): Part[] => {
    const [a, b] = sides(name);
    return a !== undefined && b !== undefined ? [{ a, b, heldOut }] : [];
  };
  const train = part('train', false);
  if (train.length === 0) return undefined;
  return { kind: 'folders', parts: [...train, ...part('val', true), ...part('test', true)] };
}

function sets(folders: Subfolders): Layout | undefined {
  const [a, b] = [folders.get('traina'), folders.get('trainb')];
  if (a === undefined && b === undefined) return undefined;
  const aside = ['test', 'val'].flatMap((part): Part[] => {
    const [x, y] = [folders.get(`${part}a`), folders.get(`${part}b`)];
    return x === undefined && y === undefined ? [] : [{ a: x ?? '', b: y ?? '', heldOut: true }];
  });
  return { kind: 'sets', parts: [{ a: a ?? '', b: b ?? '', heldOut: false }, ...aside.slice(0, 1)] };
}

function withinSides(folders: Subfolders, folder: string): Layout | undefined {
  const [a, b] = [folders.get('a'), folders.get('b')];
  if (a === undefined || b === undefined) return undefined;
  const [inA, inB] = [subfoldersOf(join(folder, a)), subfoldersOf(join(folder, b))];
  const below = (side: string, name: string | undefined): string | undefined => name && `${side}/${name}`;
  return parted((part) => [below(a, inA.get(part)), below(b, inB.get(part))]);
}

function withinParts(folders: Subfolders, folder: string): Layout | undefined {
  return parted((part) => {
    const name = folders.get(part);
    if (name === undefined) return [undefined, undefined];
    const inside = subfoldersOf(join(folder, name));
    const below = (side: string): string | undefined => inside.get(side) && `${name}/${inside.get(side)!}`;
    return [below('a'), below('b')];
  });
}

/** Names that say which of two folders holds the drawings. */
const INPUT_NAMES = /sketch|line|ink|draw|input|edge|label|mask|source/i;

/** Two folders, the one that holds the drawings by its name before the other. */
export const inputFirst = <T extends string>([first, second]: readonly [T, T]): readonly [T, T] =>
  INPUT_NAMES.test(second.split('/').at(-1)!) && !INPUT_NAMES.test(first.split('/').at(-1)!)
    ? [second, first]
    : [first, second];

/** Just two subfolders, and no pictures beside them: pairs where at least half of the names match. */
function twoOthers(folders: Subfolders, folder: string): Layout | undefined {
  const [first, second, third] = [...folders.values()];
  if (first === undefined || second === undefined || third !== undefined) return undefined;
  if (listFolder(folder).pictures.length > 0) return undefined;
  const [a, b] = inputFirst([first, second]);
  return {
    kind: pairsMostly(join(folder, a), join(folder, b)) ? 'folders' : 'sets',
    parts: [{ a, b, heldOut: false }],
    byNames: true,
  };
}

/** Whether at least half of the pictures of two folders are pairs by their names. */
export function pairsMostly(a: string, b: string): boolean {
  const [inputs, targets] = [namedBelow(a), namedBelow(b)];
  const { length } = pairUp(inputs, targets).pairs;
  return length > 0 && length * 2 >= Math.max(inputs.length, targets.length);
}

/** Held-out parts without pictures decide nothing; of two that have some the first is it. */
function withPictures({ parts, ...layout }: Layout, folder: string): Layout {
  const filled = parts.filter(
    ({ a, b, heldOut }) => !heldOut || [a, b].some((side) => side && listTree(join(folder, side)).pictures.length > 0),
  );
  const aside = filled.filter(({ heldOut }) => heldOut);
  return { ...layout, parts: [...filled.filter(({ heldOut }) => !heldOut), ...aside.slice(0, 1)] };
}

/** The files of a dataset that lie in none of its parts, and those in them that are not read. */
export function unreadOf(folder: string, { parts }: Layout): Listing['skipped'] {
  const used = new Set(parts.flatMap(({ a, b }) => [a, b]).map((side) => join(folder, side)));
  const inside = [...used].flatMap((side) => (side === join(folder, '') ? [] : listTree(side).skipped));
  const outside = listTree(folder, (at) => used.has(at) || at === join(folder, LEFT_OUT));
  const why = 'lies outside of the folders that are read';
  return [...inside, ...outside.skipped, ...outside.pictures.map((file) => ({ file, why }))];
}
