/**
 * Finding the point of a latent whose picture is most like a given one: the generator as it is, with its weights as given
 * values, and the point as what is learned. And the other way round: a generator that learns to make a picture at a point.
 */
import { scale } from '../graph/operators/affine.ts';
import { square } from '../graph/operators/elementwise.ts';
import { sumPool } from '../graph/operators/layout.ts';
import { mean } from '../graph/operators/reduce.ts';
import { topological } from '../graph/graph.ts';
import { input, isLeaf, isParameter, parameter, type Tensor } from '../graph/tensor.ts';
import { l1, total } from '../families/losses.ts';
import { program, type Program, type ProgramModel } from '../families/program.ts';
import { StepBuilder } from '../families/step.ts';

/** The point, among the state of an execution. */
export const POINT = 'point';

const RATE = 0.25;
/** Share of the steps over which the rate falls to zero, at their end. */
const FALL = 0.5;
/** Weight of the pull towards the middle, where the generator knows its way. */
const PRIOR = 0.003;
/** The picture is compared at its own size and at halves of it, down to this side. */
const SMALLEST = 8;

/**
 * @param model a generator for one picture
 * @param latent the name of its input that is looked for; its other inputs, its weights and `picture` are written once
 */
export function projection(model: ProgramModel, latent: string): Program {
  const output = Object.values(model.outputs)[0]!;
  const build = () => {
    const given = new Map<Tensor, Tensor>();
    for (const leaf of topological([output]))
      if (isParameter(leaf)) given.set(leaf, input(leaf.name, leaf.shape));
      else if (leaf === model.inputs[latent]) given.set(leaf, parameter(POINT, leaf.shape, { kind: 'constant', value: 0 })); // oxfmt-ignore
    const made = substitute(output, given);
    return { made, point: given.get(model.inputs[latent]!)! };
  };
  const names = topological([output])
    .filter((leaf) => isParameter(leaf))
    .map(({ name }) => name);
  const others = Object.keys(model.inputs).filter((name) => name !== latent);
  const channels = output.shape[1] === 4 ? 4 : 3;
  return program({
    inputs: { picture: { kind: 'picture', channels, recolour: false } },
    given: [...names, ...others],
    steps: {
      find: () => {
        const { made, point } = build();
        const picture = input('picture', made.shape);
        const builder = new StepBuilder({ beta1: 0.9, beta2: 0.99, epsilon: 1e-8 });
        builder.updateTogether(POINT, [{ parameters: [point] }], {
          far: total(distances(made, picture)),
          prior: scale(mean(square(point)), { factor: PRIOR }),
        });
        builder.report('metric', { l1: scale(l1(made, picture), { factor: 0.5 }) });
        return builder.build();
      },
    },
    schedule: () => ['find'],
    rate: (_, step, of) => RATE * falling(step, of),
    averaging: { decay: 0, every: 1 },
    models: [],
    shows: [],
  });
}

/** Rate of what a generator learns of single pictures; it falls as that of points does. */
const LEARNING_RATE = 5e-4;

/**
 * A generator that learns to make a picture at the point `at` that was found for it, and at the point `elsewhere` what it
 * made there before, `was` (pivotal tuning, Roich et al. 2021, arXiv:2106.05744). Its parameters are the model's.
 * @param model a generator for one picture
 * @param latent the name of its input that the points are of; its other inputs are written once
 */
export function tuning(model: ProgramModel, latent: string): Program {
  const output = Object.values(model.outputs)[0]!;
  const leaf = model.inputs[latent]!;
  const parameters = topological([output]).filter(isParameter);
  // Both pictures are made of the same weights and labels.
  const shared = topological([output]).filter(isLeaf);
  const madeAt = (name: string): Tensor => {
    const leaves = new Map(shared.map((each) => [each, each]));
    return substitute(output, leaves.set(leaf, input(name, leaf.shape)));
  };
  const channels = output.shape[1] === 4 ? 4 : 3;
  const port = { kind: 'picture', channels, recolour: false } as const;
  return program({
    inputs: { picture: port, was: port },
    given: ['at', 'elsewhere', ...Object.keys(model.inputs).filter((name) => name !== latent)],
    steps: {
      learn: () => {
        const [picture, was] = ['picture', 'was'].map((name) => input(name, output.shape)) as [Tensor, Tensor];
        const builder = new StepBuilder({ beta1: 0.9, beta2: 0.99, epsilon: 1e-8 });
        builder.updateTogether('generator', [{ parameters }], {
          far: total(distances(madeAt('at'), picture)),
          others: total(distances(madeAt('elsewhere'), was)),
        });
        return builder.build();
      },
    },
    schedule: () => ['learn'],
    rate: (_, step, of) => LEARNING_RATE * falling(step, of),
    averaging: { decay: 0, every: 1 },
    models: [],
    shows: [],
  });
}

/** What is left of a rate at a step. */
const falling = (step: number, of: number): number => Math.min(1, (1 - step / of) / FALL);

/** How far pictures are from each other, as they are and ever more coarsely. [N, C, H, W] in [-1, 1] */
function distances(a: Tensor, b: Tensor): Record<string, Tensor> {
  const side = a.shape[2]!;
  const each: Record<string, Tensor> = { of1: scale(l1(a, b), { factor: 3 }) };
  for (let factor = 2; side / factor >= SMALLEST; factor *= 2) {
    const coarse = (x: Tensor): Tensor => scale(sumPool(x, { factor }), { factor: 1 / factor ** 2 });
    each[`of${factor}`] = l1(coarse(a), coarse(b));
  }
  return each;
}

/** The same graph over other leaves. */
function substitute(output: Tensor, leaves: ReadonlyMap<Tensor, Tensor>): Tensor {
  const copies = new Map<Tensor, Tensor>(leaves);
  for (const tensor of topological([output]))
    if (!copies.has(tensor)) copies.set(tensor, { ...tensor, inputs: tensor.inputs.map((each) => copies.get(each)!) });
  return copies.get(output)!;
}
