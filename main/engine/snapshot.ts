/** The state of a training as files: checkpoints that an exact resume needs, and the exported model. */
import { readFileSync } from 'node:fs';
import type { Family, RunShape } from '../../models/families/family.ts';
import { writeOnnx } from '../../models/onnx/write.ts';
import { readOnnx, type ReadModel } from '../../models/onnx/read.ts';
import { explainIo, UserError } from '../errors.ts';
import { writeAtomic } from '../files.ts';
import type { Field, Parameters } from './parameters.ts';
import { isRun, RunFolder } from './run-folder.ts';
import type { Runner } from './runner.ts';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.ts';

export const MODEL_FORMAT = 1;

/** Every tensor of the state. Order, noise and augmentation are functions of the seed and the step, so no more is needed. */
function stateTensors(parameters: Parameters): NamedTensor[] {
  return parameters.players.flatMap(({ parameters: all, averaged }) =>
    all.flatMap(({ name, shape }) => {
      const fields: Field[] = averaged ? ['w', 'm', 'v', 'ema'] : ['w', 'm', 'v'];
      return fields.map((field) => ({
        name: field === 'w' ? name : `${name}#${field}`,
        shape,
        data: parameters.view(name, field),
      }));
    }),
  );
}

/** Writes the checkpoint of the state after `step` steps and removes old ones; gives the file. @throws UserError */
export function saveCheckpoint(folder: RunFolder, runner: Runner, step: number): string {
  const file = folder.checkpointFile(step);
  writeSafetensors(file, stateTensors(runner.parameters), {
    format: '1',
    step: String(step),
    updates: JSON.stringify(runner.updates),
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
      const metadata = readSafetensors(folder.checkpointFile(step), stateTensors(runner.parameters));
      Object.assign(runner.updates, JSON.parse(metadata['updates'] ?? '{}') as Record<string, number>);
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

/** Writes the averaged generator as an ONNX model. The bytes depend on the state alone. @throws UserError */
export function exportModel(
  family: Family,
  shape: RunShape,
  settings: Record<string, unknown>,
  runner: Runner,
  file: string,
  step: number,
): Uint8Array {
  const { output } = family.inference({ ...shape, batch: 1 }, settings)[0]!;
  const weights = new Map(
    runner.parameters.players
      .filter(({ averaged }) => averaged)
      .flatMap(({ parameters }) => parameters.map(({ name }) => [name, runner.parameters.view(name, 'ema')] as const)),
  );
  const metadata = {
    'maquette.format': String(MODEL_FORMAT),
    'maquette.family': family.id,
    'maquette.size': String(shape.size),
    'maquette.channels': String(shape.channels),
    'maquette.range': '-1..1',
    'maquette.alpha': shape.channels === 4 ? 'premultiplied' : 'none',
    'maquette.steps': String(step),
    'maquette.settings': JSON.stringify(settings),
  };
  const { bytes } = writeOnnx({ output }, { weights, metadata });
  writeAtomic(file, [bytes]);
  return bytes;
}

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
  const { metadata, weights } = readModelFile(source);
  if (metadata['maquette.family'] !== family.id)
    throw new UserError(
      `${source} is ${metadata['maquette.family'] ? `a model of ${metadata['maquette.family']}` : 'not a model of Maquette'}; --from takes one of ${family.id}`,
    );
  const player = runner.parameters.players.find(({ averaged }) => averaged)!;
  for (const { name, shape } of player.parameters) {
    const weight = weights.get(name);
    if (weight?.shape.join() !== shape.join())
      throw new UserError(
        `${source} has other layers than this training ("${name}"); use its size, width and channels`,
      );
    for (const field of ['w', 'ema'] as const) runner.parameters.view(name, field).set(weight.data);
  }
  return 'model';
}

/** Reads a model file. @throws UserError with one line that says what is wrong */
export function readModelFile(file: string): ReadModel & { bytes: Uint8Array } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw explainIo(error, `Cannot read ${file}`);
  }
  try {
    return { ...readOnnx(bytes), bytes };
  } catch (error) {
    if (error instanceof Error && error.name === 'ModelError')
      throw new UserError(`${file} is not a usable model: ${error.message}`, { cause: error });
    throw error;
  }
}
