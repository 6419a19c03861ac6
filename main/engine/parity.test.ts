/**
 * Every family against TensorFlow.js's own autodiff and its own Adam, on its plain CPU backend: the forward graph is the
 * only thing that both share.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Family } from '../../models/families/family.ts';
import { stepsOf, turnsAt, type PicturePort, type Program } from '../../models/families/program.ts';
import { FAMILIES } from '../../models/families/index.ts';
import { resultsOf, type Step } from '../../models/families/step.ts';
import { topological } from '../../models/graph/graph.ts';
import { Random } from '../../models/graph/random.ts';
import { feedOf, initialOf, isLeaf, isParameter, sizeOf, type Shape, type Tensor } from '../../models/graph/tensor.ts';
import { runWithTensorFlow } from '../../models/graph/tensorflow.ts';
import { type TfTensor } from '../../models/graph/tensorflow-api.ts';
import { PicturePool } from './host/picture-pool.ts';
import { fastReferee, native, relativeDifference, tfjs, values } from './testing/testing.ts';
import type { Execution } from './engine.ts';
import { triedEngines } from './testing/engines.ts';

await tfjs.setBackend('cpu');

const SEED = 7;

/** What a step's gradients are computed from. */
const leavesOf = ({ updates }: Step): Tensor[] =>
  topological(updates.flatMap(({ parameters }) => parameters.map(({ gradient }) => gradient))).filter(isLeaf);

/** One training by TensorFlow.js: variables for the weights, `variableGrads`, `tf.train.adam`. */
class Referee {
  readonly #program: Program;
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #variables = new Map<string, tfjs.Variable>();
  readonly #optimisers = new Map<string, tfjs.AdamOptimizer>();
  readonly #pools = new Map<string, PicturePool>();
  /** The results that pools of past pictures take from. */
  readonly #remembered: ReadonlySet<string>;
  /** What the steps of the last step of the run kept of them, by name. */
  readonly #reported = new Map<string, Float32Array>();
  /** The last gradients, by parameter name. */
  readonly gradients = new Map<string, Float32Array>();

  constructor(program: Program, steps: ReadonlyMap<string, Step>, weight: (name: string) => Float32Array) {
    [this.#program, this.#steps] = [program, steps];
    const feeds = [...steps.values()].flatMap((step) => leavesOf(step)).map(feedOf);
    this.#remembered = new Set(feeds.flatMap((feed) => (feed?.kind === 'pastPictures' ? [feed.of] : [])));
    for (const { player, optimiser, parameters } of [...steps.values()].flatMap(({ updates }) => updates)) {
      const rate = program.rate(player, 0, Infinity);
      if (!this.#optimisers.has(player))
        this.#optimisers.set(player, tfjs.train.adam(rate, optimiser.beta1, optimiser.beta2, optimiser.epsilon));
      for (const { parameter } of parameters)
        if (!this.#variables.has(parameter.name))
          this.#variables.set(
            parameter.name,
            tfjs.variable(tfjs.tensor(weight(parameter.name), [...parameter.shape]), true, parameter.name),
          );
    }
  }

  /** Runs a graph on what the weights are now; `updated` weights are the variables too, which then hold their update. */
  #run(output: Tensor, { updates }: Step, leaves: ReadonlyMap<string, Float32Array>): TfTensor {
    const given = new Map<Tensor, TfTensor>();
    for (const { parameters } of updates)
      for (const { parameter, updated } of parameters) given.set(updated, this.#variables.get(parameter.name)!);
    for (const leaf of topological([output], given).filter(isLeaf))
      given.set(
        leaf,
        isParameter(leaf) ? this.#variables.get(leaf.name)! : tfjs.tensor(leaves.get(leaf.name)!, [...leaf.shape]),
      );
    return runWithTensorFlow(fastReferee, [output], given)[0]!;
  }

  /** What the host draws for the step at place `index` of the run, from the published rule alone. */
  #draw(step: Step, index: number): [string, Float32Array][] {
    return leavesOf(step).flatMap((leaf): [string, Float32Array][] => {
      const feed = feedOf(leaf);
      if (!feed) return [];
      const [random, data] = [new Random(SEED, leaf.name, index), new Float32Array(sizeOf(leaf.shape))];
      if (feed.kind === 'noise') random.normal(data);
      else if (feed.kind === 'places') data.set(random.permutation(feed.among).subarray(0, data.length));
      else if (feed.kind === 'distances')
        data.forEach((_, i) => (data[i] = random.below(2 * feed.most + 1) - feed.most));
      else if (feed.kind === 'categories')
        for (let row = 0, k = leaf.shape[1]!; row < data.length; row += k) data[row + random.below(k)] = 1;
      else if (feed.kind === 'cutouts') drawCutouts(data, leaf.shape, feed.side, random);
      else if (feed.kind === 'pastPictures') {
        const pool = this.#pools.get(leaf.name) ?? new PicturePool(feed.capacity, data.length);
        this.#pools.set(leaf.name, pool);
        pool.exchange(this.#reported.get(feed.of)!, data, random);
      } else throw new Error(`no rule for ${feed.kind}`);
      return [[leaf.name, data]];
    });
  }

  /** Each named step's players in turn: loss, gradient, update; gives the losses. */
  step(at: number, pictures: Record<string, Float32Array>): number[] {
    let losses: number[] = [];
    tfjs.tidy(() => void (losses = this.#turns(at, pictures)));
    return losses;
  }

  #turns(at: number, pictures: Record<string, Float32Array>): number[] {
    return turnsAt(this.#program, at, 'main').flatMap(({ step: name, place }) => {
      const step = this.#steps.get(name)!;
      const leaves = new Map([...Object.entries(pictures), ...this.#draw(step, place)]);
      for (const [name, result] of Object.entries(resultsOf(step)))
        if (this.#remembered.has(name))
          this.#reported.set(name, native(this.#run(result, step, leaves)).dataSync() as Float32Array);
      return step.updates.map(({ player, parameters }) => {
        const variables = parameters.map(({ parameter }) => this.#variables.get(parameter.name)!);
        const loss = lossOfUpdate(step, player).value;
        const { value, grads } = tfjs.variableGrads(
          () => this.#run(loss, step, leaves) as unknown as tfjs.Scalar,
          variables,
        );
        // Its Adam knows variables by their place, also those that this loss does not depend on.
        const all = variables.map((variable) => ({
          name: variable.name,
          tensor: grads[variable.name] ?? tfjs.zerosLike(variable),
        }));
        for (const { name, tensor } of all) this.gradients.set(name, tensor.dataSync() as Float32Array);
        this.#optimisers.get(player)!.applyGradients(all);
        return value.dataSync()[0]!;
      });
    });
  }
}

interface Variant {
  family: string;
  /**
   * The referee takes its time: the settings of each family's paper get the ten steps, others two, and the networks that
   * work at the full size are narrower than the 8 of the others.
   */
  steps: number;
  batch?: number;
  settings: Record<string, unknown>;
}

const variants: [string, Variant][] = [
  ['pix2pix as in the paper', { family: 'pix2pix', steps: 10, settings: {} }],
  [
    'pix2pix with least squares, batch normalisation, resize',
    { family: 'pix2pix', steps: 2, settings: { ganLoss: 'lsgan', normalisation: 'batch', upsampling: 'resize' } },
  ],
  [
    'pix2pix with hinge loss, feature matching',
    { family: 'pix2pix', steps: 2, settings: { ganLoss: 'hinge', featureWeight: 10 } },
  ],
  // A pool of 2, so that past pictures come back within the ten steps.
  ['CycleGAN as in the paper', { family: 'cyclegan', steps: 10, settings: { width: 4, blocks: 1, poolSize: 2 } }],
  [
    'CycleGAN with resize and gradient penalty, without identity loss',
    {
      family: 'cyclegan',
      steps: 2,
      settings: { width: 4, blocks: 1, upsampling: 'resize', identityWeight: 0, penaltyWeight: 10 },
    },
  ],
  ['CUT as in the paper', { family: 'cut', steps: 10, settings: { width: 4, blocks: 1, patches: 48, features: 16 } }],
  [
    'CUT of two pictures at once, with gradient penalty',
    {
      family: 'cut',
      steps: 2,
      batch: 2,
      settings: { width: 4, blocks: 1, patches: 48, features: 16, penaltyWeight: 10 },
    },
  ],
  ['Conditional GAN of two pictures at once', { family: 'cgan', steps: 10, batch: 2, settings: {} }],
  ['DCGAN with least squares', { family: 'dcgan', steps: 10, settings: { ganLoss: 'lsgan' } }],
  ['AC-GAN', { family: 'acgan', steps: 10, settings: {} }],
  ['InfoGAN', { family: 'infogan', steps: 10, settings: { kinds: 3 } }],
  // Two pictures, as it looks at how they differ.
  ['SRGAN without a discriminator', { family: 'srgan', steps: 10, batch: 2, settings: { blocks: 2 } }],
  [
    'SRGAN with a discriminator, feature matching',
    {
      ...{ family: 'srgan', steps: 10, batch: 2 },
      settings: { blocks: 1, discriminatorWidth: 4, ganWeight: 0.1, featureWeight: 0.5 },
    },
  ],
  [
    'SRGAN that makes twice the size and halves it',
    { family: 'srgan', steps: 2, settings: { blocks: 1, oversampling: '2' } },
  ],
  [
    'SRGAN with residual blocks, four times as large',
    { family: 'srgan', steps: 2, settings: { generator: 'srresnet', factor: '4', blocks: 1 } },
  ],
  [
    'SRGAN with dense blocks, judged by a U-Net with spectral norm',
    {
      ...{ family: 'srgan', steps: 2 },
      settings: {
        ...{ generator: 'rrdb', width: 8, blocks: 1, discriminator: 'unet', discriminatorWidth: 4 },
        ...{ ganWeight: 0.1, featureWeight: 0.5 },
      },
    },
  ],
  ['the few-shot generator, with labels', { family: 'fewshot', steps: 10, batch: 2, settings: {} }],
];

/** The first weights, from the published rule alone. */
function firstWeights(parameter: Tensor): Float32Array {
  const data = new Float32Array(sizeOf(parameter.shape));
  const initial = initialOf(parameter);
  if (initial.kind === 'constant') return data.fill(initial.value);
  return new Random(SEED, `init/${parameter.name}`).normal(data, initial.mean, initial.deviation);
}

/** Masks of 1 with a square of 0 about a random pixel each, from the published rule alone. */
function drawCutouts(data: Float32Array, [, , height, width]: Shape, side: number, random: Random): void {
  data.fill(1);
  for (let from = 0; from < data.length; from += height! * width!) {
    const [top, left] = [random.below(height!) - side / 2, random.below(width!) - side / 2];
    for (let i = 0; i < height! * width!; i++) {
      const [y, x] = [Math.floor(i / width!) - top, (i % width!) - left];
      if (y >= 0 && y < side && x >= 0 && x < side) data[from + i] = 0;
    }
  }
}

/** The sum of what a player learns from in a step. */
function lossOfUpdate({ reports }: Step, player: string) {
  const loss = player.startsWith('discriminator') ? (reports['d'] ?? reports['dPenalty']) : reports['g'];
  return loss!;
}

const LABELS = ['a', 'b', 'c'];
const oneHot = (at: number, batch: number, labels: number): Float32Array => {
  const data = new Float32Array(batch * labels);
  for (let i = 0; i < batch; i++) data[i * labels + ((at + i) % labels)] = 1;
  return data;
};

describe.each(variants)('%s, at 32 px', (_, { family: id, steps, batch = 1, settings: overrides }) => {
  const family: Family = FAMILIES.get(id)!;
  const settings = family.settings.parse({ width: 8, ...overrides });
  const program = family.program({ size: 32, channels: 3, batch, labels: LABELS }, settings);
  const named = new Map(stepsOf(program, 'main').map((name) => [name, program.steps[name]!()]));
  const parameters = [...named.values()]
    .flatMap((step) => step.updates)
    .flatMap((update) => update.parameters.map(({ parameter }) => parameter));
  /** The players' updates in a step of the run, in their order, with the step that each is made in. */
  const updatesAt = (at: number) =>
    turnsAt(program, at, 'main').flatMap(({ step }) =>
      named.get(step)!.updates.map((update) => ({ step: named.get(step)!, player: update.player })),
    );
  const portsAt = (at: number): Record<string, Float32Array> =>
    Object.fromEntries(
      Object.entries(program.inputs).map(([name, port]) => [
        name,
        port.kind === 'label' ? oneHot(at, batch, port.labels.length) : picturesOf(port, at, name),
      ]),
    );
  const picturesOf = ({ smaller }: PicturePort, at: number, name: string): Float32Array => {
    const side = 32 / (smaller?.factor ?? 1);
    return values(at, name, [batch, 3, side, side]);
  };
  /** What TensorFlow.js computes: the first gradients, and all losses. Every engine is held against the same. */
  const theirs: { gradients: Map<string, Float32Array>; losses: number[] } = { gradients: new Map(), losses: [] };

  beforeAll(() => {
    const weights = new Map(parameters.map((parameter) => [parameter.name, firstWeights(parameter)]));
    const judge = new Referee(program, named, (name) => weights.get(name)!);
    for (let at = 0; at < steps; at++) {
      theirs.losses.push(...judge.step(at, portsAt(at)));
      if (at === 0) theirs.gradients = new Map([...judge.gradients].map(([name, data]) => [name, data.slice()]));
    }
    tfjs.disposeVariables();
  }, 300_000);

  describe.each(triedEngines())('on the engine %s', (_title, { engine, missing }) => {
    let execution: Execution;
    beforeAll(async () => {
      if (missing !== null) return;
      execution = await engine.open(program, { seed: SEED, threads: 2 });
      await execution.initialise(SEED);
    }, 300_000);
    afterAll(() => (missing === null ? execution.dispose() : undefined));
    const ours: number[] = [];

    const train = async (at: number): Promise<void> => {
      for (const [name, data] of Object.entries(portsAt(at))) await execution.write(name, data);
      await execution.step(at, 'main', Infinity);
      const reports = await execution.reports();
      for (const { step, player } of updatesAt(at)) {
        const name = Object.keys(step.reports).find((each) => step.reports[each] === lossOfUpdate(step, player))!;
        ours.push(reports[name]!.value);
      }
    };

    it.skipIf(missing)("has the gradients of TensorFlow.js's autodiff", async () => {
      await train(0);
      for (const { name } of parameters)
        expect(relativeDifference(await execution.read(`${name}#g`), theirs.gradients.get(name)!), name).toBeLessThan(
          1e-4,
        );
    });

    it.skipIf(missing)(`has the losses of ${steps} steps with TensorFlow.js's Adam`, async () => {
      for (let at = 1; at < steps; at++) await train(at);
      expect(ours).toHaveLength(theirs.losses.length);
      theirs.losses.forEach((loss, i) =>
        expect(Math.abs(ours[i]! - loss), `loss ${i}`).toBeLessThan(1e-3 * Math.abs(loss)),
      );
    });
  });
});
