/**
 * Datasets as they lie on disk: which pictures belong together, and which of them training never sees.
 * Names are looked at here, never pixels: opening pictures is the loader's work.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { listPictures } from '../pictures/listing.ts';
import { explainIo, UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';

/** A picture, or one half of a side-by-side one. */
export interface PictureRef {
  file: string;
  half?: 'left' | 'right';
}

/** What a dataset consists of, as far as splitting it needs to know. */
export interface Item {
  /** The file's name without its extension. */
  name: string;
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
}

export interface PairDataset {
  folder: string;
  layout: keyof typeof PAIR_LAYOUTS;
  pairs: Pair[];
  /** Picture files that belong to no pair, relative to the folder, with forward slashes. */
  unmatched: string[];
}

export interface Split<T extends Item = Pair> {
  /** In the order of the dataset. */
  train: T[];
  /** In a shuffled but fixed order, so that the first few are a fair sample. */
  heldOut: T[];
}

interface Layout {
  /** How a person should lay out the folder; ends the sentence "Put the pictures ...". */
  says: string;
  /** Whether the folder is meant so, from the names of its subfolders. */
  recognise: (subfolders: ReadonlySet<string>) => boolean;
  open: (folder: string, subfolders: ReadonlySet<string>) => { pairs: Pair[]; unmatched: string[] };
}

/** The layouts of paired data. Other kinds of data (one set, labelled) will have tables of their own. */
const PAIR_LAYOUTS = {
  folders: {
    says: 'in A/ and B/ with equal names (A holds the inputs, B what they should become)',
    recognise: (subfolders) => subfolders.has('A') || subfolders.has('B'),
    open: openFolders,
  },
  sideBySide: {
    says: 'side by side, input left and result right, twice as wide as high, in train/ and if you like val/',
    recognise: (subfolders) => subfolders.has('train'),
    open: openSideBySide,
  },
} satisfies Record<string, Layout>;

/** Opens a folder of pairs. @throws UserError that says what is missing */
export function openPairs(folder: string): PairDataset {
  const dataset = listPairs(folder);
  if (dataset.pairs.length === 0) throw new UserError(`${folder} has no pair of pictures: ${HOW}`);
  return dataset;
}

/** `openPairs` for those who show a dataset: it may have no pair (yet, or any more). @throws UserError */
export function listPairs(folder: string): PairDataset {
  const subfolders = listSubfolders(folder);
  for (const [layout, { recognise, open }] of Object.entries(PAIR_LAYOUTS) as [PairDataset['layout'], Layout][])
    if (recognise(subfolders)) {
      const { pairs, unmatched } = open(folder, subfolders);
      const pinned = pin(pairs, readHeldOut(folder));
      return { folder, layout, pairs: pinned, unmatched: unmatched.map((file) => shown(folder, file)) };
    }
  throw new UserError(`${folder} is not laid out as pairs: ${HOW}`);
}

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
  const subfolders = listSubfolders(folder, HOW_SETS);
  const layout = subfolders.has('trainA') || subfolders.has('trainB') ? 'sets' : 'folders';
  const [a, b] = (['A', 'B'] as const).map((side) => {
    const home = layout === 'sets' ? `train${side}` : side;
    if (!subfolders.has(home)) throw new UserError(`${folder} has no subfolder ${home}/: ${HOW_SETS}`);
    const singles = (name: string): Single[] =>
      subfolders.has(name)
        ? listPictures(join(folder, name)).map((file) => ({ name: stem(file), picture: { file } }))
        : [];
    const aside = layout === 'sets' ? singles(`test${side}`) : [];
    const part = (items: Single[], heldOut: boolean): Single[] => items.map((item) => ({ ...item, heldOut }));
    const items = aside.length > 0 ? [...part(singles(home), false), ...part(aside, true)] : singles(home);
    // In held-out.txt a picture is called A/name or B/name; a pair's name holds out both of its pictures.
    const pinned = readHeldOut(folder).flatMap((name) => {
      const [, set, own] = /^([AB])\/(.+)$/.exec(name) ?? [];
      return set === undefined ? [name] : set === side ? [own!] : [];
    });
    return pin(items, pinned);
  }) as [Single[], Single[]];
  return { folder, layout, a, b };
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

/** Marks the items that held-out.txt names, and with them the other variants of the same pictures. */
function pin<T extends Item>(items: T[], names: readonly string[]): T[] {
  if (names.length === 0) return items;
  // Names are compared composed (NFC): macOS may give them back decomposed.
  const pinned = new Set(names.map((name) => sourceOf(name).normalize('NFC')));
  return items.map((item) => (pinned.has(sourceOf(item.name).normalize('NFC')) ? { ...item, heldOut: true } : item));
}

/**
 * The picture that a pair was made from: the part of its name before `~`. `cup~ink-50` and `cup~pencil-20` are variants
 * of `cup`, and share its fate when pairs are held out.
 */
export function sourceOf(name: string): string {
  const end = name.indexOf('~');
  return end > 0 ? name.slice(0, end) : name;
}

const HOW = `put the pictures ${Object.values(PAIR_LAYOUTS)
  .map(({ says }) => says)
  .join('; or ')}`;

/**
 * Sets pairs, or the pictures of one of two sets, aside for previews and metrics, by their names alone:
 * - Variants of one picture (`sourceOf`) count as one, so that a held-out picture is not trained on in another style.
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
    const variants = pictures.get(sourceOf(item.name));
    if (variants) variants.push(item);
    else pictures.set(sourceOf(item.name), [item]);
  }
  const isPinned = ([, variants]: [string, T[]]): boolean => variants.some(({ heldOut }) => heldOut);
  const order = shuffle([...pictures], ([source]) => source, seed);
  const pinned = order.filter(isPinned);
  const share = Math.max(1, Math.min(order.length - 1, Math.round(order.length * holdout)));
  const rest = order.filter((picture) => !isPinned(picture));
  const drawn = holdout === 0 ? [] : rest.slice(0, Math.max(0, share - pinned.length));
  return new Set([...pinned, ...drawn].flatMap(([, variants]) => variants));
}

/**
 * A dataset's identity: SHA-256 over the sorted names, sizes and modification times of its files, and the names in
 * held-out.txt.
 * @param more lines of what else makes it another dataset
 * @throws UserError
 */
export function fingerprint(folder: string, all: readonly string[], more: readonly string[] = []): string {
  const files = new Set(all);
  const lines = [...files].map((file) => {
    try {
      const { size, mtimeMs } = statSync(file);
      return `${shown(folder, file)}\t${size}\t${Math.floor(mtimeMs)}\n`;
    } catch (error) {
      throw explainIo(error, `Cannot read ${file}`);
    }
  });
  lines.push(...more);
  for (const name of readHeldOut(folder)) lines.push(`held out\t${name}\n`);
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}

/** A file's path relative to the dataset, with forward slashes on every machine. */
export function shown(folder: string, file: string): string {
  // Nearly always it is plainly below the folder; `relative` takes its time over ten thousand files.
  const below = file.startsWith(folder + sep) ? file.slice(folder.length + 1) : relative(folder, file);
  return sep === '/' ? below : below.split(sep).join('/');
}

function listSubfolders(folder: string, how = HOW): Set<string> {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
    if (entries.length === 0) throw new UserError(`${folder} is empty: ${how}`);
    const isFolder = (name: string): boolean =>
      statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() ?? false; // follows links
    return new Set(entries.map(({ name }) => name).filter(isFolder));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw explainIo(error, `Cannot open the dataset ${folder}`);
  }
}

function openFolders(folder: string, subfolders: ReadonlySet<string>): { pairs: Pair[]; unmatched: string[] } {
  for (const side of ['A', 'B'])
    if (!subfolders.has(side)) throw new UserError(`${folder} has no subfolder ${side}/: ${HOW}`);
  const inputs = byStem(listPictures(join(folder, 'A')));
  const targets = byStem(listPictures(join(folder, 'B')));
  const pairs: Pair[] = [];
  for (const [name, file] of inputs.files) {
    const target = targets.files.get(name);
    if (target) pairs.push({ name, input: { file }, target: { file: target } });
  }
  const alone = (side: Stems, other: Stems): string[] =>
    [...side.files].filter(([name]) => !other.files.has(name)).map(([, file]) => file);
  const unmatched = [...alone(inputs, targets), ...inputs.doubles, ...alone(targets, inputs), ...targets.doubles];
  return { pairs, unmatched: unmatched.sort() };
}

function openSideBySide(folder: string, subfolders: ReadonlySet<string>): { pairs: Pair[]; unmatched: string[] } {
  const pair = (file: string): Pair => ({
    name: stem(file),
    input: { file, half: 'left' },
    target: { file, half: 'right' },
  });
  const train = listPictures(join(folder, 'train')).map(pair);
  const val = subfolders.has('val') ? listPictures(join(folder, 'val')).map(pair) : [];
  // Without pictures in val/ the held-out part is split off by name, as in the other layout.
  if (val.length === 0) return { pairs: train, unmatched: [] };
  const part = (pairs: Pair[], heldOut: boolean): Pair[] => pairs.map((known) => ({ ...known, heldOut }));
  return { pairs: [...part(train, false), ...part(val, true)], unmatched: [] };
}

interface Stems {
  files: Map<string, string>;
  /** Files whose name without extension another file has already taken. */
  doubles: string[];
}

function byStem(files: readonly string[]): Stems {
  const stems: Stems = { files: new Map(), doubles: [] };
  for (const file of files) {
    if (stems.files.has(stem(file))) stems.doubles.push(file);
    else stems.files.set(stem(file), file);
  }
  return stems;
}

function stem(file: string): string {
  return basename(file, extname(file));
}

/** The items in a random order that depends on each name and the seed alone: by 64 bits of a hash, then by name. */
function shuffle<T>(items: readonly T[], named: (item: T) => string, seed: number): T[] {
  const place = (name: string): string =>
    createHash('sha256').update(`${seed}\0${name}`).digest('hex').slice(0, 16) + name;
  return items
    .map((item) => ({ item, place: place(named(item)) }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map(({ item }) => item);
}
