/**
 * `node dist/recipe.js NAME`: a recipe of assets/recipes: the sample, a training (which goes on where it was cut off), its
 * evaluation, and a sheet of held-out pictures to look at. What it makes lies in demo/NAME.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FAMILIES } from '../../models/families/index.ts';
import { usualThreads } from '../cores.ts';
import { MinibatchSource } from '../engine/data/minibatches.ts';
import { startRuntime } from '../engine/cpu/ort.ts';
import { Generator, seedAt, wishFor } from '../engine/inference/generator.ts';
import { openUpscaler } from '../engine/inference/upscale-files.ts';
import { encodePng, fromPlanar, repeated, type Picture } from '../engine/pictures/pictures.ts';
import { contactSheet } from '../engine/pictures/sheet.ts';
import { readRun } from '../engine/training/run-folder.ts';
import { readModelFile } from '../engine/training/snapshot.ts';
import { ROOT } from '../root.ts';
import { fileOf, openTranslator } from './cli/models.ts';
import { keepOut, readRecipe, recipeNames, type Flags } from './recipe-file.ts';

/* eslint-disable no-console -- a program for people, with nothing for scripts */

/** Held-out pictures on the sheet: rows of groups. */
const [ROWS, GROUPS] = [8, 2];
/** Pictures of a generator on the sheet: a square. */
const MADE = 64;

const name = process.argv[2] ?? '';
if (!recipeNames().includes(name)) {
  console.error(`Say which recipe: ${recipeNames().join(', ')}`);
  process.exit(2);
}
const recipe = readRecipe(name);
const at = (...parts: string[]): string => join(ROOT, 'demo', name, ...parts);
/** The run of a training; the last one is the result. */
const runOf = (training: number): string =>
  at(training === recipe.trainings.length - 1 ? 'run' : `run-${training + 1}`);
const [sample, run, keptOut] = [at(recipe.sample), at('run'), at('kept-out')];
const finished = join(recipe.keptOut ? at('learned') : sample, recipe.part ?? '');
const pictures = recipe.drawn ? at('drawn') : finished;

/** Runs a command of ours; ends with its status if it fails. */
function maquette(...args: string[]): void {
  console.log(`\n$ maquette ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(ROOT, 'bin', 'maquette.js'), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

console.log(recipe.title);
maquette('samples', recipe.sample, '--out', sample, ...(recipe.count ? ['--count', String(recipe.count)] : []));
if (recipe.keptOut) keepOut(sample, recipe.keptOut, { learned: at('learned'), keptOut });
/** Pictures as they are learned from: drawn, where the recipe says so. */
function drawn(from: string, to: string): string {
  if (!recipe.drawn) return from;
  if (!existsSync(to)) maquette('sketches', from, '--out', to, '--style', ...recipe.drawn);
  return to;
}
drawn(finished, pictures);
for (const [i, training] of recipe.trainings.entries()) {
  const given: Flags = { ...recipe.train, ...training, ...(i > 0 ? { from: runOf(i - 1) } : {}) };
  const flags = Object.entries(given).flatMap(([flag, value]) => [
    `--${flag}`,
    ...(value === true ? [] : [String(value)]),
  ]);
  maquette('train', recipe.family, pictures, '--out', runOf(i), ...flags, '--resume');
}
const family = FAMILIES.get(recipe.family)!;
const kind = family.data;
const bothWays = existsSync(join(run, fileOf('BtoA')));
maquette('evaluate', run, pictures);
if (bothWays) maquette('evaluate', run, pictures, '--direction', 'BtoA');
// Of what neither the training nor a choice has seen.
if (recipe.keptOut) {
  const unseen = drawn(join(keptOut, recipe.part ?? ''), at('kept-out-drawn'));
  maquette('evaluate', run, unseen, '--holdout', '0.9', '--seed', '1');
}

/** Held-out pictures, and what the model makes of them. */
async function translated(): Promise<Picture> {
  const record = readRun(run);
  const { size, channels } = record;
  startRuntime(usualThreads());
  const source = new MinibatchSource({ ...record, dataset: pictures, kind, only: null }, (message) =>
    console.error(message),
  );
  const { ports, names } = await source.heldOut(0, ROWS * GROUPS);
  const count = names['input']!.length;
  const there = openTranslator(run, 'AtoB');
  const back = bothWays ? openTranslator(run, 'BtoA') : null;
  const rows: Picture[][] = [];
  for (let i = 0; i < count; i++) {
    if (i % GROUPS === 0) rows.push([]);
    const [a, b] = [ports['input']!, ports['target']!].map((planes) =>
      planes.subarray(i * (planes.length / count)).slice(0, channels * size * size),
    ) as [Float32Array, Float32Array];
    const toB = (await there.run(a)).slice();
    const group = [a, toB];
    if (back) {
      group.push((await back.run(toB)).slice(), b);
      const toA = (await back.run(b)).slice();
      group.push(toA, (await there.run(toA)).slice());
    } else group.push(b);
    rows.at(-1)!.push(...group.map((planes) => fromPlanar(planes, size, size, channels)));
  }
  const labels = back
    ? ['A', 'to B', 'back', 'B', 'to A', 'back']
    : ['drawing', 'result', kind === 'pairs' ? 'truth' : 'example'];
  return contactSheet(rows, { gap: 10, labels: Array.from({ length: GROUPS }, () => labels).flat() });
}

/** Pictures that a generator makes. */
async function made(): Promise<Picture> {
  startRuntime(usualThreads());
  const generator = new Generator(readModelFile(join(run, fileOf('AtoB'))).bytes, run);
  const pictures: Picture[] = [];
  for (let i = 0; i < MADE; i++) pictures.push(await generator.make(wishFor({ kind: 'seed', seed: seedAt(1, i) })));
  generator.release();
  const columns = Math.sqrt(MADE);
  return contactSheet(
    Array.from({ length: columns }, (_, row) => pictures.slice(row * columns, (row + 1) * columns)),
    { gap: 8 },
  );
}

/** Windows of held-out pictures: made smaller, what the model makes of that, and what they were. */
async function enlarged(): Promise<Picture> {
  const record = readRun(run);
  const { size, channels, labels } = record;
  startRuntime(usualThreads());
  const { inputs } = family.program({ size, channels, batch: 1, labels }, family.settings.parse(record.settings));
  const source = new MinibatchSource({ ...record, dataset: pictures, kind, windows: true, only: null }, (message) =>
    console.error(message),
  );
  source.serve(inputs);
  const { ports, names } = await source.heldOut(0, ROWS * GROUPS);
  const file = join(run, fileOf('AtoB'));
  const upscaler = openUpscaler({ file, title: file });
  const side = size / upscaler.scale;
  const rows: Picture[][] = [];
  for (const [i] of names['picture']!.entries()) {
    if (i % GROUPS === 0) rows.push([]);
    const of = (port: string, pixels: number) => ports[port]!.slice(i * channels * pixels, (i + 1) * channels * pixels);
    const [small, truth] = [of('small', side ** 2), of('picture', size ** 2)];
    const result = await upscaler.run(small, { width: side, height: side });
    rows
      .at(-1)!
      .push(
        repeated(fromPlanar(small, side, side, channels), upscaler.scale),
        ...[result, truth].map((planes) => fromPlanar(planes, size, size, channels)),
      );
  }
  upscaler.release();
  const group = ['small', 'result', 'truth'];
  return contactSheet(rows, { gap: 10, labels: Array.from({ length: GROUPS }, () => group).flat() });
}

/** The sheet of what its models are for, and what it shows. */
const SHEETS: Record<typeof family.does, [draw: () => Promise<Picture>, says: string]> = {
  translate: [translated, 'Pictures that it never saw, and what it made of them'],
  upscale: [enlarged, 'Pictures that it never saw, and what it made of them'],
  generate: [made, 'What it makes'],
};
const [draw, says] = SHEETS[family.does];
await encodePng(await draw(), at('contact-sheet.png'));
console.log(`\n${says}:\n${at('contact-sheet.png')}`);
