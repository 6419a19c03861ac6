/**
 * What the studio does about the doctor's findings: one row a fix. Nothing is ever deleted: pictures are moved below
 * left-out/, or what is said of them is written down, and each fix can be taken back.
 */
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { HELD_OUT_FILE, readHeldOut, shown, writeHeldOut } from '../../engine/data/datasets.ts';
import { PARTNERS_FILE, readPartners, withoutEnding, writePartners } from '../../engine/data/partners.ts';
import { readVariants, type SourceOf } from '../../engine/data/variants.ts';
import { UserError } from '../../errors.ts';
import type { Finding, FindingKind, FixKind } from '../findings.ts';
import { change, type Changes, type Undo } from './changes.ts';
import { cropPair } from './crop-pair.ts';
import { listContents, thingsOf } from './contents.ts';
import { ORIGINALS } from './describe.ts';
import { stemOf } from './names.ts';
import { proposePairs } from './re-pair.ts';
import { LEFT_OUT } from '../../engine/data/datasets.ts';

export { undoFix, type Undo } from './changes.ts';

/** A fix at work: the dataset as it is, and where changes go. */
interface Case {
  folder: string;
  finding: Pick<Finding, 'kind' | 'files'>;
  things: ThingFiles[];
  changes: Changes;
}

/** What belongs together, by the names of its files, relative to the dataset: two, or one. */
interface ThingFiles {
  name: string;
  files: string[];
  heldOut: boolean;
}

/** The fixes. Each says how many files it has changed. */
const FIXES: Record<FixKind, (fix: Case) => number | Promise<number>> = { leaveOut, rePair, crop, holdOut };

/** Does something about a finding. @throws UserError, and nothing is changed */
export async function applyFix(
  folder: string,
  finding: Pick<Finding, 'kind' | 'files'>,
  fix: FixKind,
): Promise<{ changed: number; undo: Undo }> {
  if (!Object.hasOwn(FIXES, fix)) throw new UserError(`There is no fix "${fix}"`);
  const things = thingsOf(listContents(folder)).map(({ name, pictures, heldOut }) => ({
    name,
    files: [...new Set(pictures.map(({ file }) => file))].map((file) => shown(folder, file)),
    heldOut: heldOut ?? false,
  }));
  return change(folder, (changes) => FIXES[fix]({ folder, finding, things, changes }));
}

/** Of these a first one is kept, as only its copies are too much. */
const COPIES: readonly FindingKind[] = ['duplicate', 'nearDuplicate', 'leak'];

/** Moves pictures, and their partners, below left-out/. */
function leaveOut({ folder, finding, things, changes }: Case): number {
  const sourceOf = readVariants(folder);
  const found = new Set(finding.files);
  const touched = things.filter(({ files }) => files.some((file) => found.has(file)));
  const kept = COPIES.includes(finding.kind) ? firstOf(touched, found, sourceOf) : undefined;
  const gone = touched.filter((pair) => !kept || kept !== variantsOf(pair, found, sourceOf));
  const paired = new Set(touched.flatMap(({ files }) => files));
  const alone = finding.files.filter((file) => !paired.has(file));
  return leave(changes, [...gone.flatMap(({ files }) => files), ...alone]);
}

function leave(changes: Changes, files: readonly string[]): number {
  const all = new Set(files);
  for (const file of all) changes.move(file, `${LEFT_OUT}/${inDataset(file)}`);
  return all.size;
}

/** The first pair that can stay: not one whose two pictures are copies of each other. */
function firstOf(things: readonly ThingFiles[], found: ReadonlySet<string>, sourceOf: SourceOf): string | undefined {
  return things.map((thing) => variantsOf(thing, found, sourceOf)).find((key) => key !== undefined);
}

/** What all variants of a picture in one folder share; undefined where both pictures of the pair were found. */
function variantsOf({ files }: ThingFiles, found: ReadonlySet<string>, sourceOf: SourceOf): string | undefined {
  const [file, other] = files.filter((name) => found.has(name));
  return file && !other ? `${dirname(file)}/${sourceOf(stemOf(file))}` : undefined;
}

/** Writes down which pictures belong together that their names do not pair: the files keep their names. */
async function rePair({ folder, finding, changes }: Case): Promise<number> {
  const found = new Set(finding.files);
  const proposals = (await proposePairs(folder)).filter(({ a, b }) => found.has(a) && found.has(b));
  changes.keepText(PARTNERS_FILE);
  const said = proposals.map(({ a, b }) => [withoutEnding(a), withoutEnding(b)] as const);
  if (said.length > 0) writePartners(folder, [...readPartners(folder), ...said]);
  return said.length;
}

/** Crops the pictures of pairs to what both show, and keeps the originals. */
async function crop({ folder, finding, things, changes }: Case): Promise<number> {
  const found = new Set(finding.files);
  let changed = 0;
  for (const { files } of things) {
    const [a, b] = files;
    if (!a || !b || !files.some((file) => found.has(file))) continue;
    for (const { file, png } of await cropPair(folder, a, b)) {
      const to = `${posix.dirname(file)}/${stemOf(file)}.png`;
      changes.move(file, `${LEFT_OUT}/${ORIGINALS}/${inDataset(file)}`);
      // A second picture of that name takes part in nothing, and must not stand in the way.
      if (existsSync(join(folder, to))) leave(changes, [to]);
      changes.write(to, png);
      changed++;
    }
  }
  return changed;
}

/** A dataset's own path to a file; a finding comes from elsewhere, and nothing outside the dataset is touched. */
function inDataset(file: string): string {
  const path = posix.normalize(file);
  if (posix.isAbsolute(path) || path.startsWith('..')) throw new UserError(`${file} is not in this dataset`);
  return path;
}

/** Pins everything of a leak to the held-out part, so that none of it is trained on. */
function holdOut({ folder, finding, things, changes }: Case): number {
  const found = new Set(finding.files);
  const names = things.filter(({ heldOut, files }) => !heldOut && files.some((file) => found.has(file)));
  changes.keepText(HELD_OUT_FILE);
  writeHeldOut(folder, [...readHeldOut(folder), ...names.map(({ name }) => name)]);
  if (listContents(folder).parts.some((part) => part.every(({ heldOut }) => heldOut)))
    throw new UserError('Nothing would be left to train on; leave the copies out instead, or add other pictures');
  return names.length;
}
