/**
 * What a person dropped onto the studio: pairs, two sets, pictures, or nothing of use. It is told by names
 * and, for loose pictures, by their shape. `survey` also says which file goes where, which is all that an import needs.
 */
import { basename, join, resolve } from 'node:path';
import { listPairs, listSets, readHeldOut, type PairDataset, type Single } from '../../engine/data/datasets.ts';
import { folderOfLabels, listLabelled, type LabelledDataset } from '../../engine/data/labelled.ts';
import { inputFirst, layoutOf, pairsMostly, unreadOf } from '../../engine/data/layouts.ts';
import { namedBelow } from '../../engine/data/named.ts';
import { pairUp, type Named, type Open } from '../../engine/data/names.ts';
import { partnersIn, saidOf, type Partners } from '../../engine/data/partners.ts';
import { FORMAT_NAMES } from '../../engine/pictures/formats.ts';
import { listTree, saySkipped, type Listing, type Skipped } from '../../engine/pictures/listing.ts';
import { isSideBySide, probePicture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { mapPool } from '../../pool.ts';
import { findCells } from './cells.ts';
import { namesOf, type FileNames } from './file-names.ts';
import type { DatasetKind } from './manifest.ts';
import { stemOf } from './names.ts';
import { spread } from './spread.ts';
import { suggestPlan } from './suggest-plan.ts';
import { isFolder, listFile, walkFolder } from './walk.ts';

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
/** Labelled pictures go into a folder of their label's name (`folderOfLabels`). */
type LabelSide = string & {};
export type SetSide = 'trainA' | 'trainB' | 'testA' | 'testB';

/** Pictures that belong together, and where they go; one alone has no partner (yet, or ever). */
export interface Item {
  name: string;
  parts: { file: string; side: Side }[];
  /** Held out by its folder, or by the held-out.txt that came with it. */
  pinned?: boolean;
  /** The picture that it is a variant of. */
  source?: string;
}

/** What was dropped, and which file goes where. */
export interface Survey {
  recognised: Recognised;
  items: Item[];
  /** Files that are not read. */
  skipped: Skipped[];
  /** Files that could go together in more than one way. */
  open?: Open<string>[];
  /** The folders say what is held out: these and no others. */
  split?: boolean;
}

/** What a person should know before an import; files by the names that the person knows them by. */
export interface Notes {
  /** Files that are left out. */
  skipped: Skipped[];
  /** Pictures without a partner, which come along. */
  alone: string[];
  /** Pictures that could go together in more than one way: which of the targets belongs to which input is asked. */
  open: Open<string>[];
}

/** What a person wants it to be, where that is not what it looks like. */
export interface Wanted {
  as?: DatasetKind | null | undefined;
  /** Takes two sets the other way round. */
  swap?: boolean | undefined;
  /** Which input belongs to which target, where `Notes.open` asked. */
  partners?: Partners | undefined;
}

/** Of loose pictures so many, evenly spread, stand for all: opening each takes long. */
const MOST_PROBED = 256;

/** Says what dropped files and folders are, and what else. @throws UserError when one is missing or cannot be read */
export async function recognise(
  sources: readonly string[],
): Promise<Recognised & Notes & { others: (Recognised & Notes)[]; seen: string[]; sheet: Sheet | null }> {
  const dropped = await sorted(sources);
  const names = namesOf(dropped.paths);
  const [found, ...others] = await waysOf(dropped, names);
  return {
    ...noted(found, names),
    others: others.map((way) => noted(way, names)),
    seen: spread(found.items, found.recognised.kind === 'pairs' ? MOST_SEEN / 2 : MOST_SEEN)
      .flatMap(({ parts }) => parts.map(({ file }) => file))
      .slice(0, MOST_SEEN),
    sheet: await sheetIn(found.items),
  };
}

/** So many pictures show what an import would bring. */
const MOST_SEEN = 6;
/** One picture in so many pieces is probably a sheet of them. */
const LEAST_CELLS = 4;

/** A picture that looks like many, and how many it could be cut into. */
interface Sheet {
  file: string;
  cells: number;
}

/** Whether a picture that comes alone is a sprite sheet. */
async function sheetIn(items: readonly Item[]): Promise<Sheet | null> {
  const file = items.length === 1 && items[0]!.parts.length === 1 ? items[0]!.parts[0]!.file : null;
  if (file === null) return null;
  try {
    const cells = (await findCells(file, await suggestPlan(file))).length;
    return cells >= LEAST_CELLS ? { file, cells } : null;
  } catch (error) {
    if (error instanceof UserError) return null; // what is wrong with it the import says
    throw error;
  }
}

/** All that it can be, the likeliest first. What subfolders are for (labels, order), in the end only the person knows. */
async function waysOf(
  { paths, folders }: Dropped,
  names: FileNames,
  said: Partners = [],
): Promise<[Survey, ...Survey[]]> {
  const [first, ...others] = asFolders(paths, folders, said);
  const labelled = folders.length === paths.length ? asLabelled(folders) : undefined;
  const all = await walkAll(paths, folders);
  if (first) {
    const { recognised } = first;
    const mayBeLabels = recognised.kind === 'sets' && basename(recognised.a.folder) !== 'trainA';
    if (labelled && mayBeLabels) others.push(labelled);
    if (couldBeOneSet(recognised)) others.push(asPictures(all));
    return [first, ...others];
  }
  const loose = await asLoose(all, { as: null, names });
  if (!labelled) return [loose];
  // Labels where each picture has one: deeper folders, and pictures side by side, are something else.
  const isLabels = loose.recognised.kind === 'pictures' && labelled.items.length === all.pictures.length;
  return isLabels ? [labelled, asPictures(all)] : [loose, labelled];
}

/** Two folders may be no more than how a person keeps one set of pictures. */
const couldBeOneSet = (found: Recognised): boolean =>
  found.kind === 'sets' || found.kind === 'labelled' || (found.kind === 'pairs' && found.a !== undefined);

const asPictures = ({ pictures, skipped }: Listing): Survey => ({
  ...{ recognised: { kind: 'pictures', count: pictures.length }, items: [], skipped },
});

const noted = ({ recognised, items, skipped, open = [] }: Survey, names: FileNames): Recognised & Notes => ({
  ...recognised,
  skipped: skipped.map(names.note),
  alone:
    recognised.kind === 'pairs' && recognised.layout === 'folders'
      ? items.filter(({ parts }) => parts.length === 1).map(({ parts }) => names.of(parts[0]!.file))
      : [],
  open: open.map(({ inputs, targets }) => ({ inputs: inputs.map(names.of), targets: targets.map(names.of) })),
});

/** What goes where. @throws UserError when it cannot be what is wanted */
export async function survey(
  sources: readonly string[],
  { as = null, swap = false, partners = [] }: Wanted = {},
): Promise<Survey> {
  const { paths, folders } = await sorted(sources);
  const names = namesOf(paths);
  const said = partners.map(([input, target]) => [names.input(input), names.target(target)] as const);
  const ways = as === 'pictures' ? [] : asFolders(paths, folders, said);
  const way =
    as === null
      ? (await waysOf({ paths, folders }, names, said))[0]
      : as === 'labelled' && folders.length === paths.length
        ? asLabelled(folders)
        : ways.find(({ recognised }) => recognised.kind === as);
  if (way) return swap ? swapped(way) : way;
  const loose = await asLoose(await walkAll(paths, folders), { as, names });
  if (as === 'labelled')
    throw new UserError('Labelled pictures are folders with a subfolder for each label, or a labels.csv');
  if (loose.recognised.kind === as || loose.recognised.kind === 'nothing') return loose;
  throw new UserError(as === 'sets' ? NO_SETS : 'This is not laid out as pairs');
}

const NO_SETS = 'Two sets are two folders of pictures, or one with trainA/ and trainB/ in it';

interface Dropped {
  paths: string[];
  /** Those of them that are folders. */
  folders: string[];
}

async function sorted(sources: readonly string[]): Promise<Dropped> {
  const paths = [...new Set(sources.map((source) => resolve(source)))];
  const folders: string[] = [];
  for (const path of paths) if (await isFolder(path)) folders.push(path);
  return { paths, folders };
}

async function walkAll(paths: readonly string[], folders: readonly string[]): Promise<Listing> {
  const walked = await mapPool(paths, 4, async (path): Promise<Listing> =>
    folders.includes(path) ? walkFolder(path) : listFile(path),
  );
  return {
    pictures: [...new Set(walked.flatMap(({ pictures }) => pictures))],
    skipped: walked.flatMap(({ skipped }) => skipped),
  };
}

/** What folders can be by how they are laid out, the likeliest first; nothing where there are files beside them. */
function asFolders(paths: readonly string[], folders: readonly string[], said: Partners = []): Survey[] {
  const [first, second, third] = folders;
  if (folders.length !== paths.length || first === undefined || third !== undefined) return [];
  if (second !== undefined) return asTwoFolders(inputFirst([first, second]), { said });
  const listed = asLabelled(folders);
  if (listed?.recognised.layout === 'labelFile') return [listed];
  const layout = layoutOf(first);
  if (!layout) return [];
  const { a, b } = layout.parts[0]!;
  if (layout.byNames) {
    const beside = unreadOf(first, layout);
    return asTwoFolders([join(first, a), join(first, b)], { said, beside, dataset: first });
  }
  const way = layout.kind === 'sets' ? asSets(first) : asPairs(first, said);
  if (way) return [way];
  // Inputs and targets whose names say nothing of each other are two folders all the same.
  if (layout.kind !== 'folders') return [];
  return asTwoFolders([join(first, a), join(first, b)], { said, beside: unreadOf(first, layout), dataset: first });
}

/** One folder with a subfolder for each label, or a labels.csv. */
function asLabelled(folders: readonly string[]): (Survey & { recognised: LabelledFound }) | undefined {
  const [folder] = folders;
  if (!folder || folders.length > 1) return undefined;
  const { items, labels, unmatched, layout, skipped } = listLabelled(folder);
  if (labels.length < 2 || (layout === 'labelFolders' && unmatched.length > 0)) return undefined;
  return {
    recognised: { kind: 'labelled', layout, count: items.length, labels },
    items: items.map(({ file, labels: own }) => itemOf(file, folderOfLabels(own))),
    skipped,
  };
}

/** One folder that is laid out as a dataset of two sets. */
function asSets(folder: string): Survey | undefined {
  const { a, b, skipped } = listSets(folder);
  if (a.length === 0 || b.length === 0) return undefined;
  const items = (letter: 'A' | 'B', singles: readonly Single[]): Item[] =>
    singles.map(({ picture: { file }, heldOut, name, source }) => {
      const aside =
        heldOut === true && readHeldOut(folder).every((pinned) => ![name, `${letter}/${name}`].includes(pinned));
      const part = { file, side: `${aside ? 'test' : 'train'}${letter}` as const };
      return {
        name: stemOf(file),
        parts: [part],
        ...(heldOut && !aside && { pinned: true }),
        ...(source && { source }),
      };
    });
  const setOf = (letter: 'A' | 'B', { length }: readonly Single[]): SetOf => ({
    folder: join(folder, `train${letter}`),
    count: length,
  });
  return {
    recognised: { kind: 'sets', a: setOf('A', a), b: setOf('B', b) },
    items: [...items('A', a), ...items('B', b)],
    skipped,
  };
}

const itemOf = (file: string, side: Side): Item => ({ name: stemOf(file), parts: [{ file, side }] });

/** How a picture of a set is called in held-out.txt: `A/cup`. */
export const setName = ({ name, parts }: Item): string => `${parts[0]!.side.at(-1)}/${name}`;

/** Two sets the other way round. */
function swapped({ recognised, items, ...rest }: Survey): Survey {
  if (recognised.kind !== 'sets') throw new UserError('Only two sets can be swapped');
  const SWAP = { trainA: 'trainB', trainB: 'trainA', testA: 'testB', testB: 'testA' } as const;
  return {
    ...rest,
    recognised: { ...recognised, a: recognised.b, b: recognised.a },
    items: items.map((item) => ({
      ...item,
      parts: item.parts.map(({ file, side }) => ({ file, side: SWAP[side as SetSide] })),
    })),
  };
}

/** One folder that is laid out as a dataset of pairs. */
function asPairs(folder: string, said: Partners): Survey | undefined {
  const listed = listPairs(folder, said);
  const { layout, pairs, unmatched, skipped } = listed;
  const full = (files: readonly string[]): string[] => files.map((file) => join(folder, file));
  const open = listed.open.map(({ inputs, targets }) => ({ inputs: full(inputs), targets: full(targets) }));
  if (pairs.length === 0 && open.length === 0) return undefined;
  const split = pairs.some(({ heldOut }) => heldOut === false);
  const items = pairs.map(({ name, input, target, heldOut, source }): Item => {
    const halves = input.file === target.file;
    const sides = halves ? ([heldOut && split ? 'val' : 'train'] as const) : (['A', 'B'] as const);
    const parts = sides.map((side, i) => ({ file: [input.file, target.file][i]!, side }));
    // In the layout with val/ the folder says it.
    return { name: basename(name), parts, pinned: heldOut === true && sides[0] !== 'val', ...(source && { source }) };
  });
  // Which side one alone is of, its folder says.
  const sideOf = (file: string): Side =>
    layoutOf(folder)!.parts.some(({ b }) => file.startsWith(`${b}/`)) ? 'B' : 'A';
  const alone = unmatched.map((file): Item => itemOf(join(folder, file), sideOf(file)));
  return {
    ...{ recognised: { kind: 'pairs', layout, count: pairs.length }, items: [...items, ...alone], skipped, open },
    ...(split && layout === 'folders' && { split }),
  };
}

/** Two folders: pairs where at least half of the pictures have equal names, and two sets in any case. */
function asTwoFolders(
  [first, second]: readonly [string, string],
  { said, beside, dataset }: { said: Partners; beside?: Skipped[]; dataset?: string },
): Survey[] {
  const [a, b] = [namedBelow(first), namedBelow(second)];
  if (a.length === 0 || b.length === 0) return [];
  const skipped = beside ?? [first, second].flatMap((folder) => listTree(folder).skipped);
  const sets: Survey = {
    recognised: { kind: 'sets', a: { folder: first, count: a.length }, b: { folder: second, count: b.length } },
    items: [...a.map(({ file }) => itemOf(file, 'trainA')), ...b.map(({ file }) => itemOf(file, 'trainB'))],
    skipped,
  };
  if (!pairsMostly(first, second)) return [sets];
  const known = dataset === undefined ? [] : partnersIn(dataset);
  const { pairs, alone, open } = pairUp(a, b, saidOf([...known, ...said]));
  const items = [
    ...pairs.map(([{ name, file }, target]): Item => ({
      name: basename(name),
      parts: [
        { file, side: 'A' },
        { file: target.file, side: 'B' },
      ],
    })),
    ...alone.a.map(({ file }) => itemOf(file, 'A')),
    ...alone.b.map(({ file }) => itemOf(file, 'B')),
  ];
  const recognised = { kind: 'pairs', layout: 'folders', count: pairs.length, a: first, b: second } as const;
  const files = (all: readonly Named[]): string[] => all.map(({ file }) => file);
  const asked = open.map(({ inputs, targets }) => ({ inputs: files(inputs), targets: files(targets) }));
  return [{ recognised, items, skipped, open: asked }, sets];
}

/** Pictures that are not paired by folders: side by side if all are twice as wide as high. */
async function asLoose(
  { pictures, skipped }: Listing,
  { as, names }: { as: DatasetKind | null; names: FileNames },
): Promise<Survey> {
  const { sizes, broken } = await shapes(pictures);
  const out = [...skipped, ...broken];
  const files = pictures.filter((picture) => broken.every(({ file }) => file !== picture));
  if (sizes.length === 0) return nothing(whyNothing(out.map(names.note)), out);
  const paired = as !== 'pictures' && sizes.every(isSideBySide);
  const side: Side = paired ? 'train' : 'pictures';
  const items = files.map((file): Item => ({ name: stemOf(file), parts: [{ file, side }] }));
  const count = files.length;
  return {
    recognised: paired ? { kind: 'pairs', layout: 'sideBySide', count } : { kind: 'pictures', count },
    ...{ items, skipped: out },
  };
}

/** Why there is no picture in what was dropped, by the names of its files. */
function whyNothing(skipped: readonly Skipped[]): string {
  const [only, second] = skipped;
  if (!only) return `There is no picture in it (${FORMAT_NAMES})`;
  return second ? `There is no picture in it: ${saySkipped(skipped)}` : `${only.file} ${only.why}`;
}

const nothing = (reason: string, skipped: Skipped[]): Survey => ({
  ...{ recognised: { kind: 'nothing', reason }, items: [], skipped },
});

interface Shapes {
  sizes: { width: number; height: number }[];
  broken: Skipped[];
}

/** Sizes of up to MOST_PROBED pictures, evenly spread, and those of them that cannot be opened. */
async function shapes(files: readonly string[]): Promise<Shapes> {
  const found: Shapes = { sizes: [], broken: [] };
  await mapPool(spread(files, MOST_PROBED), 4, async (file) => {
    try {
      found.sizes.push(await probePicture(file));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.broken.push({ file, why: error.message });
    }
  });
  found.broken.sort((a, b) => (a.file < b.file ? -1 : 1));
  return found;
}
