/**
 * One set of pictures as it lies on disk: a folder of them, a dataset of the studio that holds them in `pictures/`, or
 * labelled pictures, whose labels come along.
 */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { listFlat, type Skipped } from '../pictures/listing.ts';
import { LEFT_OUT, pin, readHeldOut, type Item } from './datasets.ts';
import { LABELS_FILE, listLabelled } from './labelled.ts';
import { stemOf } from './names.ts';
import { readVariants } from './variants.ts';

/** Where a dataset of the studio holds pictures of one set. */
export const PICTURES = 'pictures';

export interface OneOfSet extends Item {
  file: string;
  /** None where the pictures have none. */
  labels: readonly string[];
}

export interface OneSet {
  folder: string;
  items: OneOfSet[];
  /** In their order; none where the pictures have none. */
  labels: string[];
  /** Pictures without a label, where the others have one. */
  unmatched: string[];
  skipped: Skipped[];
}

/** Opens a set; it must have a picture. @throws UserError that says what is missing */
export function openOneSet(folder: string): OneSet {
  const set = listOneSet(folder);
  if (set.items.length === 0)
    throw new UserError(`${folder} has no picture: put pictures into it, or into a subfolder for each label`);
  return set;
}

/** `openOneSet` for those who show a dataset: it may have no picture (yet, or any more). @throws UserError */
export function listOneSet(folder: string): OneSet {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`Cannot open the dataset ${folder}: it does not exist`);
  const place = existsSync(join(folder, PICTURES)) ? join(folder, PICTURES) : folder;
  const { pictures, skipped } = listFlat(place, (at) => at === join(place, LEFT_OUT));
  if (existsSync(join(folder, LABELS_FILE)) || (place === folder && pictures.length === 0)) {
    const labelled = listLabelled(folder);
    // One label says nothing: it is the name of a folder.
    return { ...labelled, labels: labelled.labels.length > 1 ? labelled.labels : [] };
  }
  const sourceOf = readVariants(folder);
  const items = pictures.map((file): OneOfSet => {
    const name = stemOf(basename(file));
    const source = sourceOf(name);
    return { name, file, labels: [], ...(source !== name && { source }) };
  });
  return { folder, items: pin(items, readHeldOut(folder), sourceOf), labels: [], unmatched: [], skipped };
}
