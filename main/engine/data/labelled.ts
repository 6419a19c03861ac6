/**
 * Labelled pictures as they lie on disk: a subfolder a label, or a `labels.csv` beside the pictures, whose first line names
 * the columns (`file,label` or `file,trait,trait,...`). Of several traits the labels are `trait=value`, as a subfolder says
 * them too: `hair=bun, skin=dark`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { labelOf } from '../../../models/families/traits.ts';
import { explainIo, UserError } from '../../errors.ts';
import { listFlat, listFolder, type Skipped } from '../pictures/listing.ts';
import { LEFT_OUT, type Item } from './datasets.ts';
import { stemOf } from './names.ts';

/** A picture with its labels: one of each trait. */
export interface Labelled extends Item {
  file: string;
  labels: readonly string[];
}

export interface LabelledDataset {
  folder: string;
  layout: 'labelFolders' | 'labelFile';
  items: Labelled[];
  /** In their order: sorted. */
  labels: string[];
  /** Pictures without a label, relative to the folder. */
  unmatched: string[];
  /** Files that are not read, and why. */
  skipped: Skipped[];
}

export const LABELS_FILE = 'labels.csv';

const HOW = `put the pictures into a subfolder for each label, or a ${LABELS_FILE} beside them (file,label)`;

/** Opens a folder of labelled pictures: at least two labels, each with a picture. @throws UserError */
export function openLabelled(folder: string): LabelledDataset {
  const dataset = listLabelled(folder);
  if (dataset.labels.length < 2)
    throw new UserError(`${folder} has ${dataset.labels.length === 0 ? 'no label' : 'one label only'}: ${HOW}`);
  return dataset;
}

/** `openLabelled` for those who show a dataset: it may have no picture (yet, or any more). @throws UserError */
export function listLabelled(folder: string): LabelledDataset {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`Cannot open the dataset ${folder}: it does not exist`);
  const found = existsSync(join(folder, LABELS_FILE)) ? byFile(folder) : byFolders(folder);
  return { folder, ...found, labels: sortedLabels(found.items) };
}

/** The subfolder of pictures with these labels; of several traits `hair=bun, skin=dark`. */
export const folderOfLabels = (labels: readonly string[]): string => labels.join(', ');

/** The labels that a subfolder's name says. */
function labelsOfFolder(name: string): string[] {
  const parts = name.split(', ');
  return parts.length > 1 && parts.every((part) => /^[^=]+=./.test(part)) ? parts : [name];
}

/** All labels of some pictures, each once; those of a trait stand together. */
export const sortedLabels = (items: readonly { labels: readonly string[] }[]): string[] =>
  [...new Set(items.flatMap(({ labels }) => labels))].sort();

type Found = Pick<LabelledDataset, 'layout' | 'items' | 'unmatched' | 'skipped'>;

/** Names begin with their label, so that equal ones in two folders stay two pictures. */
function byFolders(folder: string): Found {
  const isFolder = (name: string): boolean =>
    statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const labels = readdirSync(folder)
    .filter((name) => !name.startsWith('.') && name !== LEFT_OUT && isFolder(name))
    .sort();
  const beside = listFolder(folder);
  const skipped = [...beside.skipped];
  const items = labels.flatMap((label) => {
    const found = listFlat(join(folder, label));
    skipped.push(...found.skipped);
    return found.pictures.map((file) => ({ name: `${label}/${stemOf(file)}`, file, labels: labelsOfFolder(label) }));
  });
  return { layout: 'labelFolders', items, unmatched: beside.pictures.map((file) => basename(file)), skipped };
}

function byFile(folder: string): Found {
  const rows = readCsv(join(folder, LABELS_FILE));
  const [header, ...lines] = rows;
  if (!header || header.length < 2)
    throw new UserError(`${join(folder, LABELS_FILE)} has no column for the label: ${HOW}`);
  const traits = header.slice(1);
  const labelsOf = (values: readonly string[]): string[] =>
    traits.map((trait, i) => (traits.length > 1 ? labelOf(trait, values[i] ?? '') : (values[i] ?? '')));
  const rowOf = new Map(lines.map(([file = '', ...values]) => [file.normalize('NFC'), values]));
  const items: Labelled[] = [];
  const unmatched: string[] = [];
  const { pictures, skipped } = listFlat(folder, (at) => at === join(folder, LEFT_OUT));
  for (const file of pictures) {
    const values = rowOf.get(basename(file).normalize('NFC')) ?? rowOf.get(stemOf(file).normalize('NFC'));
    if (!values || traits.some((_, i) => (values[i] ?? '') === '')) unmatched.push(basename(file));
    else items.push({ name: stemOf(file), file, labels: labelsOf(values) });
  }
  const there = new Set(
    pictures.flatMap((file) => [basename(file), stemOf(file)]).map((name) => name.normalize('NFC')),
  );
  const missing = [...rowOf.keys()]
    .filter((name) => !there.has(name))
    .map((name): Skipped => ({ file: name, why: `is named in ${LABELS_FILE}, and no such picture is there` }));
  return { layout: 'labelFile', items, unmatched, skipped: [...skipped, ...missing] };
}

/** The rows of a CSV file (RFC 4180): commas, double quotes around what holds some. @throws UserError */
function readCsv(file: string): string[][] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw explainIo(error, `Cannot read ${file}`);
  }
  const cells = /(?:^|[,\n])(?:"((?:[^"]|"")*)"|([^",\n]*))/g;
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) =>
      [...line.matchAll(cells)].map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? '').trim()),
    );
}
