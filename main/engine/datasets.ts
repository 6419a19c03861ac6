/**
 * Datasets as they lie on disk: which pictures belong together, and which of them training never sees.
 * Names are looked at here, never pixels: opening pictures is the loader's work.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { listPictures } from './pictures.ts';
import { explainIo, UserError } from '../errors.ts';

/** A picture, or one half of a side-by-side one. */
export interface PictureRef {
  file: string;
  half?: 'left' | 'right';
}

/** An input picture and what it should become. */
export interface Pair {
  /** The file's name without its extension. */
  name: string;
  input: PictureRef;
  target: PictureRef;
  /** Set where the layout itself says which pairs are held out. */
  heldOut?: boolean;
}

export interface PairDataset {
  folder: string;
  layout: keyof typeof PAIR_LAYOUTS;
  pairs: Pair[];
  /** Picture files that belong to no pair, relative to the folder, with forward slashes. */
  unmatched: string[];
}

export interface Split {
  /** In the order of the dataset. */
  train: Pair[];
  /** In a shuffled but fixed order, so that the first few are a fair sample. */
  heldOut: Pair[];
}

interface Layout {
  /** How a person should lay out the folder; ends the sentence "Put the pictures ...". */
  says: string;
  /** Whether the folder is meant so, from the names of its subfolders. */
  recognise: (subfolders: ReadonlySet<string>) => boolean;
  open: (folder: string, subfolders: ReadonlySet<string>) => { pairs: Pair[]; unmatched: string[] };
}

/** The layouts of paired data. Other kinds of data (two sets, one set, labelled) will have tables of their own. */
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
  const subfolders = listSubfolders(folder);
  for (const [layout, { recognise, open }] of Object.entries(PAIR_LAYOUTS) as [PairDataset['layout'], Layout][])
    if (recognise(subfolders)) {
      const { pairs, unmatched } = open(folder, subfolders);
      if (pairs.length === 0) throw new UserError(`${folder} has no pair of pictures: ${HOW}`);
      return { folder, layout, pairs, unmatched: unmatched.map((file) => shown(folder, file)) };
    }
  throw new UserError(`${folder} is not laid out as pairs: ${HOW}`);
}

const HOW = `put the pictures ${Object.values(PAIR_LAYOUTS)
  .map(({ says }) => says)
  .join('; or ')}`;

/**
 * Sets pairs aside for previews and metrics. It depends on the names alone: each name has a random place in a fixed
 * order (by a hash with the seed), and the first `holdout` share of that order is held out, so that adding pictures
 * moves hardly any other. A layout that has its own held-out part keeps it.
 * @param holdout share of the pairs, 0..1; 0 holds out none, anything else at least one
 */
export function split(pairs: readonly Pair[], holdout: number, seed: number): Split {
  if (!(holdout >= 0 && holdout < 1)) throw new UserError(`A holdout of ${holdout} is not possible: give 0 to 0.9`);
  const shuffled = shuffle(pairs, seed);
  const fixed = pairs.some(({ heldOut }) => heldOut);
  const heldOut =
    holdout === 0
      ? []
      : fixed
        ? shuffled.filter((pair) => pair.heldOut)
        : shuffled.slice(0, Math.max(1, Math.min(pairs.length - 1, Math.round(pairs.length * holdout))));
  const aside = new Set(heldOut);
  const train = pairs.filter((pair) => !pair.heldOut && !aside.has(pair));
  if (train.length === 0)
    throw new UserError(
      fixed
        ? 'All pictures are in val/, and none is left to train: put some in train/'
        : 'There is one pair only, and none is left to train when it is held out: add pictures or give --holdout 0',
    );
  return { train, heldOut };
}

/** A dataset's identity: SHA-256 over the sorted names, sizes and modification times of its files. @throws UserError */
export function fingerprint({ folder, pairs }: PairDataset): string {
  const files = new Set(pairs.flatMap(({ input, target }) => [input.file, target.file]));
  const lines = [...files].map((file) => {
    try {
      const { size, mtimeMs } = statSync(file);
      return `${shown(folder, file)}\t${size}\t${Math.floor(mtimeMs)}\n`;
    } catch (error) {
      throw explainIo(error, `Cannot read ${file}`);
    }
  });
  return createHash('sha256').update(lines.sort().join('')).digest('hex');
}

/** A file's path relative to the dataset, with forward slashes on every machine. */
export function shown(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

function listSubfolders(folder: string): Set<string> {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
    if (entries.length === 0) throw new UserError(`${folder} is empty: ${HOW}`);
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

/** The pairs in a random order that depends on each name and the seed alone: by 64 bits of a hash, then by name. */
function shuffle(pairs: readonly Pair[], seed: number): Pair[] {
  const place = ({ name }: Pair): string =>
    createHash('sha256').update(`${seed}\0${name}`).digest('hex').slice(0, 16) + name;
  return pairs
    .map((pair) => ({ pair, place: place(pair) }))
    .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    .map(({ pair }) => pair);
}
