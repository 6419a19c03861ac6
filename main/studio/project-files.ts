/**
 * The files of a project that are ours alone, with one schema each. No path in them leaves the project. What crosses to
 * the window has schemas of its own (preload/contract): it may change, and these files still mean what they meant.
 */
import { z } from 'zod';
import { modelDoes } from '../../preload/contract/schemas.ts';
import { runSchema } from '../engine/training/run-folder.ts';
import type { RecordKind } from '../records.ts';

export const PROJECT_FORMAT = 1;

const direction = z.enum(['AtoB', 'BtoA']);
const runState = z.enum(['queued', 'training', 'paused', 'stopped', 'done', 'failed']);
const valueRange = z.enum(['-1..1', '0..1', '0..255']);
const layout = z.enum(['nchw', 'nhwc']);
const perColour = z.tuple([z.number(), z.number(), z.number()]);

/** How a picture goes into a model of another tool, and how it comes out. */
const pictureIo = z.object({
  ...{ layout, outputLayout: layout, range: valueRange, outputRange: valueRange },
  ...{ mean: perColour, deviation: perColour, channels: z.enum(['rgb', 'bgr', 'grey']) },
  size: z.object({ width: z.int().min(1), height: z.int().min(1) }).nullable(),
  ...{ multiple: z.int().min(1), rest: z.int().min(0) },
  ...{ input: z.string().nullable(), output: z.string().nullable(), outputs: z.array(z.string()) },
  dials: z.array(z.object({ name: z.string(), value: z.number(), least: z.number(), most: z.number() })),
});

/** `project.json`. What the project holds is found in its folders, so that a damaged manifest loses no work. */
const manifestSchema = z.object({
  format: z.literal(PROJECT_FORMAT),
  id: z.string().min(1),
  title: z.string(),
  created: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** What a training was asked for: all of the engine's options that are not places on disk. */
const askedSchema = runSchema
  .pick({ family: true, settings: true, size: true, channels: true, batch: true, seed: true, holdout: true })
  .extend(runSchema.pick({ augment: true, emphasis: true, steps: true, minutes: true, threads: true }).shape)
  .extend({ fromStep: z.int().nullable() });

/** `runs/<id>/about.json`, beside the engine's own run.json. */
const aboutRunSchema = z.object({
  format: z.literal(1),
  title: z.string(),
  created: z.string(),
  dataset: z.string().nullable(),
  /** Another dataset of its kind, whose pictures it learns from beside these. */
  also: z.string().nullable().default(null),
  /** The run that it goes on from. */
  from: z.string().nullable(),
  /** The model that it begins from, where that is not of a run. */
  fromModel: z.string().nullable().default(null),
  state: runState,
  message: z.string().nullable(),
  trainPictures: z.int().nullable(),
  asked: askedSchema,
});
export type AboutRun = z.infer<typeof aboutRunSchema>;

/** `models/<id>.json`, beside `<id>.onnx`, and of what there is `<id>.BtoA.onnx`, `<id>.pretrained.onnx` and `<id>.png`. */
const aboutModelSchema = z.object({
  format: z.literal(2),
  title: z.string(),
  created: z.string(),
  family: z.string(),
  does: modelDoes,
  size: z.int().nullable(),
  /** Of one that upscales: its results are so many times as wide and high. */
  factor: z.int().nullable().default(null),
  channels: z.int().nullable(),
  steps: z.int().nullable(),
  run: z.string().nullable(),
  /** What it was taught from: a model of the library, or an upscaler that is brought along. */
  from: z.string().nullable().default(null),
  licence: z.string(),
  notes: z.string(),
  /** What `<id>.onnx` does; of a model of two directions, A to B. */
  direction,
  anySize: z.boolean(),
  /** Of models of other tools. */
  io: pictureIo.nullable(),
  confirmed: z.boolean(),
  /** Which of those that Maquette brings along it is. */
  starter: z.string().nullable().default(null),
});
export type AboutModel = z.infer<typeof aboutModelSchema>;

const fileNote = z.object({ file: z.string(), why: z.string() });

/** How pictures are made larger: with one of the upscalers that are brought along, or a model of the library. */
const upscaling = z.object({
  upscaler: z.string(),
  target: z.union([
    z.object({ factor: z.number() }),
    z.object({ width: z.int().optional(), height: z.int().optional() }),
  ]),
  wrap: z.boolean(),
  keepColours: z.boolean().default(false),
  softness: z.number().default(0),
  layers: z.boolean().default(false),
});

/** `pictures/<id>/batch.json`, beside the results. Where the originals lie is not in the project: see batch-places.ts. */
const batchSchema = z.object({
  format: z.literal(1),
  title: z.string(),
  created: z.string(),
  model: z.string().nullable(),
  direction,
  size: z.enum(['model', 'own']),
  /** Set where the pictures are made larger instead of translated; there is no model of the library then. */
  upscale: upscaling.nullable().default(null),
  state: z.enum(['running', 'queued', 'paused', 'done', 'failed', 'stopped']),
  message: z.string().nullable(),
  names: z.array(z.string()),
  /** Why pictures could not be translated, by their names. */
  problems: z.record(z.string(), z.string()),
  /** Files that were given and are not read; results that are called otherwise than their pictures. Each with why. */
  skipped: z.array(fileNote).default([]),
  renamed: z.array(fileNote).default([]),
  /** What of pictures is not as it was besides their size, by their names: of PSDs what became pixels, or was left out. */
  changed: z.record(z.string(), z.string()).default({}),
  /** How wide and high the tiles were at most that pictures were cut into. */
  tiles: z.int().nullable().default(null),
  /** The results that the person marked to be kept. */
  kept: z.array(z.string()).default([]),
});
export type BatchRecord = z.infer<typeof batchSchema>;

/** `bin/<id>/bin.json`: what was deleted, and the files of it that lie beside. */
const binSchema = z.object({
  format: z.literal(1),
  what: z.enum(['dataset', 'run', 'model', 'drawing', 'batch']),
  title: z.string(),
  deleted: z.string(),
  /** Where each entry of the folder belongs, relative to the project. */
  places: z.record(
    z.string().regex(/^[^/\\]+$/),
    z.string().regex(/^(datasets|runs|models|drawings|pictures)\/[^/\\]+$/),
  ),
});
export type BinRecord = z.infer<typeof binSchema>;

/** What was not asked of models of other tools in format 1: the output had the layout of the input. */
const ioOfFormat1 = (io: { layout?: unknown }): object => ({
  ...{ outputLayout: io.layout, mean: [0, 0, 0], deviation: [1, 1, 1], rest: 0 },
  ...{ input: null, output: null, outputs: [], dials: [] },
});

/** How each of them is read. */
export const MANIFEST: RecordKind<Manifest> = { schema: manifestSchema, format: PROJECT_FORMAT };
export const ABOUT_RUN: RecordKind<AboutRun> = { schema: aboutRunSchema, format: 1 };
export const ABOUT_MODEL: RecordKind<AboutModel> = {
  schema: aboutModelSchema,
  format: 2,
  // Models of format 1 all translated; the first of them knew neither directions nor other tools, the next not all of
  // what is asked of other tools' models.
  up: {
    1: ({ io, ...old }) => ({
      ...{ direction: 'AtoB', anySize: false, confirmed: true },
      ...old,
      ...{ does: 'translate', io: io ? { ...ioOfFormat1(io), ...io } : null },
    }),
  },
};
export const BATCH: RecordKind<BatchRecord> = { schema: batchSchema, format: 1 };
export const BIN: RecordKind<BinRecord> = { schema: binSchema, format: 1 };
