/** The model of a run as its newest checkpoint has it, while the run goes on. Runs in the task worker. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolder } from '../engine/training/run-folder.ts';
import { requireFamily } from '../engine/training/known-family.ts';
import { readAllSafetensors } from '../engine/training/safetensors.ts';
import { exportModel, pretrainedAt } from '../engine/training/snapshot.ts';
import { UserError } from '../errors.ts';

/**
 * Writes the models of a run into a folder, and those that its pretraining left, under the names that they have in a run.
 * @returns the step that they are of
 * @throws UserError when there is no checkpoint that can be read
 */
export function exportCheckpoint({ run, out }: { run: string; out: string }): Promise<number> {
  const folder = new RunFolder(run);
  const { family: id, settings, size, channels, batch, labels } = folder.read();
  const shape = { size, channels, batch, labels };
  const family = requireFamily(id, shape);
  mkdirSync(out, { recursive: true });
  let problem = 'This training has no checkpoint yet; wait a moment';
  for (const step of folder.checkpoints())
    try {
      const { tensors } = readAllSafetensors(folder.checkpointFile(step));
      const state = { tensors, updates: {}, pools: {} };
      const { models } = family.program(shape, settings);
      for (const model of models)
        exportModel({ family, shape, settings, step }, model, { state, file: join(out, model.file) });
      for (const { from, file } of pretrainedAt(folder, models, step)) copyFileSync(from, join(out, file));
      return Promise.resolve(step);
    } catch (error) {
      // It may have been cleared away just now, or be damaged: the one before it will do.
      if (error instanceof UserError) problem = error.message;
      else if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  throw new UserError(problem);
}
