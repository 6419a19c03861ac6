/**
 * The artist's own picture in the latent of a generator: the nearest of many drawn pictures, and from there downhill
 * through the generator, each level of detail on its own. Where that is not near enough, the generator learns the picture.
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
  let best: { recipe: Recipe; l1: number } | undefined;
  for (let i = 0; i < DRAWN; i++) {
    const recipe: Recipe = { kind: 'seed', seed: seedAt(SEED, i) };
    const away = l1(toPlanar(await generator.make(wishFor(recipe, { labels }))), sought) / 2;
    if (!best || away < best.l1) best = { recipe, l1: away };
    if (i % 20 === 0) progress(i, total);
  }
  const execution = await cpu.open(projection(graph, latent.input), { seed: SEED, threads });
  try {
    await execution.initialise(SEED);
    await execution.write('picture', sought);
    for (const { name } of weights) await execution.write(name, model.weights.get(name)!.data);
    for (const input of inputs)
      if (input.name !== latent.input) await execution.write(input.name, otherValues(input, { labels, moves: {} }));
    const shape = graph.inputs[latent.input]!.shape;
    const tensors = [{ name: POINT, shape, data: latentOf(best!.recipe, latent) }];
    await execution.load({ tensors, updates: {}, pools: {} });
    let found: Found = { point: tensors[0]!.data.slice(), l1: best!.l1, drawnL1: best!.l1 };
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

/** A picture, of the size and the channels of the generator, and the point that was found for it. */
export interface Pivot {
  picture: Picture;
  point: Float32Array;
}

/** Steps for each picture that a generator learns. */
const LEARN = 200;

/**
 * The bytes of a generator that makes pictures at the points that were found for them, and at others what it made before, as
 * nearly as that goes. The runtime must be started.
 * @throws UserError for a model that cannot be looked through
 */
export async function learnPictures(
  { bytes, ...model }: ReadModel & { bytes: Uint8Array },
  generator: Generator,
  pivots: readonly Pivot[],
  { labels = {}, threads, steps = LEARN, progress = () => undefined }: Looking,
): Promise<Uint8Array> {
  const { graph, weights } = graphWithin(model);
  const { latent, inputs } = generator.form;
  const all = steps * pivots.length;
  const execution = await cpu.open(tuning(graph, latent.input), { seed: SEED, threads });
  try {
    await execution.initialise(SEED);
    const tensors = weights.map(({ name, shape }) => ({ name, shape, data: model.weights.get(name)!.data }));
    await execution.load({ tensors, updates: {}, pools: {} });
    for (const input of inputs)
      if (input.name !== latent.input) await execution.write(input.name, otherValues(input, { labels, moves: {} }));
    for (let step = 0; step < all; step++) {
      const { picture, point } = pivots[step % pivots.length]!;
      const elsewhere: Recipe = { kind: 'seed', seed: seedAt(SEED + 1, step) };
      await execution.write('at', point);
      await execution.write('picture', toPlanar(picture));
      await execution.write('elsewhere', latentOf(elsewhere, latent));
      await execution.write('was', toPlanar(await generator.make(wishFor(elsewhere, { labels }))));
      await execution.step(step, 'main', all);
      if (step % 10 === 0) progress(step, all);
    }
    const learned = new Map<string, Float32Array>();
    for (const { name } of weights) learned.set(name, (await execution.read(name)).slice());
    return replaceWeights(bytes, learned);
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
