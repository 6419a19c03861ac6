/**
 * The files of a project that are ours alone, with one schema each. Whatever is read from disk is hostile: a file is
 * whole and of a known version, or it is a problem in words. No path in them leaves the project.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { augmentation, runState } from '../../preload/contract/schemas.ts';
import { explainIo, UserError } from '../errors.ts';
import { writeAtomic } from '../files.ts';

export const PROJECT_FORMAT = 1;

/** `project.json`. What the project holds is found in its folders, so that a damaged manifest loses no work. */
export const manifestSchema = z.object({
  format: z.literal(PROJECT_FORMAT),
  id: z.string().min(1),
  title: z.string(),
  created: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a training was asked for: all of the engine's options that are not places on disk. */
const askedSchema = z.object({
  family: z.string(),
  settings: z.record(z.string(), z.unknown()),
  size: z.int().positive(),
  channels: z.union([z.literal(3), z.literal(4)]),
  batch: z.int().positive(),
  seed: z.int(),
  holdout: z.number(),
  augment: augmentation,
  steps: z.int().positive().nullable(),
  minutes: z.number().positive().nullable(),
  threads: z.int().positive(),
  fromStep: z.int().nullable(),
});

/** `runs/<id>/about.json`, beside the engine's own run.json. */
export const aboutRunSchema = z.object({
  format: z.literal(1),
  title: z.string(),
  created: z.string(),
  dataset: z.string().nullable(),
  /** The run that it goes on from. */
  from: z.string().nullable(),
  state: runState,
  message: z.string().nullable(),
  trainPictures: z.int().nullable(),
  asked: askedSchema,
});
export type AboutRun = z.infer<typeof aboutRunSchema>;

/** `models/<id>.json`, beside `<id>.onnx` and, if there is one, `<id>.png`. */
export const aboutModelSchema = z.object({
  format: z.literal(1),
  title: z.string(),
  created: z.string(),
  family: z.string(),
  size: z.int().nullable(),
  channels: z.int().nullable(),
  steps: z.int().nullable(),
  run: z.string().nullable(),
  licence: z.string(),
  notes: z.string(),
});
export type AboutModel = z.infer<typeof aboutModelSchema>;

/** `bin/<id>/bin.json`: what was deleted, and the files of it that lie beside. */
export const binSchema = z.object({
  format: z.literal(1),
  what: z.enum(['dataset', 'run', 'model']),
  title: z.string(),
  deleted: z.string(),
  /** Where each entry of the folder belongs, relative to the project. */
  places: z.record(z.string().regex(/^[^/\\]+$/), z.string().regex(/^(datasets|runs|models)\/[^/\\]+$/)),
});
export type BinRecord = z.infer<typeof binSchema>;

/** Reads one of these files. @throws UserError that names it when it is missing, damaged or newer than this version */
export function readRecord<T>(file: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${file} is damaged`, { cause: error });
    throw explainIo(error, `Cannot read ${file}`);
  }
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > PROJECT_FORMAT)
    throw new UserError(`${file} was made by a newer version of Maquette; update to open it`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new UserError(`${file} is damaged (${parsed.error.issues[0]?.path.join('.') ?? ''})`);
  return parsed.data;
}

/** Writes one of these files, whole or not at all. @throws UserError */
export const writeRecord = (file: string, record: object): void =>
  writeAtomic(file, [`${JSON.stringify(record, null, 2)}\n`]);
