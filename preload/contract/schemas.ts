/**
 * What crosses the border, as runtime schemas: the data of every call and event. The renderer imports the types alone.
 * Times are ISO 8601, sizes are pixels or bytes, ids are opaque. Paths never cross: `Picked.token` stands for one.
 */
import { z } from 'zod';
import { BLENDS } from './layers/blend.ts';
import { holdsTogether } from './layers/stack.ts';

const id = z.string().min(1).max(200);
const title = z.string().trim().min(1, 'Give it a name').max(120, 'A name has at most 120 characters');
const share = z.number().min(0).max(1);
/** Pixels and files: any Uint8Array, also a Node Buffer. */
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
export { id, title, bytes };

/** A file or folder that the person picked or dropped. The path stays in main. */
export const picked = z.object({ token: id, name: z.string(), folder: z.boolean() });
export type Picked = z.infer<typeof picked>;

/** A folder of the host's machine, for picking where there is no native dialog. */
export const place = z.object({
  name: z.string(),
  /** For the person to read only. */
  shown: z.string(),
  /** The folder itself. */
  here: picked,
  parent: picked.nullable(),
  /** `thumbnail` is an address, of files that are named as pictures. */
  entries: z.array(picked.extend({ thumbnail: z.string().nullable() })),
  /** The file in it that was asked for by its path. */
  meant: picked.nullable(),
});
export type Place = z.infer<typeof place>;

const colour = z.string().regex(/^#[0-9a-f]{6}$/);

const palette = z.object({ title: z.string().min(1).max(120), colours: z.array(colour).max(512) });

const settingsFields = {
  theme: z.enum(['system', 'light', 'dark']),
  /** Processor threads for engines; null for one a physical core. */
  threads: z.int().min(1).max(256).nullable(),
  /** What trains: an engine's name, or `auto` for the fastest that works. */
  engine: z.string().regex(/^[a-z-]+$/),
  /** Tell of ended jobs through the system. */
  notifications: z.boolean(),
  /** What the Train form last used, by family. */
  lastTraining: z.record(z.string(), z.unknown()),
  /** Colours that are kept for every drawing, in the order in which they were made. */
  palettes: z.array(palette).max(64),
  /** The keys of commands that are not those they come with, by the command's id; '' for none. */
  shortcuts: z.record(z.string(), z.string().max(60)),
  /** How large everything is shown. */
  scale: z.number().min(0.8).max(1.6),
};
/** A change of some settings. Not the schema below made partial: that would fill in its defaults. */
export const settingsChange = z.object(settingsFields).partial();
export const settings = z.object({
  theme: settingsFields.theme.default('system'),
  threads: settingsFields.threads.default(null),
  engine: settingsFields.engine.default('auto'),
  notifications: settingsFields.notifications.default(true),
  lastTraining: settingsFields.lastTraining.default({}),
  palettes: settingsFields.palettes.default([]),
  shortcuts: settingsFields.shortcuts.default({}),
  scale: settingsFields.scale.default(1),
});
export type Settings = z.infer<typeof settings>;

export const appInfo = z.object({
  version: z.string(),
  host: z.enum(['electron', 'browser']),
  platform: z.string(),
  /** Whether `files.pick` opens the system's dialog; else `files.browse` is shown. */
  nativeDialogs: z.boolean(),
  /** Whether `files.reveal` shows a folder in the system's window for files. */
  reveals: z.boolean(),
  /** Where new projects go, for the person to read. */
  projectsPlace: z.string(),
});
export type AppInfo = z.infer<typeof appInfo>;

export const engine = z.object({
  name: z.string(),
  available: z.boolean(),
  chosen: z.boolean(),
  reason: z.string(),
  device: z.string().nullable(),
  selfTest: z.enum(['passed', 'failed', 'not run']),
  stepMs: z.number().nullable(),
});
export type Engine = z.infer<typeof engine>;

export const recentProject = z.object({
  id,
  title: z.string(),
  place: z.string(),
  opened: z.string(),
  missing: z.boolean(),
  /** A picture to know it by; null where it has none. */
  thumbnail: z.string().nullable(),
});
export type RecentProject = z.infer<typeof recentProject>;

/** What lies in a dataset, and what a family learns from. `labelled`: pictures of one kind, each with a label. */
export const datasetKind = z.enum(['pairs', 'sets', 'labelled', 'pictures']);
export type DatasetKind = z.infer<typeof datasetKind>;

export const dataset = z.object({
  id,
  title: z.string(),
  /** `sets` are two sets of pictures that do not belong together one by one; from `pictures` pairs can be made. */
  kind: datasetKind,
  layout: z.enum(['folders', 'sideBySide', 'sets', 'labelFolders', 'labelFile', 'pictures']),
  /** Pairs, or pictures. */
  count: z.int(),
  /** The pictures of each set; null where it has no two sets. */
  sets: z.object({ a: z.int(), b: z.int() }).nullable(),
  /** What the two sets are called; null where they have no names of their own. */
  setNames: z.object({ a: z.string(), b: z.string() }).nullable(),
  /** Of labelled pictures. */
  labels: z.array(z.string()),
  heldOut: z.int(),
  leftOut: z.int(),
  created: z.string(),
  /** Up to four thumbnails' addresses. */
  thumbnails: z.array(z.string()),
  /** What is wrong with its folder, in words; null when it can be used. */
  problem: z.string().nullable(),
});
export type Dataset = z.infer<typeof dataset>;

/** Which of the two ways a model translates: from A to B, or back. Models of pairs know A to B alone. */
export const direction = z.enum(['AtoB', 'BtoA']);
export type Direction = z.infer<typeof direction>;

/** A row of a preview: what it is called, which way it was translated where both are learned, and its cells. */
export const previewRow = z.object({
  name: z.string(),
  direction: direction.nullable(),
  /** From left to right. `example`: a picture of the wanted kind, where no truth is known. */
  columns: z.array(z.enum(['input', 'result', 'truth', 'example'])),
});

/**
 * `generate` makes pictures from noise; the others from a picture, which `upscale` makes larger, and of which `height` tells
 * how high each place is.
 */
export const modelDoes = z.enum(['translate', 'generate', 'upscale', 'height']);
export type ModelDoes = z.infer<typeof modelDoes>;

export const runState = z.enum(['queued', 'training', 'paused', 'stopped', 'done', 'failed']);

export const run = z.object({
  id,
  title: z.string(),
  family: z.string(),
  familyTitle: z.string(),
  /** What it learns from, and what its model will be for. */
  data: datasetKind,
  does: modelDoes,
  dataset: id.nullable(),
  size: z.int(),
  channels: z.union([z.literal(3), z.literal(4)]),
  state: runState,
  step: z.int(),
  /** null until a time budget has become a number of steps. */
  steps: z.int().nullable(),
  minutes: z.number().nullable(),
  created: z.string(),
  /** Why it failed or what happened last, in words; null when there is nothing to say. */
  message: z.string().nullable(),
  /** The steps that have a checkpoint, newest first. */
  checkpoints: z.array(z.int()),
  /** The steps that have a preview, oldest first. */
  previews: z.array(z.int()),
  /** The rows of the previews; none before the first. */
  previewRows: z.array(previewRow),
  /** Pictures a step. */
  batch: z.int(),
  /** The model in the library, once it is there. */
  model: id.nullable(),
  /** The run that it goes on from. */
  from: id.nullable(),
  settings: z.record(z.string(), z.unknown()),
});
export type Run = z.infer<typeof run>;

const valueRange = z.enum(['-1..1', '0..1', '0..255']);

const layout = z.enum(['nchw', 'nhwc']);
const threeNumbers = z.tuple([z.number(), z.number(), z.number()]);

/** A number that a model takes beside the picture. */
export const dial = z.object({ name: z.string(), value: z.number(), least: z.number(), most: z.number() });
export type Dial = z.infer<typeof dial>;

/** How a picture goes into a model of another tool, and how it comes out. */
export const pictureIo = z.object({
  layout,
  outputLayout: layout,
  /** The values that stand for black and white. */
  range: valueRange,
  outputRange: valueRange,
  /** What is taken from each of red, green and blue in that range, and what the rest is divided by. */
  mean: threeNumbers.default([0, 0, 0]),
  deviation: threeNumbers.refine((all) => all.every((one) => one !== 0)).default([1, 1, 1]),
  channels: z.enum(['rgb', 'bgr', 'grey']),
  /** Fixed by the model; null where it takes any. */
  size: z.object({ width: z.int().min(1), height: z.int().min(1) }).nullable(),
  /** Height and width must be multiples of it and the rest more, where they are free. */
  multiple: z.int().min(1).max(1024),
  rest: z.int().min(0).max(1023).default(0),
  /** The input that is the picture, and the output; null for the only or the first one. */
  input: z.string().nullable().default(null),
  output: z.string().nullable().default(null),
  /** The outputs that are pictures of that size, the chosen one among them. */
  outputs: z.array(z.string()).default([]),
  dials: z.array(dial).default([]),
});
export type PictureIo = z.infer<typeof pictureIo>;

export const model = z.object({
  id,
  title: z.string(),
  /** '' for a model of another tool. */
  family: z.string(),
  familyTitle: z.string(),
  /** What it is for; workspaces list those that do what they need. */
  does: modelDoes,
  /** The size that it was trained at, or that it is fixed to; null where neither is known: it works at any. */
  size: z.int().nullable(),
  /** Of one that upscales: its results are so many times as wide and high. */
  factor: z.int().nullable(),
  /**
   * Of one that upscales: what its softness leads to: what it was itself when its pretraining ended, or else what it was
   * taught from, a model of the library or an upscaler that is brought along.
   */
  softer: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('pretraining') }),
      z.object({ kind: z.literal('model'), model: id }),
    ])
    .nullable(),
  channels: z.int().nullable(),
  bytes: z.int(),
  steps: z.int().nullable(),
  licence: z.string(),
  notes: z.string(),
  created: z.string(),
  run: id.nullable(),
  /** Which of those that Maquette brings along it is; null for others. */
  starter: id.nullable(),
  /** The ways in which it translates; none where it does not. */
  directions: z.array(direction),
  /** Whether it takes pictures of other sizes than its own; one that does not works on them in tiles all the same. */
  anySize: z.boolean(),
  /** null for ours, which say it themselves. */
  io: pictureIo.nullable(),
  /** A person said that `io` is right; always true for ours. */
  confirmed: z.boolean(),
  /** The address of its picture (input and result); null where it has none. */
  thumbnail: z.string().nullable(),
  /** The address of its .onnx file, to be downloaded; of a model of two directions, that of A to B. */
  download: z.string(),
});
export type Model = z.infer<typeof model>;

/** A model that Maquette brings along. */
export const starter = z.object({
  id,
  title: z.string(),
  /** What it is good for, in a sentence. */
  says: z.string(),
  /** What it learned as. */
  family: z.string(),
  does: modelDoes.exclude(['upscale']),
  /** The address of its picture: what it makes, of one that translates beside its drawing. */
  picture: z.string(),
});
export type Starter = z.infer<typeof starter>;

/** At which size pictures are translated: shrunk or stretched to the model's, or at their own, in tiles if need be. */
export const translationSize = z.enum(['model', 'own']);
export type TranslationSize = z.infer<typeof translationSize>;

/** Pictures that are translated together. Everything but those under way can be gone on with. */
/** So many times as large; or a width, a height, or both, into which a picture is fitted whole. In pixels. */
export const upscaleTarget = z.union([
  z.object({ factor: z.number().min(0.1).max(16) }),
  z
    .strictObject({ width: z.int().min(1).max(65_536).optional(), height: z.int().min(1).max(65_536).optional() })
    .refine(({ width, height }) => width !== undefined || height !== undefined),
]);

/** How pictures are made larger. */
export const upscaling = z.object({
  /** One of those that are brought along, or a model of the library that upscales. */
  upscaler: id,
  target: upscaleTarget,
  /** The pictures tile, and what is made of them does too. */
  wrap: z.boolean(),
  /** Their colours stay, and only what is fine is new. */
  keepColours: z.boolean(),
  /** From 0, as the model is, to 1, as its softer one is; 0 where it has none. */
  softness: z.number().min(0).max(1),
  /** PSDs are made larger layer by layer, too, so that they can be saved with their layers. */
  layers: z.boolean(),
});
export type Upscaling = z.infer<typeof upscaling>;

/** An upscaler that Maquette brings along. */
export const upscaler = z.object({
  id: z.string(),
  title: z.string(),
  /** What it is good for, in a sentence. */
  says: z.string(),
  /** Its results are so many times as wide and high. */
  scale: z.int(),
  /** What it learned as, where a training can go on from it. */
  family: z.string().nullable(),
  licence: z.string(),
  notes: z.string(),
});
export type Upscaler = z.infer<typeof upscaler>;

/** Pictures that a model works on. */
export const batch = z.object({
  id,
  title: z.string(),
  /** null when it is not in the library any more. */
  model: id.nullable(),
  direction,
  size: translationSize,
  /** How they are made larger; null where they are translated. */
  upscale: upscaling.nullable(),
  /** `stopped`: cancelled, or Maquette was ended meanwhile. `failed`: none could be made, `message` says why. */
  state: z.enum(['running', 'queued', 'paused', 'done', 'failed', 'stopped']),
  /** Pictures that are there. */
  done: z.int(),
  total: z.int(),
  /** Pictures that could not be translated. */
  failed: z.int(),
  /** Results that the person marked to be kept. */
  kept: z.int(),
  /**
   * Files that are not read, results that are called otherwise than their pictures, and those of which something is not
   * as it was besides its size: `translate.notes` names them.
   */
  skipped: z.int(),
  renamed: z.int(),
  changed: z.int(),
  /** How wide and high the tiles are at most that pictures are cut into, as memory allows; null where none was. */
  tiles: z.int().nullable(),
  created: z.string(),
  message: z.string().nullable(),
  /** The job that works on it now. */
  job: id.nullable(),
});
export type Batch = z.infer<typeof batch>;

/** One picture of a batch. */
export const batchPicture = z.object({
  /** The path below what was dropped, without its extension, with forward slashes. */
  name: z.string(),
  state: z.enum(['done', 'waiting', 'failed']),
  /** Why it failed, or why its original cannot be shown. */
  problem: z.string().nullable(),
  /** Addresses. `input` is null when the original is gone, or on another machine; the others before it is done. */
  input: z.string().nullable(),
  output: z.string().nullable(),
  thumbnail: z.string().nullable(),
  /** The same of the original. */
  inputThumbnail: z.string().nullable(),
  /** How many pictures its result has: more than one where it moves. */
  pictures: z.int(),
  /** The person marked its result to be kept. */
  kept: z.boolean(),
  /** The address of what was painted to stay as it was; null where nothing was. */
  mask: z.string().nullable(),
  /** The PNG to be saved; takes `?strength=0.5`. */
  download: z.string().nullable(),
});
export type BatchPicture = z.infer<typeof batchPicture>;

/** How results are written into a folder of the person's. */
export const saveFormat = z.enum(['png', 'webp', 'jpeg', 'tiff', 'dds', 'psd']);
export type SaveFormat = z.infer<typeof saveFormat>;

/** The most pixels that a side of a drawing has. */
export const LARGEST_DRAWING = 4096;
const side = z.int().min(1).max(LARGEST_DRAWING);

/** A drawing, as the list of them shows it. */
export const drawing = z.object({
  id,
  title: z.string(),
  width: z.int(),
  height: z.int(),
  model: id.nullable(),
  created: z.string(),
  changed: z.string(),
  /** The address of a small picture of it; null before it was first drawn on. */
  thumbnail: z.string().nullable(),
  /** What a person should know of the file that it was opened from. */
  notes: z.array(z.string()),
  /** What is wrong with its files, in words; null when it can be opened. */
  problem: z.string().nullable(),
});
export type Drawing = z.infer<typeof drawing>;

export const drawingLayer = z.object({
  id,
  title: z.string().max(120),
  /** Part of the drawing, a picture to draw after, paint over a wrong result; or a group of layers below it. */
  role: z.enum(['paint', 'reference', 'correction', 'group']),
  opacity: share,
  visible: z.boolean(),
  locked: z.boolean(),
  /** How it mixes with what is below it. What is in a group that is `through` mixes with what is below the group. */
  blend: z.enum([...BLENDS, 'through']),
  /** Paint stays where there is some already. */
  alphaLocked: z.boolean(),
  /** Shows only where the first layer below it that is not clipped has paint. */
  clipped: z.boolean(),
  /** Painted as layers are, under an id of its own: black hides, white and nothing show. */
  mask: z.object({ id, on: z.boolean() }).nullable(),
  /** The group that it is in. */
  group: id.nullable(),
});
export type DrawingLayer = z.infer<typeof drawingLayer>;

/** How a drawing larger than its model is translated: in tiles at its own size, or the whole at the model's. */
export const scaling = z.enum(['tiles', 'fit']);
export type Scaling = z.infer<typeof scaling>;

export const paper = z.union([colour, z.literal('transparent')]);

/** A drawing without its pixels. */
export const drawingState = z.object({
  width: side,
  height: side,
  /** Strokes cross the edges, and the result tiles. */
  wrap: z.boolean(),
  /** What is seen where no layer has paint. */
  paper,
  /** From the bottom to the top. */
  layers: z.array(drawingLayer).min(1).max(200).refine(holdsTogether, 'a group has to stand right above its layers'),
  active: id,
  model: id.nullable(),
  scaling,
  /** Which variation of the result: 0 is the plain one. */
  seed: z.int().min(0).max(999_999),
});
export type DrawingState = z.infer<typeof drawingState>;

/** Part of a picture as it crosses: where it lies, and its straight RGBA, rows from the top. */
export const region = z
  .object({ left: z.int().min(0), top: z.int().min(0), width: z.int().min(0), height: z.int().min(0), bytes })
  .refine(({ width, height, bytes }) => bytes.length === width * height * 4, 'the region has another number of bytes');
export type Region = z.infer<typeof region>;

/** How a result is saved. */
export const exportOptions = z.object({
  format: z.enum(['png', 'png16', 'webp', 'psd']),
  what: z.enum(['result', 'drawing', 'both', 'height', 'normal', 'material']),
  /** Where the green of a normal map points: up (Unity, Godot, Blender; OpenGL) or down (Unreal; DirectX). */
  normals: z.enum(['opengl', 'directx']),
  /** What tells the height of maps: a model of the library or one that is brought along; null for the result's brightness. */
  height: id.nullable(),
  /** How steep the relief is. */
  relief: z.number().min(0).max(10),
  /** Dark is high, or what the model says is low. */
  invert: z.boolean(),
});
export type ExportOptions = z.infer<typeof exportOptions>;

/** What a lesson changed, as mean absolute differences 0..1. */
export const lessonReport = z.object({
  /** Of the corrected places to the corrections. */
  taught: z.object({ before: z.number(), after: z.number() }),
  /** Of the dataset's held-out pictures, none of which was learned from; null where it has none. */
  heldOut: z.object({ before: z.number(), after: z.number(), count: z.int() }).nullable(),
});
export type LessonReport = z.infer<typeof lessonReport>;

/** What can be deleted, and brought back. */
export const binnable = z.enum(['dataset', 'run', 'model', 'drawing', 'batch']);

export const project = z.object({
  id,
  title: z.string(),
  place: z.string(),
  created: z.string(),
  /** A damaged or foreign project can be looked at and saved from, but not changed. */
  readOnly: z.boolean(),
  /** What is wrong with it, a line a thing. */
  problems: z.array(z.string()),
  datasets: z.array(dataset),
  runs: z.array(run),
  models: z.array(model),
  /** Last changed first. */
  drawings: z.array(drawing),
  /** Newest first. */
  batches: z.array(batch),
  /** Things in the bin, newest first. */
  bin: z.array(z.object({ id, title: z.string(), what: binnable })),
});
export type Project = z.infer<typeof project>;

export const job = z.object({
  id,
  /**
   * `train` and `translate` take turns with the engine: a training stands still while pictures are made. `files` jobs
   * (import, sketches, cutting) wait for neither.
   */
  kind: z.enum(['train', 'translate', 'files']),
  title: z.string(),
  state: z.enum(['queued', 'running', 'paused', 'done', 'failed', 'cancelled']),
  /** 0..1; null where it cannot be known. */
  progress: share.nullable(),
  secondsLeft: z.number().nullable(),
  message: z.string().nullable(),
  canPause: z.boolean(),
  /** Of one that waits: the title of what runs in its place; else null. */
  waitsFor: z.string().nullable(),
  /** What it makes or works on. */
  run: id.nullable(),
});
export type Job = z.infer<typeof job>;

/** One picture, or pair of pictures, of a dataset. Names of two sets begin with `A/` and `B/`. */
export const entry = z.object({
  name: z.string(),
  heldOut: z.boolean(),
  /** Small pictures for the gallery: one for pictures and side-by-side pairs, two for pairs in folders. */
  thumbnails: z.array(z.string()),
  /** The pictures themselves. */
  pictures: z.array(z.string()),
});
export type Entry = z.infer<typeof entry>;

export const fixKind = z.enum(['leaveOut', 'rePair', 'crop', 'holdOut']);
export type FixKind = z.infer<typeof fixKind>;

export const findingKind = z.enum([
  'unreadable',
  'notRead',
  'oneColour',
  'scaled',
  'unmatched',
  'unlabelled',
  'missized',
  'misaligned',
  'oddSize',
  'misnamed',
  'duplicate',
  'nearDuplicate',
  'leak',
  'alpha',
]);

export const finding = z.object({
  kind: findingKind,
  message: z.string(),
  files: z.array(z.string()),
  fixes: z.array(fixKind),
});
export type Finding = z.infer<typeof finding>;

/** A file and what there is to say of it: the end of a sentence that begins with its name. */
export const fileNote = z.object({ file: z.string(), why: z.string() });
export type FileNote = z.infer<typeof fileNote>;

const setOfPictures = z.object({ title: z.string(), count: z.int() });
const recognisedAs = z.object({
  kind: z.enum([...datasetKind.options, 'nothing']),
  /** Pairs, or pictures. */
  count: z.int(),
  /** What will be made of it, or why nothing can be. */
  says: z.string(),
  /** The two sets, known by their folders; null where it has no two sets. */
  sets: z.object({ a: setOfPictures, b: setOfPictures }).nullable(),
  /** Files that are left out. */
  skipped: z.array(fileNote),
  /** Pictures without a partner, which come along. */
  alone: z.array(z.string()),
  /** Pictures that could go together in more than one way: `datasets.import` takes the answers as `partners`. */
  open: z.array(z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) })),
});
export type RecognisedAs = z.infer<typeof recognisedAs>;

export const recognised = recognisedAs.extend({
  /** What else it can be taken as, for `datasets.import`. */
  others: z.array(recognisedAs),
  /** Addresses of a few of the pictures; of pairs both, one after the other. */
  thumbnails: z.array(z.string()),
  /** A picture that comes alone and looks like many: `sheets.cut` takes it apart. */
  sheet: z.object({ token: id, name: z.string(), cells: z.int() }).nullable(),
});
export type Recognised = z.infer<typeof recognised>;

/** Ways of drawing lines alone. */
export const lineStyle = z.enum(['ink', 'pencil', 'outline', 'shapes']);
export type LineStyle = z.infer<typeof lineStyle>;
/** And those with colour: areas of even colour, and a few strokes of it. */
export const sketchStyle = z.enum([...lineStyle.options, 'flats', 'hints']);
export type SketchStyle = z.infer<typeof sketchStyle>;

export const cutPlan = z.discriminatedUnion('mode', [
  z.object({
    mode: z.literal('grid'),
    columns: z.int().min(1).max(256),
    rows: z.int().min(1).max(256),
    margin: z.int().min(0).max(4096),
    spacing: z.int().min(0).max(4096),
  }),
  z.object({
    mode: z.literal('islands'),
    tolerance: z.int().min(0).max(255),
    gap: z.int().min(0).max(256),
    least: z.int().min(1).max(4096),
    pad: z.int().min(0).max(256),
  }),
]);
export type CutPlan = z.infer<typeof cutPlan>;

export const box = z.object({ left: z.int(), top: z.int(), width: z.int(), height: z.int() });
export type Box = z.infer<typeof box>;

/** One setting of a family, for a form. */
export const field = z.object({
  name: z.string(),
  description: z.string(),
  type: z.enum(['number', 'integer', 'choice']),
  preset: z.union([z.number(), z.string()]),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  choices: z.array(z.string()),
});
export type Field = z.infer<typeof field>;

export const preset = z.object({
  id: z.enum(['quick', 'standard', 'quality']),
  size: z.int(),
  minutes: z.number(),
  settings: z.record(z.string(), z.union([z.number(), z.string()])),
});
export type Preset = z.infer<typeof preset>;

export const family = z.object({
  id,
  title: z.string(),
  /** What it does with the pictures, in a line. */
  about: z.string(),
  paper: z.string(),
  /** The kind of dataset that it wants, and what its models are for. */
  data: datasetKind,
  does: modelDoes,
  /** Pictures a step, and whether they are varied at random, where nobody says otherwise. */
  batch: z.int(),
  varied: z.boolean(),
  /** It learns from colours alone. */
  opaque: z.boolean(),
  sizes: z.array(z.int()),
  fields: z.array(field),
  presets: z.array(preset),
});
export type Family = z.infer<typeof family>;

export const augmentation = z.object({
  flip: z.boolean(),
  jitter: z.number().min(0).max(0.5),
  zoom: share,
  rotate: z.number().min(0).max(180),
  colour: share,
  hue: z.number().min(0).max(180).default(0),
});

/** What a model learned as: what a training that goes on from it must be, too. */
export const modelShape = z.object({
  family: id,
  size: z.int(),
  channels: z.union([z.literal(3), z.literal(4)]),
  settings: z.record(z.string(), z.unknown()),
});

/** What a training is asked for. */
export const trainingForm = z.object({
  dataset: id,
  /** Another dataset of its kind, labelled or not, whose pictures are learned from beside these and never held out. */
  also: id.optional(),
  family: id,
  title,
  size: z.int().min(1).max(4096),
  channels: z.union([z.literal(3), z.literal(4)]),
  minutes: z.number().positive().max(1e6),
  batch: z.int().min(1).max(64),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32),
  holdout: z.number().min(0).max(0.9),
  augment: augmentation,
  settings: z.record(z.string(), z.unknown()),
  /**
   * The model that it goes on from, of the library or an upscaler that is brought along; of its family, size, channels and
   * width.
   */
  fromModel: id.optional(),
});
export type TrainingForm = z.infer<typeof trainingForm>;

/** A warning of the training coach. `kind` names the words in the dictionary of the renderer. */
export const advice = z.object({
  kind: z.enum(['discriminatorWins', 'generatorWins', 'stalled', 'worse', 'alike', 'copying', 'fewPictures']),
  since: z.int(),
});
export type Advice = z.infer<typeof advice>;

/** Mean L1 (0..1) to the truth for pairs; for sets the sliced Wasserstein distance to the pictures of the wanted set. */
export const heldOutMeasure = z.enum(['l1', 'swd']);
export type HeldOutMeasure = z.infer<typeof heldOutMeasure>;

/** What a generator makes while it trains: how varied, where 1 is as real pictures are, and the share that are copies. */
export const madeFigures = z.object({ variety: z.number(), copies: share });

/** A series of a run's metrics: the value at each of `steps`. */
export const curves = z.object({
  steps: z.array(z.int()),
  /** Means within each point where the run has more steps than points; null where none told it. Names are the family's (g, d, gL1, ...). */
  losses: z.record(z.string(), z.array(z.number().nullable())),
  /** The discriminator's mean probability that a picture is real: pReal, pFake; 0..1. */
  probabilities: z.record(z.string(), z.array(z.number().nullable())),
  /** How far held-out results are from what they should be: lower is better. */
  heldOut: z.object({ measure: heldOutMeasure, steps: z.array(z.int()), values: z.array(z.number()) }),
  /** At its newest preview; null of those that make no pictures of their own. */
  made: madeFigures.nullable(),
  advice: z.array(advice),
});
export type Curves = z.infer<typeof curves>;

/** What a training did since the last such event (at most four a second). */
export const runProgress = z.object({
  run: id,
  step: z.int(),
  steps: z.int().nullable(),
  /** 0..1: by the clock where a time was given, else by the steps; null before it is known. */
  progress: z.number().nullable(),
  stepMs: z.number(),
  secondsLeft: z.number().nullable(),
  /** The mean over the steps since the last event. */
  losses: z.record(z.string(), z.number()),
  probabilities: z.record(z.string(), z.number()),
  heldOut: z.object({ measure: heldOutMeasure, step: z.int(), value: z.number() }).nullable(),
  made: madeFigures.nullable(),
  advice: z.array(advice),
});
export type RunProgress = z.infer<typeof runProgress>;

/** Something to be told once: a line at the edge of the window. */
export const notice = z.object({
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
  /** The run or job that it is about. */
  run: id.nullable(),
});

/** A part of a picture: shares of its sides, from the left and from the top. */
export interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How a picture of a generator came about; see models/latent/recipe.ts. */
export type Recipe =
  | { kind: 'seed'; seed: number }
  | { kind: 'near'; of: Recipe; seed: number; distance: number }
  | ({ kind: 'held'; of: Recipe; seed: number; distance: number } & Part)
  | { kind: 'between'; from: Recipe; to: Recipe; at: number }
  | { kind: 'mix'; coarse: Recipe; fine: Recipe; level: number }
  | { kind: 'found'; point: string };
const part = { left: share, top: share, right: share, bottom: share };
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
export const recipe: z.ZodType<Recipe> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('seed'), seed }),
    z.object({ kind: z.literal('near'), of: recipe, seed, distance: share }),
    z.object({ kind: z.literal('held'), of: recipe, seed, distance: share, ...part }),
    z.object({ kind: z.literal('between'), from: recipe, to: recipe, at: share }),
    z.object({ kind: z.literal('mix'), coarse: recipe, fine: recipe, level: z.int().min(0).max(16) }),
    z.object({
      kind: z.literal('found'),
      point: z
        .string()
        .regex(/^(?:[\w-]{4})+(?:[\w-]{2}==|[\w-]{3}=)?$/)
        .max(20_000),
    }),
  ]),
);

/**
 * What a generator is asked for: the point, how far from the mean, a label for each input that takes one, and how far
 * sliders are moved, by their ids.
 */
export const wish = z.object({
  recipe,
  truncation: z.number().min(0).max(2),
  labels: z.record(z.string(), z.string()),
  moves: z.record(id, z.number().min(-6).max(6)),
});
export type Wish = z.infer<typeof wish>;

/** A picture that a person kept. */
export const keptPicture = z.object({ id, wish, created: z.string() });
export type KeptPicture = z.infer<typeof keptPicture>;

/** What a generator takes. */
export const generatorFacts = z.object({
  size: z.int(),
  channels: z.union([z.literal(3), z.literal(4)]),
  /** Levels of detail that can be led apart: more than one can be mixed coarse to fine. */
  levels: z.int(),
  /** The inputs that take a label, and which. */
  labels: z.array(z.object({ name: z.string(), choices: z.array(z.string()) })),
  /** What can be moved: named by the person, or found in the model (whose title is null). */
  sliders: z.array(z.object({ id, title: z.string().nullable() })),
});
export type GeneratorFacts = z.infer<typeof generatorFacts>;

/** Made pictures as files: each alone, on one sheet, as sprites with an atlas, or moving. */
export const madeFormat = z.enum(['pictures', 'sheet', 'sprites', 'gif', 'webp', 'apng']);
export type MadeFormat = z.infer<typeof madeFormat>;

/** What a video of made pictures is written as. */
export const videoFormat = z.enum(['mp4', 'webm']);
export type VideoFormat = z.infer<typeof videoFormat>;
