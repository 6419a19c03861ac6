/**
 * `node dist/recipe.js NAME`: a recipe of assets/recipes: the sample, a training (which goes on where it was cut off), its
 * evaluation, and a sheet of held-out pictures to look at. What it makes lies in demo/NAME.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { FAMILIES } from '../../models/families/index.ts';
import { physicalCores } from '../cores.ts';
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

/* eslint-disable no-console -- a program for people, with nothing for scripts */

/** Flags of `maquette train`, without their dashes; true for those that take no value. */
const flagsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.literal(true)]));

const recipeSchema = z.strictObject({
  title: z.string(),
  sample: z.string(),
  /** How many things of the sample; all (or as many as it gives) where it is not said. */
  count: z.int().min(1).optional(),
  /** The folder of the sample that is learned from; the whole of it where it is not said. */
  part: z.string().optional(),
  family: z.string(),
  train: flagsSchema,
  /** What differs between trainings of which each goes on from the one before. */
  trainings: z.array(flagsSchema).min(1).default([{}]),
});

const RECIPES = join(ROOT, 'assets', 'recipes');
/** Held-out pictures on the sheet: rows of groups. */
const [ROWS, GROUPS] = [8, 2];
/** Pictures of a generator on the sheet: a square. */
const MADE = 64;

const name = process.argv[2] ?? '';
if (!/^[a-z-]+$/.test(name) || !existsSync(join(RECIPES, `${name}.json`))) {
  const names = readdirSync(RECIPES).map((file) => basename(file, '.json'));
  console.error(`Say which recipe: ${names.join(', ')}`);
  process.exit(2);
}
const recipe = recipeSchema.parse(JSON.parse(readFileSync(join(RECIPES, `${name}.json`), 'utf8')));
const at = (...parts: string[]): string => join(ROOT, 'demo', name, ...parts);
/** The run of a training; the last one is the result. */
const runOf = (training: number): string =>
  at(training === recipe.trainings.length - 1 ? 'run' : `run-${training + 1}`);
const [sample, run] = [at(recipe.sample), at('run')];
const pictures = join(sample, recipe.part ?? '');

/** Runs a command of ours; ends with its status if it fails. */
function maquette(...args: string[]): void {
  console.log(`\n$ maquette ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [join(ROOT, 'bin', 'maquette.js'), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

console.log(recipe.title);
maquette('samples', recipe.sample, '--out', sample, ...(recipe.count ? ['--count', String(recipe.count)] : []));
for (const [i, training] of recipe.trainings.entries()) {
  const given: z.infer<typeof flagsSchema> = { ...recipe.train, ...training, ...(i > 0 ? { from: runOf(i - 1) } : {}) };
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

/** Held-out pictures, and what the model makes of them. */
async function translated(): Promise<Picture> {
  const record = readRun(run);
  const { size, channels } = record;
  startRuntime(physicalCores());
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
  startRuntime(physicalCores());
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
  startRuntime(physicalCores());
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
