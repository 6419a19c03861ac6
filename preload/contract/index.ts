/** The contract between the window and the studio: every call and every event, once. All three carriers carry this. */
import { z } from 'zod';
import * as s from './schemas.ts';

const nothing = z.object({});
const { bytes } = s;
const call = <A extends z.ZodType, R extends z.ZodType>(args: A, result: R) => ({ args, result });
const done = z.null();
const tokens = z.array(s.id).min(1).max(100_000);
/** What is worked on: files and folders, or (with no tokens) the pictures of a batch once more, in another way. */
const pictures = { tokens: z.array(s.id).max(100_000), again: s.id.optional() };
const dataset = z.object({ dataset: s.id });
const run = z.object({ run: s.id });
/** A file to be downloaded. */
const madeFile = z.object({ download: z.string(), name: z.string(), bytes: z.int() });
const model = z.object({ model: s.id });
const job = z.object({ job: s.id });
const batch = z.object({ batch: s.id });
const drawing = z.object({ drawing: s.id });
/** A picture that the person picked, to be laid into a frame of this size. */
const placed = z.object({
  token: s.id,
  width: z.int().min(1).max(s.LARGEST_DRAWING),
  height: z.int().min(1).max(s.LARGEST_DRAWING),
});
const partners = z.array(z.tuple([z.string(), z.string()])).optional();
/** How many came in, what was left behind, and what is called otherwise now. */
const taken = z.object({ count: z.int(), skipped: z.array(s.fileNote), renamed: z.array(s.fileNote) });
/** What was deleted is in the bin under this id, for `bin.restore`. */
const binned = z.object({ bin: s.id });
const plan = z.object({ token: s.id, plan: s.cutPlan });

/** What the window can ask of the studio. `args` are validated where they arrive, results before they leave. */
export const calls = {
  'app.info': call(nothing, s.appInfo),
  /** Runs every engine's self-test: takes seconds. */
  'app.engines': call(nothing, z.array(s.engine)),
  /** A fault in the window, for the log. */
  'app.report': call(z.object({ message: z.string().max(10_000) }), done),
  'settings.get': call(nothing, s.settings),
  'settings.set': call(s.settingsChange, s.settings),

  /** The system's dialog, where `AppInfo.nativeDialogs`; an empty list when the person cancelled. */
  'files.pick': call(
    z.object({ folders: z.boolean(), several: z.boolean(), title: z.string().max(200) }),
    z.array(s.picked),
  ),
  /** What the system was asked to open with Maquette since the last time that this was asked; told by `opened`. */
  'files.opened': call(nothing, z.array(s.picked)),
  /** A folder of the host; the person's home when no token is given. Only where there is no system's dialog. */
  'files.browse': call(z.object({ token: s.id.nullable() }), s.place),
  /** The folder of a path that the person typed, or the one that a file of that path is in. Only where there is no system's dialog. */
  'files.goTo': call(z.object({ path: z.string().min(1).max(4096) }), s.place),
  /** Shows a folder in the system's window for files. Only where `AppInfo.reveals`. */
  'files.reveal': call(z.object({ token: s.id }), done),
  'files.makeFolder': call(z.object({ token: s.id, name: z.string().min(1).max(200) }), s.picked),
  /** Files that were dropped into a window of another machine: begin, send each, end. */
  'files.beginUpload': call(nothing, z.object({ upload: s.id })),
  'files.upload': call(z.object({ upload: s.id, path: z.string().min(1).max(1000), bytes }), done),
  'files.endUpload': call(z.object({ upload: s.id }), z.array(s.picked)),

  'projects.recent': call(nothing, z.array(s.recentProject)),
  /** In the usual place, or inside the folder of `token`. */
  'projects.create': call(z.object({ title: s.title, token: s.id.nullable() }), s.project),
  'projects.open': call(z.union([z.object({ id: s.id }), z.object({ token: s.id })]), s.project),
  'projects.current': call(nothing, s.project.nullable()),
  'projects.close': call(nothing, done),
  'projects.rename': call(z.object({ title: s.title }), done),
  /** Takes it from the list of recent projects; its folder stays. */
  'projects.forget': call(z.object({ id: s.id }), done),
  'bin.restore': call(z.object({ id: s.id }), done),
  'bin.empty': call(nothing, done),

  'datasets.recognise': call(z.object({ tokens }), s.recognised),
  /**
   * `as` takes it as something else than what it looks like; `swap` takes two sets the other way round; `partners` are
   * inputs and their targets, where `Recognised.open` asked.
   */
  'datasets.import': call(
    z.object({ tokens, title: s.title, as: s.datasetKind.nullable(), swap: z.boolean(), partners }),
    taken.extend({ dataset: s.id }),
  ),
  'datasets.add': call(z.object({ dataset: s.id, tokens, swap: z.boolean(), partners }), taken),
  /** Sample pictures that Maquette brings along. */
  'datasets.sample': call(z.object({ name: s.id, count: z.int().min(2).max(10_000) }), dataset),
  'datasets.entries': call(
    z.object({ dataset: s.id, from: z.int().min(0), count: z.int().min(1).max(1000) }),
    z.object({ total: z.int(), entries: z.array(s.entry) }),
  ),
  /** Whether its finished pictures are see-through, as a look at a few of them says. */
  'datasets.transparent': call(dataset, z.object({ transparent: z.boolean() })),
  /** The dataset doctor: opens every picture, so it takes a while. */
  'datasets.inspect': call(dataset, z.object({ findings: z.array(s.finding) })),
  'datasets.fix': call(
    z.object({ dataset: s.id, finding: s.finding, fix: s.fixKind }),
    z.object({ changed: z.int(), undo: z.unknown() }),
  ),
  'datasets.undoFix': call(z.object({ dataset: s.id, undo: z.unknown() }), done),
  /** How its finished pictures are best drawn: with colour where they have some. */
  'datasets.sketchStyles': call(dataset, z.object({ styles: z.array(s.sketchStyle) })),
  /** One picture as a drawing: PNG bytes. */
  'datasets.sketchPreview': call(
    z.object({ dataset: s.id, name: z.string(), style: s.sketchStyle, strength: z.number().min(0).max(1) }),
    z.object({ png: bytes }),
  ),
  /** Pairs from finished pictures alone: each picture with its drawing, in every style at every strength. */
  'datasets.sketches': call(
    z.object({
      dataset: s.id,
      title: s.title,
      styles: z.array(s.sketchStyle).min(1),
      strengths: z.array(z.number().min(0).max(1)).min(1).max(5),
    }),
    dataset,
  ),
  /** The cells that a plan finds in a sprite sheet, and the sheet itself (an address) with its size. */
  'sheets.cells': call(plan, z.object({ boxes: z.array(s.box), picture: z.string(), width: z.int(), height: z.int() })),
  'sheets.suggest': call(z.object({ token: s.id }), s.cutPlan),
  'sheets.cut': call(plan.extend({ title: s.title }), dataset),
  'datasets.rename': call(z.object({ dataset: s.id, title: s.title }), done),
  'datasets.remove': call(dataset, binned),

  'families.list': call(nothing, z.array(s.family)),
  'training.start': call(s.trainingForm, run),
  'training.pause': call(run, done),
  /** Goes on: from a pause, or with a stopped or failed run from its last checkpoint. */
  'training.resume': call(run, done),
  'training.stop': call(run, done),
  /** Puts what a run knows by its newest checkpoint into the library, as the model of the run; gives that. */
  'training.tryOut': call(run, model),
  /** A new run that goes on from a checkpoint of this one; the newest when `step` is null. */
  'training.fork': call(
    z.object({ run: s.id, step: z.int().nullable(), minutes: z.number().positive().max(1e6), title: s.title }),
    run,
  ),
  /** At most `points` points. */
  'runs.curves': call(z.object({ run: s.id, points: z.int().min(10).max(5000) }), s.curves),
  'runs.rename': call(z.object({ run: s.id, title: s.title }), done),
  'runs.remove': call(run, binned),

  /**
   * Takes models into the library. `x.onnx` and `x.BtoA.onnx` given together become one model of two directions; files in
   * which a model keeps its weights may be given with it, and what is neither is `skipped`. What a
   * model of another tool takes is guessed (`io`), until a person says that it is right.
   */
  /** The models that Maquette brings along. */
  'starters.list': call(nothing, z.array(s.starter)),
  /** Puts one of them into the library; gives the one that is there where it was put before. */
  'models.addStarter': call(z.object({ starter: s.id }), z.object({ model: s.id })),
  'models.import': call(z.object({ tokens }), z.object({ models: z.array(s.id), skipped: z.array(s.fileNote) })),
  /** What its file says of it. Refused where a model of another tool is asked. */
  'models.shape': call(model, s.modelShape),
  'models.update': call(
    z.object({
      model: s.id,
      title: s.title.optional(),
      notes: z.string().max(10_000).optional(),
      licence: z.string().max(200).optional(),
      /** What a person says that it takes. It is confirmed by that. */
      io: s.pictureIo.optional(),
    }),
    done,
  ),
  /** One picture through a model, in a process of its own, with another `io` than the model's if given: PNG bytes. */
  'models.try': call(
    z.object({ model: s.id, direction: s.direction, io: s.pictureIo.nullable(), token: s.id }),
    z.object({ input: bytes, output: bytes, note: z.string().nullable() }),
  ),
  'models.remove': call(model, binned),

  /** Translates pictures and folders of them, as a job that works on a new batch. Returns at once. */
  'translate.start': call(
    z.object({
      model: s.id,
      direction: s.direction,
      ...pictures,
      /** At the model's own size; or at each picture's. A model that has no size works at each picture's in any case. */
      size: s.translationSize,
      title: s.title.optional(),
    }),
    batch,
  ),
  /** Makes pictures larger, as a batch too: what follows is the same for both. */
  'upscale.start': call(s.upscaling.extend({ ...pictures, title: s.title.optional() }), z.object({ batch: s.id })),
  'upscale.list': call(nothing, z.array(s.upscaler)),
  'translate.pause': call(batch, done),
  /** Goes on: after a pause, or with one that was stopped or failed; makes only the pictures that are not there yet. */
  'translate.resume': call(batch, done),
  'translate.rename': call(z.object({ batch: s.id, title: s.title }), done),
  'translate.remove': call(batch, binned),
  'translate.results': call(
    z.object({ batch: s.id, from: z.int().min(0), count: z.int().min(1).max(1000) }),
    z.object({ total: z.int(), results: z.array(s.batchPicture) }),
  ),
  'translate.notes': call(
    batch,
    z.object({ skipped: z.array(s.fileNote), renamed: z.array(s.fileNote), changed: z.array(s.fileNote) }),
  ),
  /** Marks a result to be kept, or takes the mark away. */
  'translate.keep': call(z.object({ batch: s.id, index: z.int().min(0), kept: z.boolean() }), done),
  /**
   * Where a result stays as its original was: a PNG of any size, stretched over the picture, opaque white there and clear
   * elsewhere; null for nowhere.
   */
  'translate.mask': call(z.object({ batch: s.id, index: z.int().min(0), mask: bytes.nullable() }), done),
  /** Results of other batches of the same original, the newest first; `output` is an address. */
  'translate.others': call(
    z.object({ batch: s.id, index: z.int().min(0) }),
    z.array(z.object({ batch: s.id, output: z.string() })),
  ),
  /**
   * Writes results into a folder, mixed with the originals at a strength below 1, as a job: all of them, those that are
   * kept, or the one of an index. `suffix` is added to each name.
   */
  'translate.save': call(
    z.object({
      batch: s.id,
      strength: z.number().min(0).max(1),
      token: s.id,
      which: z.union([z.enum(['all', 'kept']), z.int().min(0)]),
      format: s.saveFormat,
      suffix: z.string().max(60),
    }),
    job.extend({ folder: s.picked }),
  ),

  'drawings.create': call(z.object({ title: s.title, state: s.drawingState }), drawing),
  'drawings.open': call(drawing, z.object({ title: s.title, state: s.drawingState })),
  /** The paint of one layer as it was last saved; a region without pixels where it has none. */
  'drawings.pixels': call(z.object({ drawing: s.id, layer: s.id }), s.region),
  /**
   * Writes a drawing down. `pixels` holds the layers whose paint changed since the last time, whole but cropped to what
   * is there; the others stay as they are. All of it takes effect at once or not at all.
   */
  'drawings.save': call(
    z.object({
      drawing: s.id,
      state: s.drawingState,
      pixels: z.array(z.object({ layer: s.id, region: s.region })),
      /** A small picture to know it by. */
      thumbnail: s.region.nullable(),
    }),
    done,
  ),
  'drawings.rename': call(z.object({ drawing: s.id, title: s.title }), done),
  'drawings.duplicate': call(drawing, drawing),
  'drawings.remove': call(drawing, binned),
  /** A new drawing from a PSD with its layers, or from a picture. Its `notes` say what is not as it was. */
  'drawings.import': call(z.object({ token: s.id }), drawing),
  /** A picture, shrunk to fit into the frame where it is larger. */
  'drawings.picture': call(placed, s.region),
  /** The lines of a picture, black on nothing, fitted into the frame. */
  'drawings.lines': call(placed.extend({ style: s.lineStyle, strength: z.number().min(0).max(1) }), s.region),
  /** Makes a file to be downloaded from the saved drawing and its model's result, at full quality. */
  'drawings.export': call(
    z.object({ drawing: s.id, options: s.exportOptions }),
    z.object({ download: z.string(), name: z.string(), bytes: z.int() }),
  ),
  /** A map of the result as PNG, small, to be looked at before it is exported. */
  'drawings.mapPreview': call(
    z.object({ drawing: s.id, options: s.exportOptions, size: z.int().min(16).max(1024) }),
    z.object({ png: bytes }),
  ),

  /** What a generator of the library takes. Its pictures are at `/media/made/<model>/<version>/<wish as JSON>`. */
  'latent.facts': call(model, s.generatorFacts),
  'latent.kept': call(model, z.array(s.keptPicture)),
  'latent.keep': call(model.extend({ wish: s.wish }), s.keptPicture),
  'latent.drop': call(model.extend({ kept: s.id }), done),
  /** The key pictures of the animation, as they were left. */
  'latent.keyPictures': call(model, z.array(s.wish)),
  'latent.setKeyPictures': call(model.extend({ wishes: z.array(s.wish).max(1000) }), done),
  /** Makes a slider that leads from pictures without something to pictures with it; gives its id. */
  'latent.slider': call(
    model.extend({
      title: s.title,
      having: z.array(s.wish).min(1).max(1000),
      without: z.array(s.wish).min(1).max(1000),
    }),
    z.object({ slider: s.id }),
  ),
  'latent.dropSlider': call(model.extend({ slider: s.id }), done),
  /**
   * Looks for the person's own picture among all that the model can make, as a job; null where it was cancelled.
   * `original` is the address of the picture as the model sees it, `l1` how far what was found is from it, 0..1.
   */
  'latent.find': call(
    model.extend({ token: s.id, labels: s.wish.shape.labels, title: s.title }),
    z.object({ recipe: s.recipe, l1: z.number(), original: z.string() }).nullable(),
  ),
  /**
   * Teaches a copy of the model the person's own picture, as a job; null where it was cancelled. Gives the copy, which is in
   * the library then, and where it makes the picture, which is kept of it.
   */
  'latent.learn': call(
    model.extend({ token: s.id, labels: s.wish.shape.labels, title: s.title }),
    z.object({ model: s.id, recipe: s.recipe }).nullable(),
  ),
  /** The picture that it learned from which is most like one that it makes; null where those are not in the project. */
  'latent.nearest': call(
    model.extend({ wish: s.wish }),
    z
      .object({
        picture: z.string(),
        name: z.string(),
        /** How far apart they are, where 1 is how far a learned picture usually is from the one most like it. */
        distance: z.number(),
        /** So near that it is a copy. */
        copy: z.boolean(),
      })
      .nullable(),
  ),
  /** A way through pictures, at steps that are even to the eye; a loop comes back to the first. */
  'latent.path': call(
    model.extend({ keys: z.array(s.wish).min(2).max(100), frames: z.int().min(2).max(1000), loop: z.boolean() }),
    z.array(s.wish),
  ),
  /** Makes a file to be downloaded. */
  'latent.export': call(
    model.extend({ wishes: z.array(s.wish).min(1).max(1000), as: s.madeFormat, fps: z.number().min(1).max(60) }),
    madeFile,
  ),
  /** A video that the window made, as the studio has no encoder, becomes such a file. */
  'latent.saveVideo': call(model.extend({ video: bytes, as: s.videoFormat }), madeFile),

  /**
   * Translates a drawing with a model of the library, live. The studio keeps the picture of one drawing: `changed` is
   * what is new of it since the last request (all of it the first time), laid over its paper.
   * A `draft` is asked for while the pen is down; whatever waits when the next request comes is dropped (`stale`).
   */
  'paint.translate': call(
    z.object({
      drawing: s.id,
      model: s.id,
      width: z.int().min(1).max(s.LARGEST_DRAWING),
      height: z.int().min(1).max(s.LARGEST_DRAWING),
      wrap: z.boolean(),
      scaling: s.scaling,
      seed: z.int().min(0),
      changed: s.region.nullable(),
      quality: z.enum(['draft', 'full']),
    }),
    z.discriminatedUnion('state', [
      z.object({
        state: z.literal('done'),
        /** What changed of the result. */
        region: s.region,
        /** Tiles that still show what was drawn before: ask again, with nothing changed. */
        left: z.int(),
        /** Inside the model, in milliseconds. */
        modelMs: z.number(),
        /** What ran it, as people call it; null for the processor. */
        device: z.string().nullable(),
        /** Why the graphics card that is there does not, in words; null where it may, or there is none. */
        refused: z.string().nullable(),
        /** How visible the seam is when the result is tiled (1 is not at all); null where it does not wrap, and for drafts. */
        seam: z.number().nullable(),
      }),
      z.object({ state: z.literal('stale') }),
      /** The studio does not have the rest of the picture (any more): ask again with all of it. */
      z.object({ state: z.literal('lost') }),
    ]),
  ),
  /** While the pen is down, a training gives way. */
  'paint.pen': call(z.object({ down: z.boolean() }), done),
  /**
   * What can be said of a model for drawing: the colours of its inputs, where they are flat; whether there is an example
   * of such an input; the paper that they lie on, which may be none; and if it varies.
   */
  'paint.facts': call(
    model,
    z.object({ palette: z.array(z.string()), example: z.boolean(), paper: s.paper, varies: z.boolean() }),
  ),
  /** An input that the model never learned from, to be painted over, fitted into the frame. */
  'paint.example': call(placed.omit({ token: true }).extend({ model: s.id }), s.region),

  /**
   * Adds a corrected picture to a dataset, as a pair of drawing and correction; to a new dataset when `dataset` is null.
   * A drawing that is translated in tiles gives pairs of the model's size, where `corrected` says.
   */
  'teach.remember': call(
    z.object({
      model: s.id,
      wrap: z.boolean(),
      scaling: s.scaling,
      dataset: s.id.nullable(),
      input: s.region,
      target: s.region,
      corrected: s.box,
    }),
    z.object({ dataset: s.id, names: z.array(s.id).min(1) }),
  ),
  /** Goes on with a copy of a model for a while, mostly with the pairs that were remembered. A run like any other. */
  'teach.learn': call(
    z.object({ model: s.id, dataset: s.id, names: z.array(s.id).min(1), minutes: z.number().positive().max(60) }),
    run,
  ),
  /** What the lesson changed, for the taught pairs and for the dataset's held-out ones. */
  'teach.report': call(
    z.object({ before: s.id, after: s.id, dataset: s.id, names: z.array(s.id).min(1) }),
    s.lessonReport,
  ),

  'jobs.list': call(nothing, z.array(s.job)),
  'jobs.pause': call(job, done),
  'jobs.resume': call(job, done),
  'jobs.cancel': call(job, done),
  /** Puts a waiting job at this place among the waiting ones of its kind, 0 first. */
  'jobs.move': call(z.object({ job: s.id, to: z.int().min(0) }), done),
  /** Takes ended jobs from the list. */
  'jobs.clear': call(nothing, done),
};

/** What the studio tells the windows that subscribed. */
export const events = {
  settings: s.settings,
  /** The open project, whole, after each change; null when none is open. */
  project: s.project.nullable(),
  jobs: z.array(s.job),
  progress: s.runProgress,
  notice: s.notice,
  /** The system was asked to open files with Maquette: `files.opened` gives them, once. */
  opened: nothing,
  /** A command of the application's menu (an id of the command registry). */
  command: z.object({ id: s.id }),
};

export type Calls = typeof calls;
export type Events = typeof events;
export type CallName = keyof Calls;
export type EventName = keyof Events;
export type Args<K extends CallName> = z.infer<Calls[K]['args']>;
export type Result<K extends CallName> = z.infer<Calls[K]['result']>;
export type EventData<K extends EventName> = z.infer<Events[K]>;
export type * from './schemas.ts';
