/** What MODEL|RUN and DATASET mean on the command line. */
import { join } from 'node:path';
import { existsSync, statSync } from 'node:fs';
import type { Direction, PictureIo } from '../../../preload/contract/index.ts';
import { checkEngineName } from '../../engine/engines.ts';
import { runModelsOn } from '../../engine/inference/card.ts';
import { forkRole } from '../../engine/processes/roles.ts';
import { backOf, isRun, pretrainedOf, readRun, type RunRecord } from '../../engine/training/run-folder.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { Translator, workOf, type Work } from '../../engine/inference/translator.ts';
import { readyUpscaler, readyUpscalers } from '../../engine/inference/ready-upscalers.ts';
import type { UpscalerFile } from '../../engine/inference/upscale-files.ts';
import { UserError } from '../../errors.ts';
import { starterFile, starterIds } from '../../studio/starters.ts';
import { inTaskWorker } from '../../studio/tasks/client.ts';

/** Says what runs models from now on, by the flags: a card that is named has to. @throws UserError for an engine that there is not */
export const runModelsAs = ({ engine, threads }: { engine: string; threads: number }): void =>
  runModelsOn({ engine: checkEngineName(engine), threads, insist: engine !== 'auto' });

/** The file of a run's model that translates in a direction. */
export const fileOf = (direction: Direction): string => (direction === 'AtoB' ? 'model.onnx' : backOf('model.onnx'));

/**
 * The model file that a path means: itself, or the model of a run, for the way back its other one; or a model that is
 * brought along, by its name. Without a direction it is taken as it is. @throws UserError also for a model that translates the other way
 */
export function modelFile(path: string, direction?: Direction): string {
  if (!existsSync(path)) {
    const starters = starterIds();
    if (starters.includes(path)) return starterFile(path, 'model.onnx');
    throw new UserError(
      `${path} does not exist; give a model (.onnx) or the folder of a run, or the name of a model that is brought along: ${starters.join(', ')}`,
    );
  }
  if (!statSync(path).isDirectory()) return path;
  if (!isRun(path)) throw new UserError(`${path} is not a run; give a model (.onnx) or the folder of a run`);
  const file = join(path, fileOf('AtoB'));
  if (!existsSync(file))
    throw new UserError(`${path} has no model yet; let it train to the end, or go on with --resume`);
  if (direction !== 'BtoA') return file;
  const back = join(path, fileOf('BtoA'));
  if (!existsSync(back)) throw new UserError(`${path} has no model that translates back (--direction AtoB)`);
  return back;
}

/**
 * The upscaler of that name that is brought along, or else the model at that path, whose softness leads to what its
 * pretraining left beside it. @throws UserError
 */
export function upscalerFile(name: string): UpscalerFile {
  if (!existsSync(name) || isReady(name)) return readyUpscaler(name);
  const file = modelFile(name);
  const pretrained = pretrainedOf(file);
  return { file, title: name, softer: existsSync(pretrained) ? { file: pretrained, title: pretrained } : null };
}

/** What a training begins from: a path, or the name of an upscaler that is brought along. */
export const beginningFile = (name: string): string => (isReady(name) ? readyUpscaler(name).file : name);

const isReady = (name: string): boolean => readyUpscalers().some(({ id }) => id === name);

/** Opens a model of ours, for its own work or another. The runtime must be started. @throws UserError where it does not do that */
export function openTranslator(path: string, direction?: Direction, work?: Work): Translator {
  const file = modelFile(path, direction);
  const { bytes, metadata } = readModelFile(file);
  requireDirection(file, metadata, direction);
  return new Translator(bytes, file, null, work ?? workOf({ metadata }));
}

/** @throws UserError when a model is known to translate the other way */
function requireDirection(file: string, metadata: Readonly<Record<string, string>>, asked?: Direction): void {
  const its = metadata['maquette.direction'] ?? 'AtoB';
  if (asked !== undefined && asked !== its)
    throw new UserError(`${file} translates ${its}; give the model of the other direction, or the run that made both`);
}

const TRIAL_MS = 30_000;

/** What a model of another tool probably takes, found out in a process that may crash. @throws UserError */
export async function examineOther(file: string, threads: number): Promise<PictureIo> {
  const signal = AbortSignal.timeout(TRIAL_MS);
  const { io } = await inTaskWorker(forkRole, ['examineModel', { file, threads }], {
    signal,
    died: (how) => new UserError(`${file} cannot be used: the process that tried it out ${how}`),
  }).catch((error: unknown) => {
    throw error === signal.reason
      ? new UserError(`${file} cannot be used: it takes longer than ${TRIAL_MS / 1000} seconds`)
      : error;
  });
  return io!; // null only for ours
}

/** What a person says of a model of another tool; the rest is guessed. */
export type Said = Partial<
  Pick<PictureIo, 'layout' | 'outputLayout' | 'range' | 'outputRange' | 'mean' | 'deviation' | 'channels' | 'output'>
> & { set?: Record<string, number> };

/** What is guessed, with what a person says instead. @throws UserError for an output or a number that the model has not */
function saidOf(file: string, io: PictureIo, { set = {}, ...said }: Said): PictureIo {
  const known = (kind: string, names: readonly string[], name: string): void => {
    if (!names.includes(name))
      throw new UserError(
        `${file} has no ${kind} "${name}"; ${names.length > 0 ? `it has ${names.join(', ')}` : 'none'}`,
      );
  };
  if (said.output && io.output !== said.output) known('picture as output', io.outputs, said.output);
  for (const name of Object.keys(set))
    known(
      'number as input',
      io.dials.map((dial) => dial.name),
      name,
    );
  const range = said.range ?? io.range;
  return {
    ...io,
    ...(said.range && { mean: [0, 0, 0], deviation: [1, 1, 1] }),
    ...said,
    ...{ range, outputRange: said.outputRange ?? said.range ?? io.outputRange },
    dials: io.dials.map((dial) => ({ ...dial, value: set[dial.name] ?? dial.value })),
  };
}

/**
 * Opens any model, also one of another tool, which is tried out first in a process that may crash. The runtime must be
 * started. `tell` hears what was guessed.
 * @throws UserError
 */
export async function openAnyTranslator(
  path: string,
  {
    direction,
    said,
    threads,
    tell,
  }: { direction?: Direction; said: Said; threads: number; tell: (io: PictureIo) => void },
): Promise<Translator> {
  const file = modelFile(path, direction);
  const { bytes, metadata } = readModelFile(file);
  if (metadata['maquette.family']) {
    const flag = Object.keys(said)[0];
    if (flag !== undefined)
      throw new UserError(
        `${file} says itself what it takes; --layout, --range, --channels and their like are for models of other tools`,
      );
    return openTranslator(path, direction, 'translate');
  }
  if (direction !== undefined)
    throw new UserError(`${file} was made by another tool and translates one way only; leave out --direction`);
  const io = await examineOther(file, threads);
  const known = saidOf(file, io, said);
  const translator = new Translator(bytes, file, known);
  tell(known);
  return translator;
}

/** What a model of another tool takes, in the words of the flags that say it. */
export function sayIo(io: PictureIo): string {
  const { layout, outputLayout, range, outputRange, channels, size, multiple, rest } = io;
  const plain = io.mean.every((one) => one === 0) && io.deviation.every((one) => one === 1);
  const flags = [
    `--layout ${layout}`,
    ...(outputLayout === layout ? [] : [`--output-layout ${outputLayout}`]),
    `--range ${range}`,
    ...(plain ? [] : [`--mean ${io.mean.join(',')} --deviation ${io.deviation.join(',')}`]),
    `--output-range ${outputRange} --channels ${channels}`,
    ...(io.output === null ? [] : [`--output "${io.output}" (of ${io.outputs.join(', ')})`]),
    ...io.dials.map(({ name, value }) => `--set "${name}=${value}"`),
  ];
  const more = rest === 0 ? '' : ` and ${rest} more`;
  const free = multiple > 1 ? `any size in multiples of ${multiple}${more}` : 'any size';
  return `${flags.join(' ')}, ${size ? `${size.width} x ${size.height} pixels` : free}`;
}

/** The record of a run, where the path is one. */
export const runOf = (path: string): RunRecord | null => (isRun(path) ? readRun(path) : null);
