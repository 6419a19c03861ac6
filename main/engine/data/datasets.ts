/**
 * Datasets as they lie on disk: which pictures belong together, and which of them training never sees.
 * Names are looked at here, never pixels: opening pictures is the loader's work.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Skipped } from '../pictures/listing.ts';
import { explainIo, UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { contentHashes } from './content-hashes.ts';
import { layoutOf, subfoldersOf, unreadOf, type Layout, type Part } from './layouts.ts';
import { namedBelow } from './named.ts';
import { pairUp, readName, type Named, type Open } from './names.ts';
import { partnersIn, saidOf, type Partners } from './partners.ts';
import { shown } from './shown.ts';
import { readVariants, type SourceOf } from './variants.ts';

export { shown } from './shown.ts';

/** A picture, or one half of a side-by-side one. */
export interface PictureRef {
  file: string;
  half?: 'left' | 'right';
}

/** What a dataset consists of, as far as splitting it needs to know. */
export interface Item {
  /** The file's name without its extension; of one in a subfolder, with the way to it. */
  name: string;
  /** The picture that it is a variant of, where it is one. */
  source?: string;
  /** Set where the layout or held-out.txt says whether the item is held out; else the seeded order of `split` does. */
  heldOut?: boolean;
}

/** An input picture and what it should become. */
export interface Pair extends Item {
  input: PictureRef;
  target: PictureRef;
}

/** A picture of one of two sets. */
export interface Single extends Item {
  picture: PictureRef;
}

/** Two sets of pictures, of which none belongs to any other. */
export interface SetsDataset {
  folder: string;
  /** `folders`: pairs, whose partners are not looked at. */
  layout: 'sets' | 'folders';
  a: Single[];
  b: Single[];
  /** Files that are not read. */
  skipped: Skipped[];
}

export interface PairDataset {
  folder: string;
  layout: 'folders' | 'sideBySide';
  pairs: Pair[];
  /** Picture files that belong to no pair, relative to the folder, with forward slashes. */
  unmatched: string[];
  /** Those of them that could go together in more than one way. */
  open: Open<string>[];
  /** Files that are not read. */
  skipped: Skipped[];
}

export interface Split<T extends Item = Pair> {
  /** In the order of the dataset. */
  train: T[];
  /** In a shuffled but fixed order, so that the first few are a fair sample. */
  heldOut: T[];
}

/** Opens a folder of pairs. @throws UserError that says what is missing */
export function openPairs(folder: string): PairDataset {
  const dataset = listPairs(folder);
  if (dataset.pairs.length === 0) throw new UserError(`${folder} has no pair of pictures: ${HOW}`);
  return dataset;
}

/**
 * `openPairs` for those who show a dataset: it may have no pair (yet, or any more).
 * @param partners what was said of it besides its partners.json, by full paths
 * @throws UserError
 */
export function listPairs(folder: string, partners: Partners = []): PairDataset {
  const layout = foundLayout(folder, HOW);
  if (!layout || layout.kind === 'sets')
    throw new UserError(missingSide(folder) ?? `${folder} is not laid out as pairs: ${HOW}`);
  const split = layout.parts.some(({ heldOut }) => heldOut);
  const said = saidOf([...partnersIn(folder), ...partners]);
  const parts = layout.parts.map((part) => {
    const opened = layout.kind === 'sideBySide' ? halvesOf(folder, part) : pairsOf(folder, part, said);
    // Without a held-out part it is split off by name.
    return split ? { ...opened, pairs: opened.pairs.map((pair) => ({ ...pair, heldOut: part.heldOut })) } : opened;
  });
  const sourceOf = readVariants(folder);
  const pairs = parts.flatMap((part) => part.pairs).map((pair) => withSource(pair, sourceOf));
  const names = (files: readonly string[]): string[] => files.map((file) => shown(folder, file)).sort();
  return {
    ...{ folder, layout: layout.kind, pairs: pin(pairs, readHeldOut(folder), sourceOf) },
    unmatched: names(parts.flatMap(({ unmatched }) => unmatched)),
    open: parts
      .flatMap((part) => part.open)
      .map(({ inputs, targets }) => ({ inputs: names(inputs), targets: names(targets) })),
    skipped: unreadOf(folder, layout),
  };
}

/** The layout of a folder. @throws UserError where it cannot be read, or is empty */
function foundLayout(folder: string, how: string): Layout | undefined {
  try {
    if (readdirSync(folder).every((name) => name.startsWith('.'))) throw new UserError(`${folder} is empty: ${how}`);
    return layoutOf(folder);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explainIo(error, `Cannot open the dataset ${folder}`);
  }
}

/** What to say where there is one side only. */
function missingSide(folder: string): string | undefined {
  const names = subfoldersOf(folder);
  const [missing] = ['A', 'B'].filter((side) => !names.has(side.toLowerCase()));
  return names.has('a') || names.has('b') ? `${folder} has no subfolder ${missing!}/: ${HOW}` : undefined;
}

const withSource = <T extends Item>(item: T, sourceOf: SourceOf): T => {
  const source = sourceOf(item.name);
  return source === item.name ? item : { ...item, source };
};

const HOW_SETS =
  'put the pictures of the two sets into trainA/ and trainB/, and if you like held-out ones into testA/ and testB/';

/** Opens a folder of two sets. Both must have pictures to train on. @throws UserError that says what is missing */
export function openSets(folder: string): SetsDataset {
  const dataset = listSets(folder);
  for (const [side, items] of [
    ['A', dataset.a],
    ['B', dataset.b],
  ] as const)
    if (items.length === 0) throw new UserError(`${folder} has no pictures of set ${side}: ${HOW_SETS}`);
  return dataset;
}

/** `openSets` for those who show a dataset: a set may have no picture (yet, or any more). @throws UserError */
export function listSets(folder: string): SetsDataset {
  const layout = foundLayout(folder, HOW_SETS);
  if (!layout || layout.kind === 'sideBySide')
    throw new UserError(`${folder} has no subfolder A/ or trainA/: ${HOW_SETS}`);
  for (const side of ['A', 'B'] as const)
    if (layout.parts[0]![side === 'A' ? 'a' : 'b'] === '')
      throw new UserError(`${folder} has no subfolder train${side}/: ${HOW_SETS}`);
  const sourceOf = readVariants(folder);
  const [a, b] = (['A', 'B'] as const).map((side) => {
    const parts = layout.parts.map(({ a, b, heldOut }) => ({ heldOut, of: side === 'A' ? a : b }));
    const listed = parts.map(({ heldOut, of }) => ({
      heldOut,
      singles:
        of === ''
          ? []
          : namedBelow(join(folder, of)).map(({ name, file }): Single =>
              withSource({ name, picture: { file } }, sourceOf),
            ),
    }));
    // Held-out pictures of one set say nothing of the other.
    const split = listed.some(({ heldOut, singles }) => heldOut && singles.length > 0);
    const items = listed.flatMap(({ heldOut, singles }) =>
      split ? singles.map((item) => ({ ...item, heldOut })) : singles,
    );
    // In held-out.txt a picture is called A/name or B/name; a pair's name holds out both of its pictures.
    const pinned = readHeldOut(folder).flatMap((name) => {
      const [, set, own] = /^([AB])\/(.+)$/.exec(name) ?? [];
      return set === undefined ? [name] : set === side ? [own!] : [];
    });
    return pin(items, pinned, sourceOf);
  }) as [Single[], Single[]];
  return { folder, layout: layout.kind, a, b, skipped: unreadOf(folder, layout) };
}

/** The subfolder of a dataset with pictures that a person left out: nothing looks into it. */
export const LEFT_OUT = 'left-out';

/** The file, beside the pictures, that names pairs that are held out for certain: one name a line. */
export const HELD_OUT_FILE = 'held-out.txt';

/** The names in a dataset's held-out.txt; none where there is no such file. @throws UserError */
export function readHeldOut(folder: string): string[] {
  const file = join(folder, HELD_OUT_FILE);
  try {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    return text.split(/\r?\n/).filter((name) => name.trim() !== '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainIo(error, `Cannot read ${file}`);
  }
}

/** Writes held-out.txt: each name once. @throws UserError where it cannot be written */
export function writeHeldOut(folder: string, names: readonly string[]): void {
  writeAtomic(join(folder, HELD_OUT_FILE), [[...new Set(names)].map((name) => `${name}\n`).join('')]);
}

/** A line in held-out.txt that says: these and no others. */
export const AND_NO_OTHERS = '*';

/** Marks the items that held-out.txt names, and with them the other variants of the same pictures. */
export function pin<T extends Item>(items: T[], names: readonly string[], sourceOf: SourceOf): T[] {
  if (names.length === 0) return items;
  const pinned = new Set(names.map((name) => readName(sourceOf(name))));
  const all = names.includes(AND_NO_OTHERS);
  return items.map((item) =>
    pinned.has(readName(item.source ?? item.name))
      ? { ...item, heldOut: true }
      : all
        ? { heldOut: false, ...item }
        : item,
  );
}

const HOW =
  'put the pictures in A/ and B/ with equal names (A holds the inputs, B what they should become); or side by side, input left and result right, in train/ and if you like val/';

/**
 * Sets pairs, or the pictures of one of two sets, aside for previews and metrics, by their names alone:
 * - Variants of one picture count as one, so that a held-out picture is not trained on in another style.
 * - Each picture has a random place in a fixed order (by a hash with the seed), those that held-out.txt names before all
 *   others. The first `holdout` share of that order is held out, and all that held-out.txt names. So adding pictures
 *   moves hardly any other.
 * - A layout that has its own held-out part keeps it, with what held-out.txt names besides; the order decides nothing.
 * @param holdout share of the pictures, 0..1; 0 holds out none, anything else at least one
 */
export function split<T extends Item>(items: readonly T[], holdout: number, seed: number): Split<T> {
  if (!(holdout >= 0 && holdout < 1)) throw new UserError(`A holdout of ${holdout} is not possible: give 0 to 0.9`);
  const byLayout = items.some(({ heldOut }) => heldOut === false);
  const aside = byLayout ? new Set(items.filter(({ heldOut }) => heldOut)) : drawLots(items, holdout, seed);
  const train = items.filter((item) => !item.heldOut && !aside.has(item));
  if (train.length === 0)
    throw new UserError(
      items.some(({ heldOut }) => heldOut)
        ? 'All pictures are held out by their folder or held-out.txt, and none is left to train: move some to the training folder, or take some names out'
        : 'There is one picture only, and none is left to train when it is held out: add pictures or give --holdout 0',
    );
  return { train, heldOut: holdout === 0 ? [] : shuffle(items, nameOf, seed).filter((item) => aside.has(item)) };
}

const nameOf = ({ name }: Item): string => name;

/** The items of the pictures that are pinned, and of as many others as the share asks for. */
function drawLots<T extends Item>(items: readonly T[], holdout: number, seed: number): Set<T> {
  const pictures = new Map<string, T[]>();
  for (const item of items) {
    const source = item.source ?? item.name;
    const variants = pictures.get(source);
    if (variants) variants.push(item);
    else pictures.set(source, [item]);
  }
  const isPinned = ([, variants]: [string, T[]]): boolean => variants.some(({ heldOut }) => heldOut);
  const order = shuffle([...pictures], ([source]) => source, seed);
  const pinned = order.filter(isPinned);
  const share = Math.max(1, Math.min(order.length - 1, Math.round(order.length * holdout)));
  const rest = order.filter((picture) => !isPinned(picture));
  const drawn = holdout === 0 ? [] : rest.slice(0, Math.max(0, share - pinned.length));
  return new Set([...pinned, ...drawn].flatMap(([, variants]) => variants));
}

const [CONTENTS, TIMES] = ['contents:', 'times:'];

/**
 * A dataset's identity: SHA-256 over the sorted names and contents of its files, and the names in held-out.txt. Behind it
 * what stood there before, over times of change instead of contents: by it runs of older versions are known.
 * @param more lines of what else makes it another dataset
 * @throws UserError
 */
export function fingerprint(folder: string, all: readonly string[], more: readonly string[] = []): string {
  const files = [...new Set(all)];
  const hashes = contentHashes(files);
  const heldOut = readHeldOut(folder).map((name) => `held out\t${name}\n`);
  const digest = (lines: readonly string[]): string =>
    createHash('sha256')
      .update([...lines, ...more, ...heldOut].sort().join(''))
      .digest('hex');
  const contents = files.map((file, i) => `${shown(folder, file)}\t${hashes[i]!}\n`);
  return `${CONTENTS}${digest(contents)} ${TIMES}${digest(files.map((file) => lineOfTimes(folder, file)))}`;
}

function lineOfTimes(folder: string, file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${shown(folder, file)}\t${size}\t${Math.floor(mtimeMs)}\n`;
}

/** What of a fingerprint is written down with a run: what depends on the pictures alone. */
export const lastingFingerprint = (fingerprint: string): string => fingerprint.split(' ')[0]!;

/** Whether a run's fingerprint is that of the pictures as they are now. */
export function sameFingerprint(recorded: string, now: string): boolean {
  const [contents, times] = now.split(' ');
  return recorded.startsWith(CONTENTS) ? lastingFingerprint(recorded) === contents : TIMES + recorded === times;
}

interface OpenedPart {
  pairs: Pair[];
  unmatched: string[];
  open: Open<string>[];
}

function pairsOf(folder: string, { a, b }: Part, said: ReturnType<typeof saidOf>): OpenedPart {
  const { pairs, alone, open } = pairUp(namedBelow(join(folder, a)), namedBelow(join(folder, b)), said);
  const files = (all: readonly Named[]): string[] => all.map(({ file }) => file);
  return {
    pairs: pairs.map(([{ name, file }, target]) => ({ name, input: { file }, target: { file: target.file } })),
    unmatched: files([...alone.a, ...alone.b]),
    open: open.map(({ inputs, targets }) => ({ inputs: files(inputs), targets: files(targets) })),
  };
}

const halvesOf = (folder: string, { a }: Part): OpenedPart => ({
  pairs: namedBelow(join(folder, a)).map(({ name, file }) => ({
    name,
    input: { file, half: 'left' },
    target: { file, half: 'right' },
  })),
  ...{ unmatched: [], open: [] },
});

/** The items in a random order that depends on each name and the seed alone: by 64 bits of a hash, then by name. */
function shuffle<T>(items: readonly T[], named: (item: T) => string, seed: number): T[] {
  const place = (name: string): string =>
    createHash('sha256').update(`${seed}\0${name}`).digest('hex').slice(0, 16) + name;
  return items
    .map((item) => ({ item, place: place(named(item)) }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map(({ item }) => item);
}
