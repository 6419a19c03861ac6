/** The state of a training as files: checkpoints that an exact resume needs, and the exported model. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Family, Inference, RunShape } from '../../../models/families/family.ts';
import { topological } from '../../../models/graph/graph.ts';
import { isParameter, type Tensor } from '../../../models/graph/tensor.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import type { Field } from '../cpu/parameters.ts';
import { readWholeModel } from '../inference/whole-model.ts';
import { isRun, RunFolder } from './run-folder.ts';
import type { Runner } from '../cpu/runner.ts';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.ts';

export const MODEL_FORMAT = 1;

/** Every tensor of the state. Order, noise and augmentation are functions of the seed and the step, so no more is needed. */
function stateTensors({ parameters, pools }: Runner): NamedTensor[] {
  const kept = [...pools].map(([name, { data, capacity }]) => ({
    name,
    shape: [capacity, data.length / capacity],
    data,
  }));
  const learned = parameters.players.flatMap(({ parameters: all, averaged }) =>
    all.flatMap(({ name, shape }) => {
      const fields: Field[] = averaged ? ['w', 'm', 'v', 'ema'] : ['w', 'm', 'v'];
      return fields.map((field) => ({
        name: field === 'w' ? name : `${name}#${field}`,
        shape,
        data: parameters.view(name, field),
      }));
    }),
  );
  return [...learned, ...kept.filter(({ data }) => data.length > 0)];
}

const countsSchema = z.record(z.string(), z.int().min(0));
const readCounts = (text: string | undefined): Record<string, number> => countsSchema.parse(JSON.parse(text ?? '{}'));

/** Writes the checkpoint of the state after `step` steps and removes old ones; gives the file. @throws UserError */
export function saveCheckpoint(folder: RunFolder, runner: Runner, step: number): string {
  const file = folder.checkpointFile(step);
  writeSafetensors(file, stateTensors(runner), {
    format: '1',
    step: String(step),
    updates: JSON.stringify(runner.updates),
    pools: JSON.stringify(Object.fromEntries([...runner.pools].map(([name, { filled }]) => [name, filled]))),
  });
  folder.prune();
  return file;
}

/**
 * Loads the newest checkpoint (of those until `latest`) that is whole; says so where it had to go back.
 * @returns the step, or null where there is no checkpoint yet
 * @throws UserError when there are checkpoints but none can be used
 */
export function loadNewestCheckpoint(
  folder: RunFolder,
  runner: Runner,
  warn: (message: string) => void,
  latest = Infinity,
): number | null {
  const steps = folder.checkpoints().filter((step) => step <= latest);
  let problem = '';
  for (const step of steps) {
    try {
      const metadata = readSafetensors(folder.checkpointFile(step), stateTensors(runner));
      Object.assign(runner.updates, readCounts(metadata['updates']));
      const filled = readCounts(metadata['pools']);
      for (const [name, pool] of runner.pools) pool.filled = Math.min(filled[name] ?? 0, pool.capacity);
      if (problem) warn(`${problem}; went back to the checkpoint of step ${step}`);
      return step;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problem ||= error.message;
    }
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

/** One of a family's exported graphs as a model file. The bytes depend on the weights and the origin alone. */
export function encodeModel(
  { family, shape, settings, step }: ModelOrigin,
  inference: Inference,
  weightOf: (parameter: Tensor) => Float32Array,
): Uint8Array {
  const weights = new Map(parametersOf(inference).map((each) => [each.name, weightOf(each)] as const));
  const metadata = {
    'maquette.format': String(MODEL_FORMAT),
    'maquette.family': family.id,
    'maquette.size': String(shape.size),
    ...(inference.multiple === undefined ? {} : { 'maquette.multiple': String(inference.multiple) }),
    'maquette.channels': String(shape.channels),
    'maquette.range': '-1..1',
    'maquette.alpha': shape.channels === 4 ? 'premultiplied' : 'none',
    ...(inference.direction === undefined ? {} : { 'maquette.direction': inference.direction }),
    'maquette.steps': String(step),
    'maquette.settings': JSON.stringify(settings),
  };
  const freeSize = inference.multiple !== undefined;
  return writeOnnx({ output: inference.output }, { weights, metadata, freeSize }).bytes;
}

/** Writes one of a run's averaged generators as an ONNX model. @throws UserError */
export function exportModel(origin: ModelOrigin, runner: Runner, inference: Inference, file: string): Uint8Array {
  const bytes = encodeModel(origin, inference, ({ name }) => runner.parameters.view(name, 'ema'));
  writeAtomic(file, [bytes]);
  return bytes;
}

const parametersOf = ({ output }: Inference): Tensor[] => topological([output]).filter(isParameter);

/** Begins from another run (its whole state) or a bare model (its generator). @throws UserError when it does not fit */
export function beginFrom(
  { source, step }: { source: string; step: number | null },
  family: Family,
  runner: Runner,
  warn: (message: string) => void,
): 'run' | 'model' {
  if (isRun(source)) {
    if (new RunFolder(source).read().family !== family.id)
      throw new UserError(`${source} is a run of another family; --from takes one of ${family.id}`);
    if (loadNewestCheckpoint(new RunFolder(source), runner, warn, step ?? Infinity) === null)
      throw new UserError(`${source} has no checkpoint yet; let it train longer first`);
    return 'run';
  }
  // The way back of a CycleGAN lies in a file of its own, beside the other.
  const back = source.replace(/\.onnx$/i, '.BtoA.onnx');
  const given = [source, ...(back !== source && existsSync(back) ? [back] : [])].map((file) => weightsOf(file, family));
  const weights = new Map(given.flatMap((each) => [...each]));
  let found = 0;
  for (const inference of runner.inferences) {
    const parameters = parametersOf(inference);
    if (parameters.every(({ name }) => !weights.has(name))) continue;
    found++;
    for (const { name, shape } of parameters) {
      const weight = weights.get(name);
      if (weight?.shape.join() !== shape.join())
        throw new UserError(
          `${source} has other layers than this training ("${name}"); use its size, width and channels`,
        );
      for (const field of ['w', 'ema'] as const) runner.parameters.view(name, field).set(weight.data);
    }
  }
  if (found === 0)
    throw new UserError(`${source} has none of the layers of this training; use its size, width and channels`);
  if (found < runner.inferences.length)
    warn(
      `${source} translates one way only; the way back begins anew (put ${basename(back)} beside it to go on with both)`,
    );
  return 'model';
}

/** The weights of a model of the family. @throws UserError */
function weightsOf(file: string, family: Family): ReadModel['weights'] {
  const { metadata, weights } = readModelFile(file);
  if (metadata['maquette.family'] !== family.id)
    throw new UserError(
      `${file} is ${metadata['maquette.family'] ? `a model of ${metadata['maquette.family']}` : 'not a model of Maquette'}; --from takes one of ${family.id}`,
    );
  return weights;
}

/** Reads a model file, with what it keeps beside it. @throws UserError with one line that says what is wrong */
export function readModelFile(file: string): ReadModel & { bytes: Uint8Array; apart: boolean } {
  try {
    const { bytes, apart } = readWholeModel(file);
    return { ...readOnnx(bytes), bytes, apart };
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError')
      throw new UserError(`${file} is not a usable model: ${error.message}`, { cause: error });
    throw error;
  }
}
