/**
 * Conditional GAN (Mirza and Osindero 2014, arXiv:1411.1784) on the networks of DCGAN (Radford et al. 2016,
 * arXiv:1511.06434): a generator that makes a picture of a label out of noise. The discriminator is kept gentle by R1
 * every fourth step (Mescheder et al. 2018; lazily, as Karras et al. 2020), and learns twice as fast (Heusel et al. 2017).
 */
import { scale } from '../graph/operators/affine.ts';
import { broadcastTo } from '../graph/operators/reduce.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { z } from 'zod';
import { add, relu, stopGradient, tanh } from '../graph/operators/elementwise.ts';
import { concat } from '../graph/operators/layout.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import { conv, dense, leaky, normalise, upConv } from '../networks/layers.ts';
import { Network } from '../networks/network.ts';
import { family, type RunShape } from './family.ts';
import { believed, discriminatorLoss, generatorLoss, gradientPenalty } from './losses.ts';
import { program } from './program.ts';
import { StepBuilder, type Step } from './step.ts';

const settings = z.object({
  width: z.int().min(1).max(256).default(32).describe('channels of the outermost layers'),
  latent: z.int().min(1).max(1024).default(64).describe('numbers of noise that a picture is made from'),
  penaltyWeight: z.number().min(0).default(1).describe('weight of the penalty on steep discriminators (R1)'),
  rate: z
    .number()
    .positive()
    .max(1)
    .default(2e-4)
    .describe('learning rate of the generator; the discriminator takes twice'),
  beta1: z.number().min(0).max(0.999).default(0.5).describe("Adam's first decay"),
});

type CganSettings = z.infer<typeof settings>;

/** Steps between two penalties, which are weighed so many times as much. */
const LAZY = 4;

/** Levels of doubling between 4 px and the picture. */
const levelsOf = (size: number): number => Math.log2(size / 4);

/** noise [N, latent] and label [N, labels] to a picture [N, channels, size, size]. */
const generatorOf = ({ size, channels }: RunShape, { width }: CganSettings) =>
  new Network('generator', (w, noise: Tensor, label: Tensor) => {
    const levels = levelsOf(size);
    const most = width * 2 ** (levels - 1);
    const first = dense(w, 'dense', concat([noise, label], { axis: 1 }), most * 16);
    let x = relu(normalise(w, 'norm0', reshape(first, { shape: [noise.shape[0]!, most, 4, 4] }), 'instance'));
    for (let level = 1; level < levels; level++) {
      const up = upConv(w, `up${level}`, x, { channels: most / 2 ** level, bias: false });
      x = relu(normalise(w, `norm${level}`, up, 'instance'));
    }
    return tanh(upConv(w, 'out', x, { channels, bias: true }));
  });

/** picture [N, channels, size, size] and label [N, labels] to logits [N, 1, 1, 1]. */
const discriminatorOf = ({ size }: RunShape, { width }: CganSettings) =>
  new Network('discriminator', (w, picture: Tensor, label: Tensor) => {
    const [n, labels] = label.shape as [number, number];
    const map = broadcastTo(reshape(label, { shape: [n, labels, 1, 1] }), { shape: [n, labels, size, size] });
    let x = concat([picture, map], { axis: 1 });
    for (let level = 0; level < levelsOf(size); level++)
      x = leaky(conv(w, `down${level}`, x, { channels: width * 2 ** level, bias: true }));
    return conv(w, 'out', x, { channels: 1, kernel: 4, stride: 1, pad: 0, bias: true });
  });

/** What every step begins with. */
function begin(shape: RunShape, s: CganSettings) {
  const [generator, discriminator] = [generatorOf(shape, s), discriminatorOf(shape, s)];
  const picture = input('picture', [shape.batch, shape.channels, shape.size, shape.size]);
  const label = input('label', [shape.batch, shape.labels.length]);
  const fake = (turn: string): Tensor =>
    generator.apply(fedInput(`noise/${turn}`, [shape.batch, s.latent], { kind: 'noise' }), label);
  const builder = new StepBuilder({ beta1: s.beta1, beta2: 0.99, epsilon: 1e-8 });
  return { generator, discriminator, picture, label, fake, builder };
}

function judging(shape: RunShape, s: CganSettings): Step {
  const { discriminator, picture, label, fake, builder } = begin(shape, s);
  const real = discriminator.apply(picture, label);
  const doubted = discriminator.apply(stopGradient(fake('d')), label);
  const losses = {
    dReal: discriminatorLoss(real, 'real', 'vanilla'),
    dFake: discriminatorLoss(doubted, 'fake', 'vanilla'),
  };
  builder.update(discriminator, losses);
  builder.report('loss', { d: add(losses.dReal, losses.dFake) });
  builder.report('probability', { pReal: believed(real, 'vanilla'), pFake: believed(doubted, 'vanilla') });
  return builder.build();
}

function penalising(shape: RunShape, s: CganSettings): Step {
  const { discriminator, picture, label, builder } = begin(shape, s);
  const slope = gradientPenalty(discriminator.apply(picture, label), picture);
  builder.update(discriminator, { dPenalty: scale(slope, { factor: LAZY * s.penaltyWeight }) });
  return builder.build();
}

function making(shape: RunShape, s: CganSettings): Step {
  const { generator, discriminator, label, fake, builder } = begin(shape, s);
  const g = generatorLoss(discriminator.apply(fake('g'), label), 'vanilla');
  builder.update(generator, { g });
  return builder.build();
}

export const cgan = family({
  id: 'cgan',
  title: 'Conditional GAN',
  about: 'From labelled pictures: it makes new ones of each label.',
  paper: 'Mirza and Osindero 2014, arXiv:1411.1784',
  data: 'labelled',
  settings,
  refuseSize: (size) => ([32, 64, 128].includes(size) ? null : 'Conditional GAN takes 32, 64 or 128'),
  program: (shape, s) => {
    const noise = input('noise', [1, s.latent]);
    const label = input('label', [1, shape.labels.length]);
    return program({
      inputs: {
        picture: { kind: 'picture', channels: shape.channels, recolour: true },
        label: { kind: 'label', labels: shape.labels },
      },
      steps: { d: () => judging(shape, s), penalty: () => penalising(shape, s), g: () => making(shape, s) },
      schedule: (phase) => (phase === 'warmUp' ? ['d'] : ['d', { step: 'penalty', every: LAZY }, 'g']),
      rate: (player) => (player === 'discriminator' ? 2 * s.rate : s.rate),
      averaging: { decay: 0.998, every: 4 },
      models: [
        {
          ...{ file: 'model.onnx', does: { kind: 'generate' } },
          ...{ inputs: { noise, label }, outputs: { output: generatorOf(shape, s).apply(noise, label) } },
        },
      ],
      shows: [
        {
          model: 'model.onnx',
          given: { noise: { from: 'noise' }, label: { from: 'labels', labels: shape.labels } },
          columns: [{ title: 'result' }],
          judged: { measure: 'swd', port: 'picture' },
        },
      ],
    });
  },
  presets: [
    { id: 'quick', size: 32, minutes: 15, settings: { width: 32 } },
    { id: 'standard', size: 64, minutes: 60, settings: { width: 32 } },
    { id: 'quality', size: 128, minutes: 600, settings: { width: 32 } },
  ],
});
