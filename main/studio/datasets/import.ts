/**
 * Copying pictures into a project. The originals are never touched; a new dataset appears whole or not at all, and
 * pictures that cannot be opened are left behind, each with the reason.
 */
import { constants, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { AND_NO_OTHERS, readHeldOut, writeHeldOut } from '../../engine/data/datasets.ts';
import { readName } from '../../engine/data/names.ts';
import { readPartners, writePartners } from '../../engine/data/partners.ts';
import { writeVariants } from '../../engine/data/variants.ts';
import type { Skipped } from '../../engine/pictures/listing.ts';
import { probePicture } from '../../engine/pictures/pictures.ts';
import { explainIo, UserError } from '../../errors.ts';
import { mapPool } from '../../pool.ts';
import { describeDataset, type Description } from './describe.ts';
import { namesOf } from './file-names.ts';
import { writeManifest, type DatasetKind } from './manifest.ts';
import { isTooLong, Names, safeName, stemOf } from './names.ts';
import { setName, survey, type Item, type Survey, type Wanted } from './recognise.ts';
import { fromDisk, wholeFolder } from './whole-folder.ts';

export type OnProgress = (done: number, total: number) => void;

export interface ImportOptions extends Wanted {
  /** Dropped files and folders. */
  sources: string[];
  /** The new dataset's folder, which must not exist yet. */
  folder: string;
  title: string;
  onProgress?: OnProgress | undefined;
}

export interface Imported {
  kind: DatasetKind;
  layout: Description['layout'];
  /** Pairs, or pictures, that have been copied. */
  count: number;
  /** What is left behind, by the names that the person knows, and why. */
  skipped: Skipped[];
  /** Pictures that are called otherwise now, and why. */
  renamed: Skipped[];
}

/** Makes a dataset of the studio from dropped files and folders. @throws UserError, and nothing is left behind */
export async function importDataset(options: ImportOptions): Promise<Imported> {
  const { sources, folder, title, onProgress } = options;
  const found = await survey(sources, options);
  const layout = layoutOf(found);
  const kind = KINDS[layout];
  return wholeFolder(folder, async (partial) => {
    for (const side of SIDES[layout]) mkdirSync(join(partial, side), { recursive: true });
    const copied = await copyItems(found.items, { folder: partial, layout, taken: [], onProgress });
    const held = [...(found.split ? [AND_NO_OTHERS] : []), ...copied.pinned];
    if (held.length > 0) writeHeldOut(partial, held);
    if (Object.keys(copied.sources).length > 0) writeVariants(partial, copied.sources);
    if (copied.partners.length > 0) writePartners(partial, copied.partners);
    const setNames = namesOfSets(found);
    writeManifest(partial, {
      format: 1,
      title,
      kind,
      created: new Date().toISOString(),
      ...(setNames && { setNames }),
    });
    return { kind, layout, count: copied.count, ...told(copied, found, sources) };
  });
}

/** Folders that say only which set they are. */
const PLAIN_SET = /^((train|test|val)_?)?[ab]$/i;

/** What two sets are called by the folders that they come from. */
function namesOfSets({ recognised }: Survey): { a: string; b: string } | undefined {
  if (recognised.kind !== 'sets') return undefined;
  const [a, b] = [basename(recognised.a.folder), basename(recognised.b.folder)] as [string, string];
  return PLAIN_SET.test(a) || PLAIN_SET.test(b) ? undefined : { a, b };
}

/** Adds more pictures, or pairs, to a dataset of the same kind. @throws UserError, and nothing is added */
export async function addToDataset(options: Omit<ImportOptions, 'title' | 'as'>): Promise<Imported> {
  const { sources, folder, swap, partners, onProgress } = options;
  const { kind, layout, names: taken } = describedNames(folder);
  const found = await survey(sources, { as: kind === 'pairs' ? null : kind, swap, partners });
  if (layoutOf(found) !== layout) throw new UserError(`${MISMATCH[layout]}; import these as a dataset of their own`);
  const beside = join(folder, '.adding');
  rmSync(beside, { recursive: true, force: true }); // of a run that was cut off
  try {
    for (const side of SIDES[layout]) mkdirSync(join(beside, side), { recursive: true });
    const copied = await copyItems(found.items, { folder: beside, layout, taken, onProgress });
    for (const side of readdirSync(beside)) {
      mkdirSync(join(folder, side), { recursive: true });
      for (const name of readdirSync(join(beside, side)))
        renameSync(join(beside, side, name), join(folder, side, name));
    }
    if (copied.pinned.length > 0) writeHeldOut(folder, [...readHeldOut(folder), ...copied.pinned]);
    if (copied.partners.length > 0) writePartners(folder, [...readPartners(folder), ...copied.partners]);
    return { kind, layout, count: copied.count, ...told(copied, found, sources) };
  } catch (error) {
    throw fromDisk(error, `Cannot add to ${folder}`);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** What a person should know afterwards; files by the names that the person knows. */
function told(
  { skipped, renamed }: Pick<Imported, 'skipped' | 'renamed'>,
  found: Survey,
  sources: readonly string[],
): Pick<Imported, 'skipped' | 'renamed'> {
  const names = namesOf(sources.map((source) => resolve(source)));
  return { skipped: [...skipped, ...found.skipped].map(names.note), renamed: renamed.map(names.note) };
}

type LayoutName = Description['layout'];

const KINDS: Record<LayoutName, DatasetKind> = {
  folders: 'pairs',
  sideBySide: 'pairs',
  sets: 'sets',
  labelFolders: 'labelled',
  labelFile: 'labelled',
  pictures: 'pictures',
};

const SIDES: Record<LayoutName, readonly string[]> = {
  folders: ['A', 'B'],
  sideBySide: ['train'],
  sets: ['trainA', 'trainB'],
  labelFolders: [],
  labelFile: [],
  pictures: ['pictures'],
};

const MISMATCH: Record<LayoutName, string> = {
  folders: 'This dataset has its pairs in A/ and B/, and what was dropped is not laid out so',
  sideBySide: 'This dataset has side-by-side pairs, and what was dropped is not twice as wide as high',
  sets: 'This dataset has two sets of pictures, and what was dropped has not',
  labelFolders: 'This dataset has a folder for each label, and what was dropped has not',
  labelFile: 'This dataset has a labels.csv, which pictures cannot be added to',
  pictures: 'This dataset is a set of pictures',
};

function layoutOf({ recognised }: Survey): LayoutName {
  if (recognised.kind === 'nothing') throw new UserError(recognised.reason);
  if (recognised.kind === 'pairs') return recognised.layout;
  // Also those of a labels.csv: a picture that is moved into its label's folder needs no list beside it.
  return recognised.kind === 'labelled' ? 'labelFolders' : recognised.kind;
}

/** What a dataset holds already, with every name that is taken in it. */
function describedNames(folder: string): Pick<Description, 'kind' | 'layout'> & { names: string[] } {
  const { kind, layout, pictures, unmatched } = describeDataset(folder);
  const sides = pictures.flatMap((entry) => entry.sides);
  return { kind, layout, names: [...pictures.map(({ name }) => name), ...[...sides, ...unmatched].map(stemOf)] };
}

interface CopyOptions {
  folder: string;
  layout: LayoutName;
  /** Names of the pictures that are there already. */
  taken: readonly string[];
  onProgress: OnProgress | undefined;
}

interface Copied extends Pick<Imported, 'count' | 'skipped' | 'renamed'> {
  pinned: string[];
  sources: Record<string, string>;
  /** Pairs whose names are read differently: whatever comes later, they stay pairs. */
  partners: [string, string][];
}

/** Copies what can be opened. @throws UserError when that is nothing */
async function copyItems(items: readonly Item[], { folder, layout, taken, onProgress }: CopyOptions): Promise<Copied> {
  const skipped: Skipped[] = [];
  const renamed: Skipped[] = [];
  const partners: Copied['partners'] = [];
  const pinned: string[] = [];
  const sources: Record<string, string> = {};
  let [done, count] = [0, 0];
  // Names are given out in order, before the copying, which ends in any order.
  const named = NAMING[layout]?.(items, taken) ?? nameAll(items, taken);
  await mapPool(named, 6, async (item) => {
    const broken = await whyNot(item, layout);
    skipped.push(...broken);
    if (broken.length === 0) {
      for (const { file, side, as } of item.parts)
        await copy(file, join(folder, side, as + extname(file).toLowerCase()));
      if (item.source !== undefined) sources[item.name] = item.source;
      if (layout !== 'folders' || item.parts.length === 2) count++;
      if (item.pinned) pinned.push(layout === 'sets' ? setName(item) : item.name);
      renamed.push(...renames(item));
      const [a, b] = item.parts;
      if (a && b && readName(a.as) !== readName(b.as)) partners.push([`${a.side}/${a.as}`, `${b.side}/${b.as}`]);
    }
    onProgress?.(++done, items.length);
  });
  for (const list of [skipped, renamed]) list.sort((a, b) => (a.file < b.file ? -1 : 1));
  if (count === 0) throw new UserError(skipped[0]?.why ?? 'There is no pair of pictures in it');
  return { count, pinned: pinned.sort(), sources, partners: partners.sort(), skipped, renamed };
}

/** The pictures of an item that are called otherwise than their files were. */
const renames = ({ parts }: NamedItem): Skipped[] =>
  parts.flatMap(({ file, as }) => {
    const stem = stemOf(file);
    const [why] = WHY_RENAMED.find(([, is]) => is(stem)) ?? ['a picture of that name was there already'];
    return as === stem ? [] : [{ file, why: `is called “${as}” here: ${why}` }];
  });

/** Why a picture's own name was not taken, the first that is true. */
const WHY_RENAMED: readonly (readonly [string, (stem: string) => boolean])[] = [
  ['its name was too long', isTooLong],
  ['not every system takes its name', (stem) => safeName(stem) !== stem],
];

/** An item with the names that its files get. */
interface NamedItem extends Item {
  parts: (Item['parts'][number] & { as: string })[];
}

/**
 * Files keep their names, also where the two of a pair are written otherwise; only what no system takes, or what is taken
 * already, gets another, and then both of a pair the same. A pair is called as its input.
 */
function nameAll(items: readonly Item[], taken: readonly string[]): NamedItem[] {
  const names = new Names(taken);
  return items.map((item) => {
    const own = item.parts.map(({ file }) => stemOf(file));
    const name = names.take(own[0]!);
    const kept = name === own[0] && own.slice(1).every((stem) => takeWith(names, name, stem));
    return { ...item, name, parts: item.parts.map((part, i) => ({ ...part, as: kept ? own[i]! : name })) };
  });
}

/** Whether a target can keep its name: that of its input, as it is read, or one that is free. */
const takeWith = (names: Names, name: string, stem: string): boolean =>
  readName(stem) === readName(name) ? safeName(stem) === stem : names.takeAs(stem);

/** Names are taken once in each folder. */
function nameInLabels(items: readonly Item[], taken: readonly string[]): NamedItem[] {
  const folders = new Map<string, Names>();
  return items.map((item) => {
    const label = `${item.parts[0]!.side}/`;
    const names =
      folders.get(label) ?? new Names(taken.filter((n) => n.startsWith(label)).map((n) => n.slice(label.length)));
    folders.set(label, names);
    const name = names.take(item.name);
    return { ...item, name, parts: item.parts.map((part) => ({ ...part, as: name })) };
  });
}

/** Layouts in which equal names can be two pictures. */
const NAMING: Partial<Record<LayoutName, typeof nameAll>> = { sets: nameInSets, labelFolders: nameInLabels };

/** Each set has names of its own: `A/cup` and `B/cup` are two pictures. */
function nameInSets(items: readonly Item[], taken: readonly string[]): NamedItem[] {
  const names = (set: string): Names => new Names(taken.filter((n) => n.startsWith(set)).map((n) => n.slice(2)));
  const sets: Record<string, Names> = { A: names('A/'), B: names('B/') };
  return items.map((item) => {
    const name = sets[item.parts[0]!.side.at(-1)!]!.take(item.name);
    return { ...item, name, parts: item.parts.map((part) => ({ ...part, as: name })) };
  });
}

/** The pictures of an item that stay behind, each with why: none when all can be opened. */
async function whyNot({ parts }: Item, layout: LayoutName): Promise<Skipped[]> {
  const faults = await Promise.all(parts.map(async ({ file }) => ({ file, why: await faultOf(file, layout) })));
  const first = faults.find(({ why }) => why);
  if (!first) return [];
  return faults.map(({ file, why }) => ({ file, why: why ?? `its partner cannot be used: ${first.why}` }));
}

async function faultOf(file: string, layout: LayoutName): Promise<string | undefined> {
  try {
    const { width } = await probePicture(file);
    return layout === 'sideBySide' && width < 2 ? `${file} is one pixel wide, and has no two halves` : undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

async function copy(file: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true }); // val/ is made when something goes there
  // A clone where the file system can: it takes no space until one of the two changes.
  await copyFile(file, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch((error: unknown) => {
    throw explainIo(error, `Cannot copy ${file} to ${to}`);
  });
}
