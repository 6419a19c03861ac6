/** `maquette evaluate MODEL|RUN DATASET`: how close a model comes to the truth, or to a style, on held-out pictures. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import type { DataKind } from '../../../models/families/family.ts';
import type { Direction } from '../../../models/families/program.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { MinibatchSource } from '../../engine/data/minibatches.ts';
import { l1, MetricsTotal, toUnit, type PlaneShape, type Scores } from '../../engine/metrics/metrics.ts';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { readModelFile } from '../../engine/training/snapshot.ts';
import { SlicedWasserstein } from '../../engine/metrics/swd.ts';
import type { Translator } from '../../engine/inference/translator.ts';
import { UserError } from '../../errors.ts';
import { usualThreads } from '../../cores.ts';
import { WORTH } from '../../engine/metrics/agreement.ts';
import { sayScores } from './enlarge.ts';
import { Baselines } from './evaluate-beside.ts';
import { evaluateEnlarged } from './evaluate-enlarged.ts';
import { evaluateMade, type SeenLabels } from './evaluate-made.ts';
import { fileOf, modelFile, openTranslator, runOf } from './models.ts';
import { number } from './options.ts';
import { Output } from './output.ts';
import { UNVARIED } from '../../engine/processes/messages.ts';

interface Flags {
  holdout?: number;
  seed?: number;
  heldOutFrom?: string;
  direction?: Direction;
  beside?: string;
  sliders?: true;
  threads: number;
  json?: true;
}

export function addEvaluate(program: Command): void {
  program
    .command('evaluate')
    .description(
      'how good a model is on the held-out part of a dataset: l1, psnr, ssim and swd; of two sets and of generators swd',
    )
    .argument('<model>', 'a model (.onnx) or the folder of a run')
    .argument('<dataset>', 'folder of pictures')
    .option('--holdout <share>', 'share that is held out; a run knows its own', number(0.000001, 0.9, 'any'))
    .option('--seed <n>', 'seed of the split; a run knows its own', number(0, 2 ** 32))
    .option('--held-out-from <run>', 'the same held-out pictures as this run')
    .addOption(new Option('--direction <way>', 'of two sets: which way').choices(['AtoB', 'BtoA']))
    .option(
      '--sliders',
      'of a generator: also what sliders change that are made from marked pictures, by the labels of the dataset',
    ) // oxfmt-ignore
    .option('--beside <learned>', 'of pairs: also what no network at all would score, by what these learned pairs say')
    .option('--threads <n>', 'processor threads', number(1, 256), usualThreads())
    .option('--json', 'one JSON object a line')
    .action(evaluate);
}

async function evaluate(model: string, dataset: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  startRuntime(flags.threads);
  const { direction = 'AtoB' } = flags;
  const file = modelFile(model, direction);
  const { metadata } = readModelFile(file);
  if (metadata['maquette.does'] === 'upscale') return evaluateUpscaler({ model, file, dataset }, flags, output);
  const kind = FAMILIES.get(metadata['maquette.family'] ?? '')?.data ?? 'pairs';
  const judging = JUDGES[kind];
  if (!judging) return evaluateGenerator({ model, file, dataset }, flags, output);
  const translator = openTranslator(model, direction);
  if (kind === 'pairs' && direction === 'BtoA')
    throw new UserError(`${file} learned from pairs and translates one way only; leave out --direction`);
  const run = runOf(flags.heldOutFrom ?? model);
  if (flags.heldOutFrom !== undefined && !run) throw new UserError(`${flags.heldOutFrom} is not a run`);
  const { size, channels } = translator;
  if (flags.beside !== undefined && kind !== 'pairs')
    throw new UserError('--beside is for models that learned from pairs; leave it out');
  const settings = {
    ...{ dataset, kind, size, channels, batch: 1 },
    holdout: flags.holdout ?? (run?.holdout || 0.1),
    seed: flags.seed ?? run?.seed ?? 1,
    augment: UNVARIED,
    emphasis: null,
    only: null,
  };
  const warn = (message: string): void => output.warning(message);
  const source = new MinibatchSource(settings, warn);
  const baselines =
    flags.beside === undefined ? null : await Baselines.read({ ...settings, dataset: flags.beside }, warn);
  const { heldOut, heldOutNames } = source.summary;
  if (
    run &&
    flags.holdout === undefined &&
    flags.seed === undefined &&
    run.heldOut.join('\n') !== heldOutNames.join('\n')
  )
    output.warning('these are not the pictures that the run held out; it may have learned from some of them');
  const shape = { channels, height: size, width: size };
  const judge = judging(shape, () => wayBack(model, direction));
  let scored = 0;
  for (let i = 0; i < heldOut; i++) {
    const { ports, names } = await source.heldOut(i, 1);
    const name = names['input']![0];
    if (name === undefined) continue;
    scored++;
    const { input, target } = ports as { input: Float32Array; target: Float32Array };
    const [from, wanted] = direction === 'AtoB' ? [input, target] : [target, input];
    await judge.add(from, (await translator.run(from)).slice(), wanted);
    baselines?.add(input, target);
    output.progress(i + 1, heldOut, name);
  }
  output.end();
  if (scored === 0)
    throw new UserError(
      `None of the held-out pictures of ${dataset} could be read; see what is wrong with them: maquette inspect ${dataset}`,
    );
  const scores = judge.scores();
  output.line(`${scored} held-out pictures${kind === 'sets' ? `, ${direction}` : ''}: ${judge.says()}`);
  const beside = baselines?.scores();
  if (beside)
    for (const name of ['input', 'mean', 'nearest'] as const)
      output.line(`${BESIDE[name]}: ${saysScores(beside[name])}`);
  output.event({
    ...{ event: 'done', n: scored, ...(kind === 'sets' ? { direction } : {}), ...scores },
    ...(beside && { beside }),
  });
}

interface Evaluated {
  model: string;
  file: string;
  dataset: string;
}

/** Which part of the pictures is held out. */
function splitOf(model: string, flags: Flags): { holdout: number; seed: number } {
  const run = runOf(flags.heldOutFrom ?? model);
  return { holdout: flags.holdout ?? (run?.holdout || 0.1), seed: flags.seed ?? run?.seed ?? 1 };
}

async function evaluateUpscaler({ model, file, dataset }: Evaluated, flags: Flags, output: Output): Promise<void> {
  const scores = await evaluateEnlarged({ file, title: model }, { dataset, ...splitOf(model, flags) }, output);
  const { n, ...own } = scores.model;
  output.line(`${n} held-out pictures: ${sayScores(scores.model)}; by a bicubic filter ${sayScores(scores.bicubic)}`);
  output.event({ event: 'done', n, ...own, bicubic: scores.bicubic });
}

async function evaluateGenerator({ model, file, dataset }: Evaluated, flags: Flags, output: Output): Promise<void> {
  const split = splitOf(model, flags);
  const scores = await evaluateMade(
    file,
    { dataset, ...split, threads: flags.threads, sliders: flags.sliders === true },
    output,
  );
  const { n, swd, swdReal, variety, copies, agreement, sliders, codes } = scores;
  output.line(
    `${n} made beside ${n} held out: swd ${swd.toFixed(2)} (learned pictures ${swdReal.toFixed(2)})  variety ${variety.toFixed(2)}  copies ${(100 * copies).toFixed(1)} %`,
  );
  if (agreement) sayAgreement(agreement, output);
  for (const { trait, value, amount, own, others } of sliders ?? [])
    output.line(
      `a slider ${trait}=${value}, from -${amount} to ${amount}: changes it by ${own.toFixed(2)}, all else by ${others.toFixed(2)}`,
    );
  for (const { code, trait, own, others } of codes ?? [])
    output.line(
      `${code}, found by itself: changes ${trait} by ${own.toFixed(2)}, any other label by at most ${others.toFixed(2)}`,
    );
  output.event({ event: 'done', ...scores });
}

function sayAgreement({ made, real }: SeenLabels, output: Output): void {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const traits = Object.keys(made.traits);
  const parts = traits.map((trait) => `${trait} ${percent(made.traits[trait]!)}`);
  if (traits.length > 1) parts.push(`all at once ${percent(made.all)}`);
  const known = traits.map((trait) => `${trait} ${percent(real.traits[trait]!)}`);
  output.line(`what was asked for is seen: ${parts.join(', ')}`);
  output.line(`whoever looks is right about real held-out pictures: ${known.join(', ')}`);
  const unsure = traits.filter((trait) => real.traits[trait]! < WORTH);
  if (unsure.length > 0)
    output.warning(
      `${unsure.join(', ')}: the labels of real pictures are seen less than ${percent(WORTH)} of the time, so that agreement means little there`,
    );
}

/** The model that undoes a model, where there is one: the other one of its run. */
function wayBack(model: string, direction: Direction): Translator | null {
  const other: Direction = direction === 'AtoB' ? 'BtoA' : 'AtoB';
  const run = runOf(model);
  return run && existsSync(join(model, fileOf(other))) ? openTranslator(model, other) : null;
}

const JUDGES: Partial<Record<DataKind, (shape: PlaneShape, back: () => Translator | null) => Judge>> = {
  pairs: (shape) => new AgainstTruth(shape),
  sets: (shape, back) => new AgainstSet(shape, back()),
};

/** Scores of translations, of planes in [-1, 1]. */
interface Judge {
  add(from: Float32Array, result: Float32Array, wanted: Float32Array): Promise<void>;
  scores(): object;
  says(): string;
}

const saysScores = ({ l1, psnr, ssim, swd }: Scores): string =>
  `l1 ${l1.toFixed(4)}  psnr ${psnr.toFixed(2)} dB  ssim ${ssim.toFixed(4)}  swd ${swd.toFixed(2)}`;

/** How results are called that no network makes. */
const BESIDE = {
  input: 'the input as it is',
  mean: 'the mean of what was learned',
  nearest: 'what the most similar learned input became',
} as const;

/** Pairs: each result is compared with its truth. */
class AgainstTruth implements Judge {
  readonly #total: MetricsTotal;

  constructor(shape: PlaneShape) {
    this.#total = new MetricsTotal(shape);
  }

  add(_from: Float32Array, result: Float32Array, truth: Float32Array): Promise<void> {
    this.#total.add(toUnit(result), toUnit(truth));
    return Promise.resolve();
  }

  scores(): Scores {
    return this.#total.scores();
  }

  says(): string {
    return saysScores(this.scores());
  }
}

/**
 * Two sets: all results are compared with all real pictures of the wanted set (`swd`), as the inputs themselves are
 * (`swdUntranslated`), and each picture with what comes back of it (`cycleL1`, mean absolute difference in [-1, 1];
 * null where nothing translates back).
 */
class AgainstSet implements Judge {
  readonly #translated: SlicedWasserstein;
  readonly #untranslated: SlicedWasserstein;
  readonly #back: Translator | null;
  #cycle = 0;
  #n = 0;

  constructor(shape: PlaneShape, back: Translator | null) {
    [this.#translated, this.#untranslated] = [new SlicedWasserstein(shape), new SlicedWasserstein(shape)];
    this.#back = back;
  }

  async add(from: Float32Array, result: Float32Array, real: Float32Array): Promise<void> {
    this.#translated.add(toUnit(result), toUnit(real));
    this.#untranslated.add(toUnit(from), toUnit(real));
    if (this.#back) this.#cycle += l1(await this.#back.run(result), from);
    this.#n++;
  }

  scores(): { swd: number; swdUntranslated: number; cycleL1: number | null } {
    return {
      swd: this.#translated.distance(),
      swdUntranslated: this.#untranslated.distance(),
      cycleL1: this.#back && this.#cycle / this.#n,
    };
  }

  says(): string {
    const { swd, swdUntranslated, cycleL1 } = this.scores();
    const share = ((100 * swd) / swdUntranslated).toFixed(0);
    const cycle = cycleL1 === null ? '' : `  there and back, L1 ${cycleL1.toFixed(4)}`;
    return `swd ${swd.toFixed(2)}, ${share} % of that of the untranslated pictures (${swdUntranslated.toFixed(2)})${cycle}`;
  }
}
