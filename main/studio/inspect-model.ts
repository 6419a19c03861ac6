/**
 * What a model file says about itself, and whether it works. Runs in a task worker: a file from elsewhere is hostile until
 * it was read, and one that was read can still crash or stop whoever opens it.
 */
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ReadModel } from '../../models/onnx/read.ts';
import type { Direction, ModelDoes, PictureIo } from '../../preload/contract/index.ts';
import { modelDoes } from '../../preload/contract/schemas.ts';
import { guessIo } from '../engine/inference/guess-io.ts';
import { runExported } from '../engine/inference/exported.ts';
import { explainOrt } from '../engine/inference/explain-ort.ts';
import { OrtError, startRuntime } from '../engine/cpu/ort.ts';
import { readModelFile } from '../engine/training/snapshot.ts';
import { requireFamily } from '../engine/training/known-family.ts';
import { Translator } from '../engine/inference/translator.ts';
import { UserError } from '../errors.ts';
import { writeAtomic } from '../files.ts';

export interface ModelFacts {
  /** '' for a model of another tool. */
  family: string;
  size: number | null;
  channels: number | null;
  steps: number | null;
  /** What it is for. */
  does: ModelDoes;
  /** Of one that upscales: its results are so many times as wide and high. */
  factor: number | null;
  /** Which way it translates; null where it knows only one, from A to B. */
  direction: Direction | null;
  /** Whether it takes pictures of other sizes than its own. */
  anySize: boolean;
  /** A guess for a model of another tool; null for ours. */
  io: PictureIo | null;
}

/** Facts of a model, and whether it keeps its weights in other files. */
export type Examined = ModelFacts & { apart: string[] };

const whole = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;

/** What a model of ours says of itself; null for one of another tool. @throws UserError when it cannot be read */
export const inspectModel = (file: string): ModelFacts | null => factsOf(readModelFile(file));

function factsOf({ metadata }: ReadModel): ModelFacts | null {
  const family = metadata['maquette.family'];
  if (!family) return null;
  const direction = metadata['maquette.direction'];
  return {
    family,
    // Models of older versions do not say it: they all translated.
    does: modelDoes.catch('translate').parse(metadata['maquette.does']),
    factor: whole(metadata['maquette.scale']),
    size: whole(metadata['maquette.size']),
    channels: whole(metadata['maquette.channels']),
    steps: whole(metadata['maquette.steps']),
    direction: direction === 'AtoB' || direction === 'BtoA' ? direction : null,
    anySize: metadata['maquette.multiple'] !== undefined,
    io: null,
  };
}

/** A model that would need more to translate one small picture is not opened: it may have been made to fill memory. */
const MOST_MEMORY = 3 * 2 ** 30;

/**
 * Reads a model, opens it in ONNX Runtime and translates one picture with it, as nothing less shows that it works.
 * @throws UserError with one line on why it cannot be used
 */
export async function examineModel({ file, threads }: { file: string; threads: number }): Promise<Examined> {
  limitMemory(MOST_MEMORY);
  startRuntime(threads);
  try {
    const model = readModelFile(file); // refuses what is hostile, in words of its own
    const ours = factsOf(model);
    if (ours?.does === 'generate') {
      await generateOnce(model);
      return { ...ours, apart: model.apart };
    }
    const io = ours ? null : await guessIo(model, model.bytes);
    const translator = new Translator(model.bytes, 'it', io, ours?.does);
    await translator.run(new Float32Array(translator.channels * translator.width * translator.height));
    translator.release();
    const size = io?.size && io.size.width === io.size.height ? io.size.width : null;
    const other = {
      ...{ family: '', does: 'translate' as const, factor: null, size, channels: 3, steps: null, direction: null },
      ...{ anySize: io?.size === null, io },
    };
    return { ...(ours ?? other), apart: model.apart };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof OrtError)) throw error;
    const why = error instanceof UserError ? error.message : explainOrt(error);
    const reason = why.replace(/^.* cannot be used: /, '').replaceAll(file, basename(file));
    throw new UserError(`${basename(file)} cannot be used: ${reason}`, { cause: error });
  }
}

/** Runs a model that makes pictures from noise once, on zeros. @throws UserError, OrtError */
async function generateOnce({ inputs, outputs, bytes }: ReadModel & { bytes: Uint8Array }): Promise<void> {
  const fixed = (shape: readonly unknown[] | null): number[] => {
    if (shape?.every((length) => typeof length === 'number')) return shape as number[];
    throw new UserError('it leaves the sizes of what it takes open');
  };
  const given = inputs.map(({ name, shape }) => {
    const known = fixed(shape);
    return [name, { data: new Float32Array(known.reduce((n, length) => n * length, 1)), shape: known }] as const;
  });
  const wanted = outputs.map(({ name, shape }) => [name, fixed(shape)] as const);
  await runExported(bytes, Object.fromEntries(given), Object.fromEntries(wanted));
}

/** Writes a model that keeps its weights in other files as one. @throws UserError */
export function packModel({ file, to }: { file: string; to: string }): Promise<null> {
  writeAtomic(to, [readModelFile(file).bytes]);
  return Promise.resolve(null);
}

/**
 * Ends this process when it holds more memory than that. A thread of its own looks, as what allocates (ONNX Runtime
 * folding a constant of terabytes, say) keeps the main one busy.
 */
function limitMemory(bytes: number): void {
  const watch = `setInterval(() => process.memoryUsage.rss() > ${bytes} && process.kill(process.pid, 'SIGKILL'), 20)`;
  new Worker(watch, { eval: true }).unref();
}

/** What a training needs to know to go on with a model. */
export interface ModelShape {
  family: string;
  size: number;
  channels: 3 | 4;
  settings: Record<string, unknown>;
}

/** @throws UserError when it is not a model that can be trained further */
export function modelShape(file: string): ModelShape {
  const { metadata } = readModelFile(file);
  if (!metadata['maquette.family'])
    throw new UserError('This model was made by another tool; it can translate, but it cannot be taught');
  const [size, channels] = [whole(metadata['maquette.size']), whole(metadata['maquette.channels'])];
  if (size === null || (channels !== 3 && channels !== 4))
    throw new UserError(`${file} does not say what pictures it takes; it cannot be taught`);
  const family = requireFamily(metadata['maquette.family'], { size, channels });
  const settings = family.settings.safeParse(JSON.parse(metadata['maquette.settings'] ?? '{}'));
  if (!settings.success) throw new UserError(`${file} has settings that its family does not know; it cannot be taught`);
  return { family: family.id, size, channels, settings: settings.data };
}
