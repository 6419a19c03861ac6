/** What MODEL|RUN and DATASET mean on the command line. */
import { join } from 'node:path';
import { existsSync, statSync } from 'node:fs';
import { UserError } from '../../errors.ts';
import { isRun, readRun, type RunRecord } from '../../engine/run-folder.ts';
import { readModelFile } from '../../engine/snapshot.ts';
import { Translator } from '../../engine/translator.ts';

/** The model file that a path means: itself, or the model of a run. @throws UserError */
export function modelFile(path: string): string {
  if (!existsSync(path)) throw new UserError(`${path} does not exist; give a model (.onnx) or the folder of a run`);
  if (!statSync(path).isDirectory()) return path;
  if (!isRun(path)) throw new UserError(`${path} is not a run; give a model (.onnx) or the folder of a run`);
  const file = join(path, 'model.onnx');
  if (!existsSync(file))
    throw new UserError(`${path} has no model yet; let it train to the end, or go on with --resume`);
  return file;
}

/** Opens a model to translate with. The runtime must be started. @throws UserError */
export function openTranslator(path: string): Translator {
  const file = modelFile(path);
  return new Translator(readModelFile(file).bytes, file);
}

/** The record of a run, where the path is one. */
export const runOf = (path: string): RunRecord | null => (isRun(path) ? readRun(path) : null);
