/** What the dataset doctor concludes from the pictures that it has opened. One function a kind of finding. */
import { dirname, join } from 'node:path';
import { counted, grouped } from '../counted.ts';
import { formatOfName } from '../engine/pictures/formats.ts';
import { saySkipped } from '../engine/pictures/listing.ts';
import type { PictureInfo } from '../engine/pictures/pictures.ts';
import { stemOf } from '../engine/data/names.ts';
import { shown, type PictureRef } from '../engine/data/datasets.ts';
import { thingsOf, type Contents, type Thing } from './datasets/contents.ts';
import { groupBy } from './datasets/group-by.ts';
import { isMisaligned, shiftBetween } from './datasets/misregistration.ts';
import { groupAlike, type Thumb } from './likeness.ts';

export type FindingKind =
  | 'unreadable'
  | 'notRead'
  | 'oneColour'
  | 'scaled'
  | 'unmatched'
  | 'unlabelled'
  | 'missized'
  | 'misaligned'
  | 'oddSize'
  | 'misnamed'
  | 'leak'
  | 'duplicate'
  | 'nearDuplicate'
  | 'alpha';

/** What can be done about a finding. Each moves, renames or pins pictures, deletes none, and can be undone. */
export type FixKind = 'leaveOut' | 'rePair' | 'crop' | 'holdOut';

/** One thing found: a line for a person, and the files that it is about (relative to the dataset, forward slashes). */
export interface Finding {
  kind: FindingKind;
  message: string;
  files: string[];
  /** What the studio offers to do about it, the best first; see `applyFix`. */
  fixes: FixKind[];
}

/** The fixes on offer, one row a kind. What is read well all the same has none. */
const FIXES: Record<FindingKind, readonly FixKind[]> = {
  unreadable: ['leaveOut'],
  notRead: [],
  oneColour: ['leaveOut'],
  scaled: [],
  unmatched: ['rePair', 'leaveOut'],
  unlabelled: ['leaveOut'],
  missized: ['crop', 'leaveOut'],
  misaligned: ['leaveOut'],
  oddSize: ['leaveOut'],
  misnamed: [],
  leak: ['holdOut', 'leaveOut'],
  duplicate: ['leaveOut'],
  nearDuplicate: ['leaveOut'],
  alpha: [],
};

/** A finding with the fixes that are offered for it in this layout. */
export function finding(layout: Contents['layout'], { kind, message, files }: Omit<Finding, 'fixes'>): Finding {
  // The halves of a picture that is not twice as wide as high are not known, so that they cannot be cropped.
  const fixes = FIXES[kind].filter((fix) => fix !== 'crop' || layout === 'folders');
  return { kind, message, files, fixes };
}

/** A picture file that was opened, and how its picture, or the halves of it, look. */
export interface Examined {
  file: string;
  info: PictureInfo;
  sha256: string;
  thumbs: { half: PictureRef['half']; thumb: Thumb; edges: Uint8Array; oneColour: boolean }[];
}

/** Everything but the unreadable pictures, in the order of what matters most. */
export function findingsOf(
  dataset: Contents,
  split: Record<'train' | 'heldOut', Thing[]>,
  examined: readonly Examined[],
): Finding[] {
  const exact = groupBy(examined, ({ sha256 }) => sha256).filter(({ length }) => length > 1);
  const near = nearDuplicates(dataset, examined);
  const found = (kind: FindingKind, pictures: readonly Examined[], message: string): Finding =>
    finding(dataset.layout, { kind, message, files: pictures.map(({ file }) => shown(dataset.folder, file)) });
  const all: Report = (kind, pictures, message) =>
    pictures.length > 0 ? [found(kind, pictures, `${count(pictures.length)} ${message}`)] : [];
  return [
    ...notRead(dataset),
    ...unmatched(dataset),
    ...all(
      'oneColour',
      examined.filter(({ thumbs }) => thumbs.some(({ oneColour }) => oneColour)),
      `of one colour${dataset.layout === 'sideBySide' ? ', or with a half that is' : ''}; there is nothing to learn from them`,
    ),
    ...scaled(examined, found),
    ...missized(dataset, examined, all),
    ...misaligned(dataset, examined, all),
    ...all('oddSize', oddSizesOf(dataset, examined), 'far from the usual size; resizing will blur or lose detail'),
    ...all('misnamed', examined.filter(isMisnamed), 'of another format than the name says; read as what they are'),
    ...leaks([...exact, ...near], split).map((group) => found('leak', group, LEAK)),
    ...exact
      .filter(isSurprising(dataset))
      .map((group) => found('duplicate', group, `${count(group.length)} with exactly the same content`)),
    ...near
      .filter(isSurprising(dataset))
      .map((group) => found('nearDuplicate', group, `${count(group.length)} that look the same`)),
    ...all(
      'alpha',
      examined.filter(({ info }) => info.hasAlpha),
      'with alpha: a training in RGBA keeps it, one in RGB lays them over white',
    ),
  ];
}

/** Files beside the pictures that nothing reads. */
function notRead({ folder, layout, skipped }: Contents): Finding[] {
  if (skipped.length === 0) return [];
  const files = skipped.map(({ file }) => shown(folder, file));
  return [
    finding(layout, {
      kind: 'notRead',
      message: saySkipped(skipped.map((one, i) => ({ ...one, file: files[i]! }))),
      files,
    }),
  ];
}

/** Pictures of floats that do not run from 0 to 1 or 255: one finding a range. */
function scaled(
  examined: readonly Examined[],
  found: (kind: FindingKind, pictures: readonly Examined[], message: string) => Finding,
): Finding[] {
  const ranges = ({ info: { values } }: Examined): string => `${values!.low} to ${values!.high}`;
  const odd = examined.filter(
    ({ info: { values } }) => values && !(values.low === 0 && [1, 255].includes(values.high)),
  );
  return groupBy(odd, ranges).map((group) =>
    found(
      'scaled',
      group,
      `${count(group.length)} with values of ${ranges(group[0]!)}: the lowest is taken for black, the highest for white`,
    ),
  );
}

/** Makes one finding of some pictures, or none where there are none. */
type Report = (kind: FindingKind, pictures: readonly Examined[], message: string) => Finding[];

/** Variants of one picture are meant to be alike. */
const isSurprising =
  ({ sourceOf }: Contents) =>
  (group: readonly Examined[]): boolean => {
    const sources = group.map(({ file }) => join(dirname(file), sourceOf(stemOf(file))));
    return new Set(sources).size > 1;
  };

const LEAK =
  'The same picture is in the training part and in the held-out part: the training will look better than it is';

const count = (n: number): string => counted(n, 'picture', 'pictures');

/** Sizes as "256 x 256", the most common first. */
export function countSizes(examined: readonly Examined[]): { size: string; count: number }[] {
  return groupBy(examined, sizeOf)
    .map((group) => ({ size: sizeOf(group[0]!), count: group.length }))
    .sort((a, b) => b.count - a.count || (a.size < b.size ? -1 : 1));
}

function sizeOf({ info }: Examined): string {
  return `${info.width} x ${info.height}`;
}

function unmatched({ kind, layout, unmatched: files, open }: Contents): Finding[] {
  if (files.length === 0) return [];
  if (kind === 'labelled') {
    const message = `${count(files.length)} without a label; left out of training`;
    return [finding(layout, { kind: 'unlabelled', message, files })];
  }
  const unsure = open.flatMap(({ inputs, targets }) => [...inputs, ...targets]);
  const several =
    unsure.length > 0
      ? `; ${grouped(unsure.length)} of them could go with more than one: say which in partners.json, or import them anew and choose`
      : '';
  const message = `${count(files.length)} without a partner; left out of training${several}`;
  return [finding(layout, { kind: 'unmatched', message, files })];
}

/** Pairs whose pictures differ in size, or side-by-side pictures that are not twice as wide as high. */
function missized(dataset: Contents, examined: readonly Examined[], all: Report): Finding[] {
  if (dataset.layout === 'sideBySide') {
    const shapes = groupBy(examined, ({ info }) => (info.width / info.height).toFixed(2));
    const common = shapes.reduce((one, other) => (other.length > one.length ? other : one), []);
    const wrong = examined.filter((one) => !common.includes(one));
    return all('missized', wrong, 'of another shape than most: are they pairs? They are cut in halves all the same');
  }
  const byFile = new Map(examined.map((one) => [one.file, one]));
  const wrong = thingsOf(dataset).flatMap(({ pictures }) => {
    const [a, b] = pictures.map(({ file }) => byFile.get(file));
    return a && b && sizeOf(a) !== sizeOf(b) ? [a, b] : [];
  });
  return all('missized', wrong, 'whose partner has another size; both are stretched to the training size');
}

/** Pairs whose two pictures are shifted against each other. */
function misaligned(dataset: Contents, examined: readonly Examined[], all: Report): Finding[] {
  const byFile = new Map(examined.map((one) => [one.file, one]));
  const wrong = thingsOf(dataset).flatMap(({ pictures }) => {
    const [a, b] = pictures.map(({ file, half }) => {
      const one = byFile.get(file);
      const edges = one?.thumbs.find((thumb) => thumb.half === half)?.edges;
      return edges ? { one, edges } : undefined;
    });
    return a && b && isMisaligned(shiftBetween(a.edges, b.edges)) ? [...new Set([a.one, b.one])] : [];
  });
  return all('misaligned', wrong, 'that lie shifted against their partners; training on them learns blur');
}

/** Two sets have sizes of their own. */
function oddSizesOf({ layout, parts }: Contents, examined: readonly Examined[]): Examined[] {
  if (layout !== 'sets') return oddSizes(examined);
  const sets = parts.map((things) => new Set(things.map(({ pictures }) => pictures[0]!.file)));
  return sets.flatMap((files) => oddSizes(examined.filter(({ file }) => files.has(file))));
}

/**
 * Where half of the pictures or more have one size, all others are odd. Else those are that have less than a quarter
 * or more than four times the pixels of the picture in the middle.
 */
function oddSizes(examined: readonly Examined[]): Examined[] {
  const common = countSizes(examined)[0];
  if (!common) return [];
  if (common.count * 2 >= examined.length) return examined.filter((one) => sizeOf(one) !== common.size);
  const pixels = ({ info }: Examined): number => info.width * info.height;
  const middle = examined.map(pixels).sort((a, b) => a - b)[examined.length >> 1]!;
  return examined.filter((one) => pixels(one) * 4 < middle || pixels(one) > middle * 4);
}

function isMisnamed({ file, info }: Examined): boolean {
  return formatOfName(file) !== info.format;
}

/** Groups that look the same on one side (inputs among inputs, A among A), without those of exactly the same content. */
function nearDuplicates({ parts }: Contents, examined: readonly Examined[]): Examined[][] {
  const byFile = new Map(examined.map((one) => [one.file, one]));
  const sides = parts.flatMap((things) => [0, 1].map((side) => things.flatMap(({ pictures }) => pictures[side] ?? [])));
  const groups = sides.flatMap((pictures) => {
    const seen = pictures.flatMap((picture) => {
      const one = byFile.get(picture.file);
      const thumb = one?.thumbs.find(({ half }) => half === picture.half)?.thumb;
      return one && thumb ? [{ one, thumb }] : [];
    });
    return groupAlike(seen.map(({ thumb }) => thumb)).map((group) => group.map((index) => seen[index]!.one));
  });
  const different = groups.filter((group) => new Set(group.map(({ sha256 }) => sha256)).size > 1);
  return groupBy(different, (group) => group.map(({ file }) => file).join('\n')).map(([first]) => first!);
}

/** Groups with pictures of both parts. */
function leaks(groups: readonly Examined[][], { train, heldOut }: Record<'train' | 'heldOut', Thing[]>): Examined[][] {
  const filesOf = (things: readonly Thing[]): Set<string> =>
    new Set(things.flatMap(({ pictures }) => pictures.map(({ file }) => file)));
  const [trained, held] = [filesOf(train), filesOf(heldOut)];
  return groups.filter(
    (group) => group.some(({ file }) => trained.has(file)) && group.some(({ file }) => held.has(file)),
  );
}
