/**
 * pix2pix against TensorFlow.js's own autodiff and its own Adam, on its plain CPU backend: the forward graph is the
 * only thing that both share.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pix2pix } from '../../models/families/pix2pix.ts';
import type { Step } from '../../models/families/step.ts';
import { topological } from '../../models/graph/graph.ts';
import { isLeaf, isParameter, type Tensor } from '../../models/graph/tensor.ts';
import { runWithTensorFlow, type TfTensor } from '../../models/graph/tensorflow.ts';
import { referee, relativeDifference, tfjs, values } from './testing.ts';
import { startRuntime } from './ort.ts';
import { Runner } from './runner.ts';

startRuntime(2);
await tfjs.setBackend('cpu');

const SHAPE = { size: 32, channels: 3, batch: 1 } as const;
const RATE = 2e-4;

const picture = (name: string, step: number): Float32Array => values(step, name, [1, 3, SHAPE.size, SHAPE.size]);

/** One training by TensorFlow.js: variables for the weights, `variableGrads`, `tf.train.adam`. */
class Referee {
  readonly #step: Step;
  readonly #variables = new Map<string, tfjs.Variable>();
  readonly #optimisers = new Map<string, tfjs.AdamOptimizer>();
  /** The last gradients, by parameter name. */
  readonly gradients = new Map<string, Float32Array>();

  constructor(step: Step, weight: (name: string) => Float32Array, beta1: number) {
    this.#step = step;
    for (const { player, parameters } of step.updates) {
      this.#optimisers.set(player, tfjs.train.adam(RATE, beta1, 0.999, 1e-8));
      for (const { parameter } of parameters)
        this.#variables.set(
          parameter.name,
          tfjs.variable(tfjs.tensor(weight(parameter.name), [...parameter.shape]), true, parameter.name),
        );
    }
  }

  /** Runs a graph on what the weights are now; `updated` weights are the variables too, which then hold their update. */
  #run(output: Tensor, pictures: Record<string, Float32Array>): tfjs.Scalar {
    const given = new Map<Tensor, TfTensor>();
    for (const { parameters } of this.#step.updates)
      for (const { parameter, updated } of parameters) given.set(updated, this.#variables.get(parameter.name)!);
    for (const leaf of topological([output], given).filter(isLeaf))
      given.set(
        leaf,
        isParameter(leaf) ? this.#variables.get(leaf.name)! : tfjs.tensor(pictures[leaf.name]!, [...leaf.shape]),
      );
    return runWithTensorFlow(referee, [output], given)[0] as unknown as tfjs.Scalar;
  }

  /** Each player's loss, gradient and update in turn; gives the losses. */
  step(pictures: Record<string, Float32Array>, losses: Record<string, Tensor>): number[] {
    return this.#step.updates.map(({ player, parameters }) => {
      const variables = parameters.map(({ parameter }) => this.#variables.get(parameter.name)!);
      const { value, grads } = tfjs.variableGrads(() => this.#run(losses[player]!, pictures), variables);
      for (const [name, grad] of Object.entries(grads)) this.gradients.set(name, grad.dataSync() as Float32Array);
      this.#optimisers.get(player)!.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      return value.dataSync()[0]!;
    });
  }
}

/** The referee takes two seconds a step: the paper's settings get the ten steps, the others two. */
const variants: [string, number, Record<string, unknown>][] = [
  ['as in the paper', 10, {}],
  ['least squares, batch normalisation, resize', 2, { ganLoss: 'lsgan', normalisation: 'batch', upsampling: 'resize' }],
  ['hinge, feature matching', 2, { ganLoss: 'hinge', featureWeight: 10 }],
];

describe.each(variants)('pix2pix at 32 px, width 8: %s', (_, steps, overrides) => {
  const settings = pix2pix.settings.parse({ width: 8, ...overrides });
  const step = pix2pix.step('dg', SHAPE, settings);
  let runner: Runner;
  let judge: Referee;
  beforeAll(() => {
    runner = new Runner(pix2pix, SHAPE, settings, { seed: 7, threads: 2 });
    runner.parameters.initialise(7);
    judge = new Referee(step, (name) => runner.parameters.view(name, 'w').slice(), Number(settings['beta1']));
  });
  afterAll(async () => {
    tfjs.disposeVariables();
    await runner.dispose();
  });
  const losses = { discriminator: step.results['d']!, generator: step.results['g']! };
  const seen: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };

  const train = async (at: number): Promise<void> => {
    const pictures = { input: picture('input', at), target: picture('target', at) };
    for (const [name, data] of Object.entries(pictures)) runner.value(name).data.set(data);
    await runner.step(at, ['dg'], RATE);
    seen.ours.push(runner.scalars()['d']!, runner.scalars()['g']!);
    seen.theirs.push(...judge.step(pictures, losses));
  };

  it("has the gradients of TensorFlow.js's autodiff", async () => {
    await train(0);
    for (const { parameters } of step.updates)
      for (const { parameter } of parameters)
        expect(
          relativeDifference(runner.parameters.view(parameter.name, 'g'), judge.gradients.get(parameter.name)!),
          parameter.name,
        ).toBeLessThan(1e-4);
  });

  it(`has the losses of ${steps} steps with TensorFlow.js's Adam`, async () => {
    for (let at = 1; at < steps; at++) await train(at);
    seen.theirs.forEach((loss, i) =>
      expect(Math.abs(seen.ours[i]! - loss), `loss ${i}`).toBeLessThan(1e-3 * Math.abs(loss)),
    );
    expect(seen.ours).toHaveLength(2 * steps);
  });
});
