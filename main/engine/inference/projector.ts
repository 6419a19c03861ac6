/**
 * The artist's own picture in the latent of a generator: the nearest of many drawn pictures, and from there downhill
 * through the generator, each level of detail on its own.
 */
import { isParameter } from '../../../models/graph/tensor.ts';
import { topological } from '../../../models/graph/graph.ts';
import { POINT, projection } from '../../../models/latent/projection.ts';
import { latentOf, type Recipe } from '../../../models/latent/recipe.ts';
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
  const graph = graphOf(model);
  const { latent, inputs } = generator.form;
  const weights = graph && topological(Object.values(graph.outputs)).filter(isParameter);
  if (!weights?.every(({ name }) => model.weights.has(name)))
    throw new UserError('This version cannot look for a picture in that model; train one with it, or update Maquette');
  const total = DRAWN + steps;
  const sought = toPlanar(picture);
  let best: { recipe: Recipe; l1: number } | undefined;
  for (let i = 0; i < DRAWN; i++) {
    const recipe: Recipe = { kind: 'seed', seed: seedAt(SEED, i) };
    const away = l1(toPlanar(await generator.make(wishFor(recipe, { labels }))), sought) / 2;
    if (!best || away < best.l1) best = { recipe, l1: away };
    if (i % 20 === 0) progress(i, total);
  }
  const execution = await cpu.open(projection(graph!, latent.input), { seed: SEED, threads });
  try {
    await execution.initialise(SEED);
    await execution.write('picture', sought);
    for (const { name } of weights) await execution.write(name, model.weights.get(name)!.data);
    for (const input of inputs)
      if (input.name !== latent.input) await execution.write(input.name, otherValues(input, { labels, moves: {} }));
    const shape = graph!.inputs[latent.input]!.shape;
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
