/**
 * What a person dropped onto the studio: pairs, two sets that pair up, pictures, or nothing of use. It is told by names
 * and, for loose pictures, by their shape. `survey` also says which file goes where, which is all that an import needs.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { listPairs, type PairDataset } from '../../engine/datasets.ts';
import { isSideBySide, probePicture } from '../../engine/pictures.ts';
import { UserError } from '../../errors.ts';
import { mapPool } from '../../pool.ts';
import { stemOf } from './names.ts';
import { isFolder, keyBelow, subfoldersOf, walkPictures } from './walk.ts';

/** What dropped files and folders are. */
export type Recognised =
  | { kind: 'pairs'; layout: PairDataset['layout']; count: number }
  | { kind: 'twoSets'; a: string; b: string; matching: number }
  | { kind: 'pictures'; count: number }
  | { kind: 'nothing'; reason: string };

/** The folder of a dataset in which a picture goes. */
export type Side = 'A' | 'B' | 'train' | 'val' | 'pictures';

/** Pictures that belong together, and where they go; one alone has no partner (yet). */
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

/** Loose pictures of which so many, evenly spread, are side by side are taken to be so all: opening each takes long. */
const MOST_PROBED = 256;

/** Says what dropped files and folders are. @throws UserError when one is not there or cannot be read */
export async function recognise(sources: readonly string[]): Promise<Recognised> {
  return (await survey(sources)).recognised;
}

/** `recognise`, with what goes where. @param as `pictures` takes everything as one set of pictures */
export async function survey(sources: readonly string[], as?: 'pictures'): Promise<Survey> {
  const paths = [...new Set(sources.map((source) => resolve(source)))];
  const folders: string[] = [];
  for (const path of paths) if (await isFolder(path)) folders.push(path);
  if (!as && folders.length === paths.length) {
    const paired = (await asPairs(folders)) ?? (await asTwoSets(folders));
    if (paired) return paired;
  }
  const walked = await mapPool(paths, 4, async (path) => (folders.includes(path) ? walkPictures(path) : [path]));
  return asLoose([...new Set(walked.flat())], as);
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
  return { file, side: basename(dirname(file)) as Side };
}

/** Two folders, or one with just two subfolders, of which at least half of the pictures have equal names. */
async function asTwoSets(folders: readonly string[]): Promise<Survey | undefined> {
  const [first, second] = folders.length === 1 ? await twoSubfolders(folders[0]!) : folders;
  if (!first || !second || folders.length > 2) return undefined;
  const [inputs, targets] = [await byKey(first), await byKey(second)];
  const matching = [...inputs.keys()].filter((key) => targets.has(key)).length;
  if (matching === 0 || matching * 2 < Math.max(inputs.size, targets.size)) return undefined;
  const items = [...new Set([...inputs.keys(), ...targets.keys()])].map((key): Item => {
    const sides = { A: inputs.get(key), B: targets.get(key) };
    const parts = (['A', 'B'] as const).flatMap((side) => (sides[side] ? [{ file: sides[side], side }] : []));
    return { name: basename(key), parts };
  });
  return { recognised: { kind: 'twoSets', a: first, b: second, matching }, items };
}

/** Names that say which of two subfolders holds the drawings. */
const INPUT_NAMES = /sketch|line|ink|draw|input|edge|label|mask|source/i;

async function twoSubfolders(folder: string): Promise<string[]> {
  const names = await subfoldersOf(folder);
  if (names.length !== 2) return [];
  const [first, second] = names as [string, string];
  const swap = INPUT_NAMES.test(second) && !INPUT_NAMES.test(first);
  return (swap ? [second, first] : names).map((name) => join(folder, name));
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
async function asLoose(files: readonly string[], as: 'pictures' | undefined): Promise<Survey> {
  const readable = await shapes(files);
  if (files.length === 0) return nothing('There is no picture in it (PNG, JPEG, WebP, AVIF, TIFF, TGA or GIF)');
  if (readable.length === 0) return nothing('No picture in it can be opened; save them again as PNG');
  const paired = !as && readable.every(isSideBySide);
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
