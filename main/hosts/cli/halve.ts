/** `maquette halve`: a model at half its size. */
import type { Command } from 'commander';
import { Random } from '../../../models/graph/random.ts';
import { halveModel } from '../../../models/onnx/half.ts';
import { usualThreads } from '../../cores.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { Generator, seedAt, wishFor } from '../../engine/inference/generator.ts';
import { Translator, workOf, type Work } from '../../engine/inference/translator.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { modelFile } from './models.ts';
import { Output } from './output.ts';

export function addHalve(program: Command): void {
  program
    .command('halve')
    .description('write a model at half its size: its weights in half precision; says how far results move')
    .argument('<model>', 'a model (.onnx) of Maquette, or a run')
    .requiredOption('--out <file>', 'where to write it')
    .option('--json', 'one JSON object a line')
    .action(async (path: string, flags: { out: string; json?: true }) => {
      const output = new Output(flags.json === true);
      const file = modelFile(path);
      const { bytes, metadata } = readModelFile(file);
      if (!metadata['maquette.family'])
        throw new UserError(`${file} is not a model of Maquette; only those can be halved`);
      const makes = metadata['maquette.does'] === 'generate';
      startRuntime(usualThreads());
      const halved = halveModel(bytes);
      const moved = await (makes
        ? differenceMade(bytes, halved, file)
        : difference(bytes, halved, file, workOf({ metadata })));
      writeAtomic(flags.out, [halved]);
      const megabytes = (length: number): string => `${(length / 1e6).toFixed(1)} MB`;
      output.line(
        `${flags.out}: ${megabytes(halved.length)} instead of ${megabytes(bytes.length)}; ${makes ? 'its pictures come' : 'a test pattern comes'} out within ${moved.toFixed(2)} of 255 levels`,
      );
      output.event({ event: 'done', model: flags.out, bytes: halved.length, levels: moved });
    });
}

/** The largest difference of what two forms of a model make of one soft pattern, in levels of 255. */
async function difference(one: Uint8Array, other: Uint8Array, name: string, work: Work): Promise<number> {
  const [before, after] = [one, other].map((bytes) => new Translator(bytes, name, null, work)) as [
    Translator,
    Translator,
  ];
  const pattern = softPattern(before);
  const [a, b] = [(await before.run(pattern)).slice(), (await after.run(pattern)).slice()];
  for (const each of [before, after]) each.release();
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) * 127.5;
}

/** How many pictures of a generator are compared. */
const COMPARED = 16;

/** The largest difference of the pictures that two forms of a generator make, in levels of 255. */
async function differenceMade(one: Uint8Array, other: Uint8Array, name: string): Promise<number> {
  const [before, after] = [new Generator(one, name), new Generator(other, name)];
  let most = 0;
  for (let i = 0; i < COMPARED; i++) {
    const wish = wishFor({ kind: 'seed', seed: seedAt(1, i) });
    const [a, b] = [await before.make(wish), await after.make(wish)];
    for (const [at, value] of a.data.entries()) most = Math.max(most, Math.abs(value - b.data[at]!));
  }
  for (const each of [before, after]) each.release();
  return most;
}

/** Planes of waves in [-1, 1], as soft as pictures are. */
function softPattern({ width, height, channels }: Translator): Float32Array {
  const random = new Random(1, 'pattern');
  const planes = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    const [u, v, phase] = [random.uniform() * 12, random.uniform() * 12, random.uniform() * 6];
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        planes[(c * height + y) * width + x] = Math.sin((u * x) / width + (v * y) / height + phase);
  }
  return planes;
}
