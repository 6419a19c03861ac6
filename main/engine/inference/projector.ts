/**
 * The artist's own picture in the latent of a generator: the nearest of many drawn pictures, and from there downhill
 * through the generator, each level of detail on its own. Or the generator learns the picture.
 */
import { isParameter, type Tensor } from '../../../models/graph/tensor.ts';
import { topological } from '../../../models/graph/graph.ts';
import type { ProgramModel } from '../../../models/families/program.ts';
import { POINT, projection, tuning } from '../../../models/latent/projection.ts';
import { latentOf, type Recipe } from '../../../models/latent/recipe.ts';
import { replaceWeights } from '../../../models/onnx/replace-weights.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import { UserError } from '../../errors.ts';
import { cpu } from '../cpu/index.ts';
import { l1 } from '../metrics/metrics.ts';
import { toPlanar, type Picture } from '../pictures/pictures.ts';
import { otherValues, seedAt, wishFor, type Generator } from './generator.ts';
import { graphOf } from './model-graph.ts';

/** Pictures that are drawn to begin with the nearest of them. */
export const DRAWN = 1000;
const STEPS = 4500;
const SEED = 1;

export interface Found {
  /** [levels, length] */
  point: Float32Array;
  /** Mean absolute difference to the picture, 0..1: of what was found, and of the nearest drawn one. */
  l1: number;
  drawnL1: number;
}

interface Looking {
  labels?: Readonly<Record<string, string>>;
  threads: number;
  steps?: number;
  /** Told after some steps; what it throws ends the search. */
  progress?: (done: number, total: number) => void;
}

/**
 * Looks for a picture, of the size and the channels of the generator. The runtime must be started.
 * @throws UserError for a model that cannot be looked through
 */
export async function project(
  model: ReadModel,
  generator: Generator,
  picture: Picture,
  { labels = {}, threads, steps = STEPS, progress = () => undefined }: Looking,
): Promise<Found> {
  const { graph, weights } = graphWithin(model);
  const { latent, inputs } = generator.form;
  const total = DRAWN + steps;
  const sought = toPlanar(picture);
  const best = await nearestDrawn(generator, picture, { labels, progress: (done) => progress(done, total) });
  const execution = await cpu.open(projection(graph, latent.input), { seed: SEED, threads });
  try {
    await execution.initialise(SEED);
    await execution.write('picture', sought);
    for (const { name } of weights) await execution.write(name, model.weights.get(name)!.data);
    for (const input of inputs)
      if (input.name !== latent.input) await execution.write(input.name, otherValues(input, { labels, moves: {} }));
    const shape = graph.inputs[latent.input]!.shape;
    const tensors = [{ name: POINT, shape, data: latentOf({ kind: 'seed', seed: best.seed }, latent) }];
    await execution.load({ tensors, updates: {}, pools: {} });
    let found: Found = { point: tensors[0]!.data.slice(), l1: best.l1, drawnL1: best.l1 };
    for (let step = 0; step < steps; step++) {
      const before = (await execution.read(POINT)).slice();
      await execution.step(step, 'main', steps);
      const away = (await execution.reports())['l1']!.value;
      // The report is of the point before the step.
      if (away < found.l1) found = { ...found, point: before, l1: away };
      if (step % 10 === 0) progress(DRAWN + step, total);
    }
    return found;
  } finally {
    await execution.dispose();
  }
}

/** The seed of the drawn picture that is nearest to one, of those that are not `taken`, and how far it is, 0..1. */
async function nearestDrawn(
  generator: Generator,
  picture: Picture,
  { labels, progress }: { labels: Readonly<Record<string, string>>; progress: (done: number) => void },
  taken: readonly number[] = [],
): Promise<{ seed: number; l1: number }> {
  const sought = toPlanar(picture);
  let best = { seed: NaN, l1: Infinity };
  for (let i = 0; i < DRAWN; i++) {
    const seed = seedAt(SEED, i);
    if (taken.includes(seed)) continue;
    const away = l1(toPlanar(await generator.make(wishFor({ kind: 'seed', seed }, { labels }))), sought) / 2;
    if (away < best.l1) best = { seed, l1: away };
    if (i % 20 === 0) progress(i);
  }
  return best;
}

/** Steps for each picture that a generator learns. */
const LEARN = 400;

/** A generator that has learned pictures: its bytes, and of each picture the seed where it makes it. */
export interface Taught {
  bytes: Uint8Array;
  /** drawnL1: how far away it was there before, 0..1. */
  places: { seed: number; drawnL1: number }[];
}

/**
 * Teaches a generator pictures, of its size and its channels, each in the place of the drawn one that is nearest to it: a
 * place that it knows, so that variants are as good as others of it. Elsewhere it goes on making what it made, as nearly as
 * that goes. The runtime must be started.
 * @param pictures fewer than are drawn
 * @throws UserError for a model that cannot be looked through
 */
export async function learnPictures(
  { bytes, ...model }: ReadModel & { bytes: Uint8Array },
  generator: Generator,
  pictures: readonly Picture[],
  { labels = {}, threads, steps = LEARN, progress = () => undefined }: Looking,
): Promise<Taught> {
  const { graph, weights } = graphWithin(model);
  const { latent, inputs } = generator.form;
  const n = pictures.length;
  const total = n * (DRAWN + steps);
  const places: Taught['places'] = [];
  for (const [i, picture] of pictures.entries()) {
    const looking = { labels, progress: (done: number) => progress(i * DRAWN + done, total) };
    const taken = places.map(({ seed }) => seed);
    const { seed, l1: drawnL1 } = await nearestDrawn(generator, picture, looking, taken);
    places.push({ seed, drawnL1 });
  }
  const execution = await cpu.open(tuning(graph, latent.input), { seed: SEED, threads });
  try {
    await execution.initialise(SEED);
    const tensors = weights.map(({ name, shape }) => ({ name, shape, data: model.weights.get(name)!.data }));
    await execution.load({ tensors, updates: {}, pools: {} });
    for (const input of inputs)
      if (input.name !== latent.input) await execution.write(input.name, otherValues(input, { labels, moves: {} }));
    for (let step = 0; step < n * steps; step++) {
      const elsewhere: Recipe = { kind: 'seed', seed: seedAt(SEED + 1, step) };
      await execution.write('at', latentOf({ kind: 'seed', seed: places[step % n]!.seed }, latent));
      await execution.write('picture', toPlanar(pictures[step % n]!));
      await execution.write('elsewhere', latentOf(elsewhere, latent));
      await execution.write('was', toPlanar(await generator.make(wishFor(elsewhere, { labels }))));
      await execution.step(step, 'main', n * steps);
      if (step % 10 === 0) progress(n * DRAWN + step, total);
    }
    const learned = new Map<string, Float32Array>();
    for (const { name } of weights) learned.set(name, (await execution.read(name)).slice());
    return { bytes: replaceWeights(bytes, learned), places };
  } finally {
    await execution.dispose();
  }
}

/** @throws UserError for a model whose graph, or whose weights, are not known by their names */
function graphWithin(model: ReadModel): { graph: ProgramModel; weights: Tensor[] } {
  const graph = graphOf(model);
  const weights = graph ? topological(Object.values(graph.outputs)).filter(isParameter) : [];
  if (!graph || !weights.every(({ name }) => model.weights.has(name)))
    throw new UserError('This version cannot look for a picture in that model; train one with it, or update Maquette');
  return { graph, weights };
}
