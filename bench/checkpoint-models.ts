/**
 * `node checkpoint-models.js RUN OUT`: the models of every checkpoint that a run has kept, each in a folder of OUT named by
 * its step, so that they can be chosen among where the run itself is too large to be brought along.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { RunFolder } from '../main/engine/training/run-folder.ts';
import { exportCheckpoint } from '../main/studio/export-checkpoint.ts';

const [run, out] = process.argv.slice(2) as [string, string];
const all = new RunFolder(run);
for (const step of all.checkpoints()) {
  // What exports a model takes the newest checkpoint of a run: a run with this one alone.
  const alone = new RunFolder(mkdtempSync(join(tmpdir(), 'checkpoint-')));
  copyFileSync(all.file('run.json'), alone.file('run.json'));
  mkdirSync(alone.file('checkpoints'));
  const file = all.checkpointFile(step);
  copyFileSync(file, alone.file('checkpoints', basename(file)));
  await exportCheckpoint({ run: alone.path, out: join(out, String(step)) });
  rmSync(alone.path, { recursive: true });
}
