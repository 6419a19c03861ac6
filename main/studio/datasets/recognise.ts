/**
 * What a person dropped onto the studio: pairs, two sets, pictures, or nothing of use. It is told by names
 * and, for loose pictures, by their shape. `survey` also says which file goes where, which is all that an import needs.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { listPairs, readHeldOut, type PairDataset } from '../../engine/data/datasets.ts';
import { listLabelled, type LabelledDataset } from '../../engine/data/labelled.ts';
import { listPictures } from '../../engine/pictures/listing.ts';
import { isSideBySide, probePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { mapPool } from '../../pool.ts';
import type { DatasetKind } from './manifest.ts';
import { stemOf } from './names.ts';
import { isFolder, keyBelow, subfoldersOf, walkPictures } from './walk.ts';

/** What dropped files and folders are. */
export type Recognised =
  /** `a` and `b` are the folders whose names match, where it is not laid out as a dataset already. */
  | { kind: 'pairs'; layout: PairDataset['layout']; count: number; a?: string; b?: string }
  /** How many pictures the two sets have, and the folders that they come from. */
  | { kind: 'sets'; a: SetOf; b: SetOf }
  | { kind: 'pictures'; count: number }
  | LabelledFound
  | { kind: 'nothing'; reason: string };

interface LabelledFound {
  kind: 'labelled';
  layout: LabelledDataset['layout'];
  count: number;
  labels: string[];
}

interface SetOf {
  folder: string;
  count: number;
}

/** The folder of a dataset in which a picture goes. */
export type Side = 'A' | 'B' | 'train' | 'val' | SetSide | 'pictures' | LabelSide;
/** Labelled pictures go into a folder of their label's name. */
type LabelSide = string & {};
export type SetSide = 'trainA' | 'trainB' | 'testA' | 'testB';

/** Pictures that belong together, and where they go; one alone has no partner (yet, or ever). */
export interface Item {
  name: string;
  parts: { file: string; side: Side }[];
  /** Named in the held-out.txt that came with it. */
  pinned?: boolean;
}

/** What was dropped, and which file goes where. */
export interface Survey {
  recognised: Recognised;
  items: Item[];
}

/** What a person wants it to be, where that is not what it looks like. */
export interface Wanted {
  as?: DatasetKind | null | undefined;
  /** Takes two sets the other way round. */
  swap?: boolean | undefined;
}

/** Loose pictures of which so many, evenly spread, are side by side are taken to be so all: opening each takes long. */
const MOST_PROBED = 256;

/** Says what dropped files and folders are, and what else. @throws UserError when one is missing or cannot be read */
export async function recognise(sources: readonly string[]): Promise<Recognised & { others: Recognised[] }> {
  const { paths, folders } = await sorted(sources);
  const ways = (await asFolders(paths, folders)).map(({ recognised }) => recognised);
  const [first, ...others] = ways;
  // Subfolders may be labels, or no more than how a person keeps pictures: which, only the person knows.
  const isOpen = !first || (first.kind === 'sets' && basename(first.a.folder) !== 'trainA');
  const labelled = isOpen && folders.length === paths.length ? asLabelled(folders) : undefined;
  if (labelled) others.push(labelled.recognised);
  if (!first) return { ...(await asLoose(await walkAll(paths, folders), null)).recognised, others };
  // Two folders may be no more than how a person keeps one set of pictures.
  const one = first.kind === 'sets' || first.kind === 'labelled' || (first.kind === 'pairs' && first.a !== undefined);
  if (one) others.push({ kind: 'pictures', count: (await walkAll(paths, folders)).length });
  return { ...first, others };
}

/** What goes where. @throws UserError when it cannot be what is wanted */
export async function survey(sources: readonly string[], { as = null, swap = false }: Wanted = {}): Promise<Survey> {
  const { paths, folders } = await sorted(sources);
  const ways = as === 'pictures' ? [] : await asFolders(paths, folders);
  const way =
    as === 'labelled' && folders.length === paths.length
      ? asLabelled(folders)
      : as === null
        ? ways[0]
        : ways.find(({ recognised }) => recognised.kind === as);
  if (way) return swap ? swapped(way) : way;
  const loose = await asLoose(await walkAll(paths, folders), as);
  if (as === 'labelled')
    throw new UserError('Labelled pictures are folders with a subfolder for each label, or a labels.csv');
  if (as === null || loose.recognised.kind === as || loose.recognised.kind === 'nothing') return loose;
  throw new UserError(as === 'sets' ? NO_SETS : 'This is not laid out as pairs');
}

const NO_SETS = 'Two sets are two folders of pictures, or one with trainA/ and trainB/ in it';

async function sorted(sources: readonly string[]): Promise<{ paths: string[]; folders: string[] }> {
  const paths = [...new Set(sources.map((source) => resolve(source)))];
  const folders: string[] = [];
  for (const path of paths) if (await isFolder(path)) folders.push(path);
  return { paths, folders };
}

async function walkAll(paths: readonly string[], folders: readonly string[]): Promise<string[]> {
  const walked = await mapPool(paths, 4, async (path) => (folders.includes(path) ? walkPictures(path) : [path]));
  return [...new Set(walked.flat())];
}

/** What folders can be by how they are laid out, the likeliest first; nothing where there are files beside them. */
async function asFolders(paths: readonly string[], folders: readonly string[]): Promise<Survey[]> {
  if (folders.length !== paths.length) return [];
  const laidOut = (await asSets(folders)) ?? (await asPairs(folders));
  if (laidOut) return [laidOut];
  const listed = asLabelled(folders);
  return listed?.recognised.layout === 'labelFile' ? [listed] : asTwoFolders(folders);
}

/** One folder with a subfolder for each label, or a labels.csv. */
function asLabelled(folders: readonly string[]): (Survey & { recognised: LabelledFound }) | undefined {
  const [folder] = folders;
  if (!folder || folders.length > 1) return undefined;
  const { items, labels, unmatched, layout } = listLabelled(folder);
  if (labels.length < 2 || (layout === 'labelFolders' && unmatched.length > 0)) return undefined;
  return {
    recognised: { kind: 'labelled', layout, count: items.length, labels },
    items: items.map(({ file, label }) => itemOf(file, label)),
  };
}

/** One folder that is laid out as a dataset of two sets. */
async function asSets(folders: readonly string[]): Promise<Survey | undefined> {
  const [folder] = folders;
  if (!folder || folders.length > 1) return undefined;
  const names = await subfoldersOf(folder);
  if (!names.includes('trainA') || !names.includes('trainB')) return undefined;
  const items = await mapPool(
    SET_SIDES.filter((side) => names.includes(side)),
    4,
    async (side) => (await walkPictures(join(folder, side))).map((file): Item => itemOf(file, side)),
  );
  const pinned = new Set(readHeldOut(folder));
  const marked = items.flat().map((item) => (pinned.has(setName(item)) ? { ...item, pinned: true } : item));
  const setOf = (letter: 'A' | 'B'): SetOf => ({
    folder: join(folder, `train${letter}`),
    count: marked.filter(({ parts }) => parts[0]!.side.endsWith(letter)).length,
  });
  const [a, b] = [setOf('A'), setOf('B')];
  return a.count > 0 && b.count > 0 ? { recognised: { kind: 'sets', a, b }, items: marked } : undefined;
}

const SET_SIDES: readonly SetSide[] = ['trainA', 'trainB', 'testA', 'testB'];

const itemOf = (file: string, side: Side): Item => ({ name: stemOf(file), parts: [{ file, side }] });

/** How a picture of a set is called in held-out.txt: `A/cup`. */
export const setName = ({ name, parts }: Item): string => `${parts[0]!.side.at(-1)}/${name}`;

/** Two sets the other way round. */
function swapped({ recognised, items }: Survey): Survey {
  if (recognised.kind !== 'sets') throw new UserError('Only two sets can be swapped');
  const SWAP = { trainA: 'trainB', trainB: 'trainA', testA: 'testB', testB: 'testA' } as const;
  return {
    recognised: { ...recognised, a: recognised.b, b: recognised.a },
    items: items.map((item) => ({
      ...item,
      parts: item.parts.map(({ file, side }) => ({ file, side: SWAP[side as SetSide] })),
    })),
  };
}

/** One folder that is laid out as a dataset of pairs. */
async function asPairs(folders: readonly string[]): Promise<Survey | undefined> {
  const [folder] = folders;
  if (!folder || folders.length > 1) return undefined;
  const names = await subfoldersOf(folder);
  if (!(names.includes('A') && names.includes('B')) && !names.includes('train')) return undefined;
  const { layout, pairs, unmatched } = listPairs(folder);
  if (pairs.length === 0) return undefined;
  const items = pairs.map(({ name, input, target, heldOut }): Item => {
    const parts = [...new Set([input.file, target.file])].map(partOf);
    // In the layout with val/ the folder says it.
    return { name, parts, pinned: heldOut === true && parts[0]!.side !== 'val' };
  });
  const alone = unmatched.map((file): Item => ({ name: stemOf(file), parts: [partOf(join(folder, file))] }));
  return { recognised: { kind: 'pairs', layout, count: pairs.length }, items: [...items, ...alone] };
}

function partOf(file: string): Item['parts'][number] {
  return { file, side: basename(dirname(file)) };
}

/**
 * Two folders, or one with just two subfolders: pairs where at least half of the pictures have equal names, and two sets
 * in any case.
 */
async function asTwoFolders(folders: readonly string[]): Promise<Survey[]> {
  const [first, second] = folders.length === 1 ? await twoSubfolders(folders[0]!) : inputFirst(folders);
  if (!first || !second || folders.length > 2) return [];
  const [inputs, targets] = [await byKey(first), await byKey(second)];
  if (inputs.size === 0 || targets.size === 0) return [];
  const matching = [...inputs.keys()].filter((key) => targets.has(key)).length;
  const paired = matching > 0 && matching * 2 >= Math.max(inputs.size, targets.size);
  const [a, b] = [await walkPictures(first), await walkPictures(second)];
  const sets: Survey = {
    recognised: { kind: 'sets', a: { folder: first, count: a.length }, b: { folder: second, count: b.length } },
    items: [...a.map((file) => itemOf(file, 'trainA')), ...b.map((file) => itemOf(file, 'trainB'))],
  };
  if (!paired) return [sets];
  const items = [...new Set([...inputs.keys(), ...targets.keys()])].map((key): Item => {
    const sides = { A: inputs.get(key), B: targets.get(key) };
    const parts = (['A', 'B'] as const).flatMap((side) => (sides[side] ? [{ file: sides[side], side }] : []));
    return { name: basename(key), parts };
  });
  return [{ recognised: { kind: 'pairs', layout: 'folders', count: matching, a: first, b: second }, items }, sets];
}

/** Names that say which of two subfolders holds the drawings. */
const INPUT_NAMES = /sketch|line|ink|draw|input|edge|label|mask|source/i;

async function twoSubfolders(folder: string): Promise<readonly string[]> {
  const names = await subfoldersOf(folder);
  // Pictures beside the subfolders would be left behind.
  if (names.length !== 2 || listPictures(folder).length > 0) return [];
  return inputFirst(names.map((name) => join(folder, name)));
}

/** Two folders, the one that holds the drawings by its name before the other. */
function inputFirst(folders: readonly string[]): readonly string[] {
  const [first, second] = folders;
  if (!first || !second || folders.length > 2) return folders;
  const drawings = (folder: string): boolean => INPUT_NAMES.test(basename(folder));
  return drawings(second) && !drawings(first) ? [second, first] : folders;
}

/** The pictures of a set by their place in it without the extension; of two with one name the first. */
async function byKey(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const file of await walkPictures(folder)) {
    const key = keyBelow(folder, file).normalize('NFC');
    if (!files.has(key)) files.set(key, file);
  }
  return files;
}

/** Pictures that are not paired by folders: side by side if all are twice as wide as high. */
async function asLoose(files: readonly string[], as: DatasetKind | null): Promise<Survey> {
  const readable = await shapes(files);
  if (files.length === 0) return nothing('There is no picture in it (PNG, JPEG, WebP, AVIF, TIFF, TGA or GIF)');
  if (readable.length === 0) return nothing('No picture in it can be opened; save them again as PNG');
  const paired = as !== 'pictures' && readable.every(isSideBySide);
  const side: Side = paired ? 'train' : 'pictures';
  const items = files.map((file): Item => ({ name: stemOf(file), parts: [{ file, side }] }));
  const count = files.length;
  return { recognised: paired ? { kind: 'pairs', layout: 'sideBySide', count } : { kind: 'pictures', count }, items };
}

const nothing = (reason: string): Survey => ({ recognised: { kind: 'nothing', reason }, items: [] });

/** Sizes of up to MOST_PROBED pictures, evenly spread, until one is not side by side; those broken are passed over. */
async function shapes(files: readonly string[]): Promise<{ width: number; height: number }[]> {
  const step = Math.max(1, files.length / MOST_PROBED);
  const sizes: { width: number; height: number }[] = [];
  for (let i = 0; i < files.length; i += step) {
    const size = await probePicture(files[Math.floor(i)]!).catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
    if (!size) continue;
    sizes.push(size);
    if (!isSideBySide(size)) break;
  }
  return sizes;
}
