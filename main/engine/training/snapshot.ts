/** The state of a training as files: checkpoints that an exact resume needs, and the exported model. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Family, RunShape } from '../../../models/families/family.ts';
import type { ProgramModel } from '../../../models/families/program.ts';
import { topological } from '../../../models/graph/graph.ts';
import { isParameter, type Tensor } from '../../../models/graph/tensor.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { grouped } from '../../counted.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { readWholeModel } from '../inference/whole-model.ts';
import { backOf, isRun, pretrainedOf, RunFolder } from './run-folder.ts';
import type { EngineState, Execution, NamedTensor } from '../engine.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

export const MODEL_FORMAT = 1;

const countsSchema = z.record(z.string(), z.int().min(0));
const readCounts = (text: string | undefined): Record<string, number> => countsSchema.parse(JSON.parse(text ?? '{}'));

/** Writes the checkpoint of the state after `step` steps and removes old ones; gives the file. @throws UserError */
export function saveCheckpoint(folder: RunFolder, { tensors, updates, pools }: EngineState, step: number): string {
  const file = folder.checkpointFile(step);
  writeSafetensors(file, tensors, {
    format: '1',
    step: String(step),
    updates: JSON.stringify(updates),
    pools: JSON.stringify(pools),
  });
  folder.prune();
  return file;
}

/**
 * Loads the newest checkpoint (of those until `latest`) that is whole; says so where it had to go back.
 * @returns the step, or null where there is no checkpoint yet
 * @throws UserError when there are checkpoints but none can be used
 */
export async function loadNewestCheckpoint(
  folder: RunFolder,
  execution: Execution,
  warn: (message: string) => void,
  latest = Infinity,
): Promise<number | null> {
  const steps = folder.checkpoints().filter((step) => step <= latest);
  let problem = '';
  for (const step of steps) {
    const state = execution.blank();
    try {
      const metadata = readSafetensors(folder.checkpointFile(step), state.tensors);
      [state.updates, state.pools] = [readCounts(metadata['updates']), readCounts(metadata['pools'])];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problem ||= error.message;
      continue;
    }
    await execution.load(state);
    if (problem) warn(`${problem}; went back to the checkpoint of step ${grouped(step)}`);
    return step;
  }
  if (problem)
    throw new UserError(`${problem}, and there is no other checkpoint to go back to; train into a new folder`);
  return null;
}

/** What a model file says of the training that it comes from. */
export interface ModelOrigin {
  family: Family;
  shape: RunShape;
  settings: Record<string, unknown>;
  /** After how many steps. */
  step: number;
}

/** One of a program's exported graphs as a model file. The bytes depend on the weights and the origin alone. */
export function encodeModel(
  { family, shape, settings, step }: ModelOrigin,
  model: ProgramModel,
  weightOf: (parameter: Tensor) => Float32Array,
): Uint8Array {
  const weights = new Map(parametersOf(model).map((each) => [each.name, weightOf(each)] as const));
  const metadata = {
    'maquette.format': String(MODEL_FORMAT),
    'maquette.family': family.id,
    ...aboutDoing(model),
    'maquette.size': String(shape.size),
    ...(model.multiple === undefined ? {} : { 'maquette.multiple': String(model.multiple) }),
    'maquette.channels': String(shape.channels),
    'maquette.range': '-1..1',
    'maquette.alpha': shape.channels === 4 ? 'premultiplied' : 'none',
    ...(shape.labels.length > 0 ? { 'maquette.labels': JSON.stringify(shape.labels) } : {}),
    'maquette.steps': String(step),
    'maquette.settings': JSON.stringify(settings),
  };
  const freeSize = model.multiple !== undefined;
  return writeOnnx(model.outputs, { target: 'export', weights, metadata, freeSize }).bytes;
}

/** What a model says of its work. */
function aboutDoing({ does, inputs }: ProgramModel): Record<string, string> {
  const kind = { 'maquette.does': does.kind };
  switch (does.kind) {
    case 'translate':
      return { ...kind, 'maquette.direction': does.direction };
    case 'generate':
      return { ...kind, 'maquette.asks': JSON.stringify(does.asks) };
    case 'upscale': {
      const { factor, reach, tile } = does;
      // What it learned from: smaller pictures are mirrored outwards to that.
      const least = Object.values(inputs)[0]!.shape[2]!;
      return { ...kind, ...described({ scale: factor, reach, tile, least }) };
    }
    case 'height':
    case 'read':
      return kind;
  }
}

const described = (numbers: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`maquette.${name}`, String(value)]));

/** Writes one of a run's averaged generators as an ONNX model. @throws UserError */
export function exportModel(
  origin: ModelOrigin,
  model: ProgramModel,
  { state: { tensors }, file }: { state: EngineState; file: string },
): Uint8Array {
  const data = new Map(tensors.map((tensor) => [tensor.name, tensor.data]));
  const bytes = encodeModel(origin, model, ({ name }) => data.get(`${name}#ema`)!);
  writeAtomic(file, [bytes]);
  return bytes;
}

const parametersOf = ({ outputs }: ProgramModel): Tensor[] => topological(Object.values(outputs)).filter(isParameter);

/** Where a training begins from, and on what. */
export interface Beginning {
  source: string;
  /** The checkpoint of a run; null for its newest. */
  step: number | null;
  family: Family;
  /** Height and width that is to be learned at, in pixels. */
  size: number;
  models: readonly ProgramModel[];
  execution: Execution;
  warn: (message: string) => void;
}

/**
 * Begins from another run (its whole state, after so many steps) or a bare model (its generator).
 * @throws UserError when it does not fit
 */
export async function beginFrom({
  source,
  step,
  family,
  ...to
}: Beginning): Promise<{ kind: 'run'; step: number } | { kind: 'model' }> {
  if (!isRun(source)) {
    await beginFromModel(source, family, to);
    return { kind: 'model' };
  }
  if (new RunFolder(source).read().family !== family.id)
    throw new UserError(`${source} is a run of another family; --from takes one of ${family.id}`);
  const loaded = await loadNewestCheckpoint(new RunFolder(source), to.execution, to.warn, step ?? Infinity);
  if (loaded === null) throw new UserError(`${source} has no checkpoint yet; let it train longer first`);
  return { kind: 'run', step: loaded };
}

/** The models that the pretraining of a run left, where that is over after `step` steps, and how they are called there. */
export function pretrainedAt(
  run: RunFolder,
  models: readonly ProgramModel[],
  step: number,
): { from: string; file: string }[] {
  const { pretrained } = run.read();
  if (pretrained === null || step < pretrained) return [];
  return models
    .map(({ file }) => ({ file: pretrainedOf(file), from: run.file(pretrainedOf(file)) }))
    .filter(({ from }) => existsSync(from));
}

/** Of a model that learned at another size, so much has to be of use. */
const LEAST_SHARE = 1 / 3;

/**
 * Takes over a generator's weights by their names. One that learned at another size has more or fewer layers at its
 * innermost: what has no counterpart keeps what it was initialised with, and a layer that sees more or fewer channels
 * takes over those that both see.
 */
async function beginFromModel(
  source: string,
  family: Family,
  { models, execution, size, warn }: Pick<Beginning, 'models' | 'execution' | 'size' | 'warn'>,
): Promise<void> {
  // The way back of a CycleGAN lies in a file of its own, beside the other.
  const back = backOf(source);
  const given = [source, ...(back !== source && existsSync(back) ? [back] : [])].map((file) => weightsOf(file, family));
  const weights = new Map(given.flatMap(({ weights }) => [...weights]));
  const sizes = { from: given[0]!.size, to: size };
  const initial = new Map((await execution.save()).tensors.map(({ name, data }) => [name, data] as const));
  const tensors: NamedTensor[] = [];
  let [found, taken, all] = [0, 0, 0];
  for (const model of models) {
    const parameters = parametersOf(model);
    if (parameters.every(({ name }) => !weights.has(name))) continue;
    found++;
    for (const { name, shape } of parameters) {
      const data = Float32Array.from(initial.get(name)!);
      const filled = fill({ shape, data }, weights.get(name));
      if (filled < data.length && sizes.from === sizes.to)
        throw new UserError(`${source} has other layers than this training ("${name}"); use its width and channels`);
      all += data.length;
      taken += filled;
      for (const field of ['', '#ema']) tensors.push({ name: name + field, shape, data });
    }
  }
  if (found === 0 || taken < LEAST_SHARE * all)
    throw new UserError(`${source} has too few of the layers of this training; use its width and channels`);
  if (taken < all)
    warn(
      `${basename(source)} learned at ${sizes.from} px: ${Math.floor((100 * taken) / all)} % of this training's weights come from it, the rest, which is innermost, begins anew`,
    );
  if (found < models.length)
    warn(
      `${source} translates one way only; the way back begins anew (put ${basename(back)} beside it to go on with both)`,
    );
  await execution.load({ tensors, updates: {}, pools: {} });
}

interface Values {
  shape: readonly number[];
  data: Float32Array;
}

/** Fills a tensor with what another has at the same place, where at most one axis differs in length. @returns how many */
function fill(to: Values, from: Values | undefined): number {
  if (from?.shape.length !== to.shape.length) return 0;
  const [axis = 0, ...others] = [...to.shape.keys()].filter((i) => from.shape[i] !== to.shape[i]);
  if (others.length > 0) return 0;
  const inner = to.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const [long, short] = [inner * to.shape[axis]!, inner * from.shape[axis]!];
  const shared = Math.min(long, short);
  let filled = 0;
  for (let i = 0, at = 0; at < to.data.length; i += short, at += long, filled += shared)
    to.data.set(from.data.subarray(i, i + shared), at);
  return filled;
}

/** The weights of a model of the family, and the size in pixels that it learned at. @throws UserError */
function weightsOf(file: string, family: Family): { weights: ReadModel['weights']; size: number } {
  const { metadata, weights } = readModelFile(file);
  if (metadata['maquette.family'] !== family.id)
    throw new UserError(
      `${file} is ${metadata['maquette.family'] ? `a model of ${metadata['maquette.family']}` : 'not a model of Maquette'}; --from takes one of ${family.id}`,
    );
  return { weights, size: Number(metadata['maquette.size']) };
}

/** Reads a model file, with what it keeps beside it. @throws UserError with one line that says what is wrong */
export function readModelFile(file: string): ReadModel & { bytes: Uint8Array; apart: string[] } {
  try {
    const { bytes, apart } = readWholeModel(file);
    return { ...readOnnx(bytes), bytes, apart };
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError')
      throw new UserError(`${file} cannot be used: ${error.message}`, { cause: error });
    throw error;
  }
}
