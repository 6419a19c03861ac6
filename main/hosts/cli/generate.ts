/** `maquette generate MODEL --count N --out DIR` and `maquette interpolate MODEL --seeds 1,2,3 --out FILE` */
import { existsSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Trait } from '../../../models/families/traits.ts';
import { Random } from '../../../models/graph/random.ts';
import type { Part, Recipe } from '../../../models/latent/recipe.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import { usualThreads } from '../../cores.ts';
import { LABELS_FILE } from '../../engine/data/labelled.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { evenPath } from '../../engine/inference/even-path.ts';
import { Generator, seedAt, traitsThat, wishFor } from '../../engine/inference/generator.ts';
import { encodeAnimation } from '../../engine/pictures/animation.ts';
import { ANIMATIONS, type AnimationFormat } from '../../engine/pictures/formats.ts';
import { encodePng, type Picture } from '../../engine/pictures/pictures.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { UserError } from '../../errors.ts';
import { ensureWritableFolder, writeAtomic } from '../../files.ts';
import { modelFile, runModelsAs } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';

interface Common {
  label?: Record<string, string>;
  truncation: number;
  threads: number;
  engine: string;
  out: string;
  json?: true;
}

export function addGenerate(program: Command): void {
  common(program.command('generate').description('make new pictures with a generator'))
    .requiredOption('--out <folder>', 'where to write 0001.png and so on')
    .option('--count <n>', 'how many', number(1, 100_000), 16)
    .option('--seed <n>', 'everything random follows from it', number(0, 2 ** 32), 1)
    .option(
      '--hold <x,y,w,h>',
      'what all pictures have as the first: a part of it, in its pixels; the rest varies',
      box,
    )
    .option(
      '--distance <d>',
      'with --hold, how far the others are from the first, 0 to 1 (default: 0.3)',
      number(0, 1, 'any'),
    )
    .action(generate);
}

export function addInterpolate(program: Command): void {
  common(program.command('interpolate').description('animate a way through pictures of a generator'))
    .requiredOption('--out <file>', `a .${ANIMATIONS.join(', .')} file`)
    .requiredOption('--seeds <a,b,...>', 'the pictures that it goes through: their seeds', seeds)
    .option('--frames <n>', 'how many pictures in all', number(2, 10_000), 60)
    .option('--fps <n>', 'how many of them a second', number(1, 60), 24)
    .option('--loop', 'come back to the first')
    .action(interpolate);
}

const common = (command: Command): Command =>
  command
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .option(
      '--label <name=value,...>',
      'what to make, of a model that learned labels; any where it is not said',
      labels,
    )
    .option(
      '--truncation <t>',
      'how far from the mean: 1 as it was trained, less is safer and more alike',
      number(0, 2, 'any'),
      1,
    ) // oxfmt-ignore
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--engine <name>', 'what runs the model: auto takes a card that makes the same', 'auto')
    .option('--json', 'one JSON object a line');

function seeds(text: string): number[] {
  const all = text.split(',').map((each) => (/^\d{1,10}$/.test(each.trim()) ? Number(each) : NaN));
  if (all.length < 2 || all.some((each) => !(each < 2 ** 32)))
    throw new InvalidArgumentError('At least two whole numbers, as 1,2,3');
  return all;
}

/** A part of a picture, in its pixels. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function box(text: string): Box {
  const all = text.split(',').map((each) => (/^\d{1,5}$/.test(each.trim()) ? Number(each) : NaN));
  const [x, y, width, height] = all as [number, number, number, number];
  if (all.length !== 4 || all.some((each) => Number.isNaN(each)) || width === 0 || height === 0)
    throw new InvalidArgumentError('Left, top, width and height in pixels, as 16,24,32,12');
  return { x, y, width, height };
}

/** The part of a picture of `size` x `size` pixels. @throws UserError where it reaches beyond the picture */
function partOf({ x, y, width, height }: Box, size: number): Part {
  if (x + width > size || y + height > size)
    throw new UserError(`--hold reaches beyond the pictures, which are ${size} x ${size} pixels`);
  return { left: x / size, top: y / size, right: (x + width) / size, bottom: (y + height) / size };
}

/** `hair=short,skin=dark`; a value alone is that of the input `label`. */
export function labels(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((each) => {
      const at = each.indexOf('=');
      return at < 0 ? ['label', each.trim()] : [each.slice(0, at).trim(), each.slice(at + 1).trim()];
    }),
  );
}

/** Opens a generator, which is released again. @throws UserError */
export async function withGenerator<T>(
  model: string,
  threads: number,
  work: (generator: Generator, model: ReadModel & { bytes: Uint8Array }) => Promise<T>,
): Promise<T> {
  const file = modelFile(model);
  const read = readModelFile(file);
  startRuntime(threads);
  const generator = new Generator(read.bytes, file);
  try {
    return await work(generator, read);
  } finally {
    // Its threads end before the process does: a runtime that is torn down under them may crash.
    generator.release();
  }
}

interface Generating extends Common {
  count: number;
  seed: number;
  hold?: Box;
  distance?: number;
}

/** How far pictures are from the one of which a part is held, where nothing is said. */
const NEAR = 0.3;

async function generate(model: string, flags: Generating): Promise<void> {
  const { count, seed, hold, distance, out, threads } = flags;
  runModelsAs(flags);
  if (distance !== undefined && !hold)
    throw new UserError('--distance is for --hold; leave it out, or say what to hold');
  const output = new Output(flags.json === true);
  await withGenerator(model, threads, async (generator) => {
    const part = hold && partOf(hold, generator.form.size);
    ensureWritableFolder(out);
    const traits = traitsThat(generator.form);
    const listed = join(out, LABELS_FILE);
    if (traits.length > 0 && existsSync(listed))
      throw new UserError(`${listed} is there already, and says what other pictures show; choose another folder`);
    const rows = [['file', ...traits.map(({ name }) => name)]];
    const drawn = (i: number): Recipe => ({ kind: 'seed', seed: seedAt(seed, i) });
    for (let i = 0; i < count; i++) {
      // Of a picture that is varied all have the labels.
      const asked = { ...anyOf(traits, new Random(seed, 'labels', part ? 0 : i)), ...flags.label };
      const recipe: Recipe =
        part && i > 0
          ? { kind: 'held', of: drawn(0), seed: seedAt(seed, i), distance: distance ?? NEAR, ...part }
          : drawn(i);
      const picture = await generator.make(wishOf(recipe, { ...flags, label: asked }));
      const file = join(out, `${String(i + 1).padStart(4, '0')}.png`);
      rows.push([basename(file), ...traits.map(({ name }) => asked[name]!)]);
      await encodePng(picture, file);
      output.event({ event: 'picture', output: file });
      output.progress(i + 1, count, basename(file));
    }
    if (traits.length > 0) writeAtomic(listed, [csvOf(rows)]);
    madeBy(generator, output, `${count === 1 ? '1 picture' : `${count} pictures`} in ${out}`);
    output.event({ event: 'done', n: count, device: generator.device });
  });
}

/** Says what was made, where, and why not on the card that there is. */
function madeBy({ device, refused }: Generator, output: Output, what: string): void {
  output.end();
  if (refused !== null) output.warning(refused);
  output.line(device === null ? what : `${what}, by ${device}`);
}

/** A value of each trait. */
const anyOf = (traits: readonly Trait[], random: Random): Record<string, string> =>
  Object.fromEntries(traits.map(({ name, values }) => [name, values[random.below(values.length)]!]));

const csvOf = (rows: readonly (readonly string[])[]): string =>
  rows
    .map((row) => `${row.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`)
    .join('');

async function interpolate(
  model: string,
  flags: Common & { seeds: number[]; frames: number; fps: number; loop?: true },
): Promise<void> {
  const { out, frames, fps, threads } = flags;
  runModelsAs(flags);
  const format = extname(out).slice(1).toLowerCase();
  if (!ANIMATIONS.includes(format as AnimationFormat))
    throw new UserError(
      `${out}: this version writes .${ANIMATIONS.join(', .')}; videos are made in the studio's window, and there is no encoder here for ${format === '' ? 'a file without an ending' : `.${format}`}`,
    );
  const output = new Output(flags.json === true);
  const keys = flags.seeds.map((seed): Recipe => ({ kind: 'seed', seed }));
  await withGenerator(model, threads, async (generator) => {
    const wishes = keys.map((recipe) => wishOf(recipe, flags));
    const path = await evenPath(generator, wishes, { frames, loop: flags.loop === true });
    const made: Picture[] = [];
    for (const wish of path) {
      made.push(await generator.make(wish));
      output.progress(made.length, frames, '');
    }
    writeAtomic(out, [await encodeAnimation(made, { format: format as AnimationFormat, fps })]);
    madeBy(generator, output, `${frames} frames in ${out}`);
    output.event({ event: 'done', n: frames, output: out, device: generator.device });
  });
}

const wishOf = (recipe: Recipe, { label, truncation }: Common) =>
  wishFor(recipe, { truncation, ...(label && { labels: label }) });
