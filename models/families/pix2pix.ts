/** pix2pix: image-to-image translation with conditional adversarial networks (Isola et al. 2017, arXiv:1611.07004). */
import { scale } from '../graph/operators/affine.ts';
import { z } from 'zod';
import { add, stopGradient } from '../graph/operators/elementwise.ts';
import { concat } from '../graph/operators/layout.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { patchGan } from '../networks/patch-gan.ts';
import { unet } from '../networks/unet.ts';
import { family, linearDecay, type RunShape } from './family.ts';
import { program, showTranslation } from './program.ts';
import { believed, discriminatorLoss, featureMatching, generatorLoss, l1, total } from './losses.ts';
import { StepBuilder, type Step } from './step.ts';

const settings = z.object({
  width: z.int().min(1).max(256).default(64).describe('channels of the outermost layers'),
  normalisation: z.enum(['instance', 'batch']).default('instance').describe('normalisation inside the networks'),
  upsampling: z
    .enum(['transposed', 'resize'])
    .default('transposed')
    .describe('how the decoder doubles the size; resize avoids checkerboards'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe('probability of dropping inner decoder features while training'),
  ganLoss: z.enum(['vanilla', 'lsgan', 'hinge']).default('vanilla').describe('the adversarial loss'),
  ganWeight: z.number().min(0).default(1).describe('weight of the adversarial loss'),
  l1Weight: z.number().min(0).default(100).describe('weight of the L1 distance to the truth'),
  featureWeight: z
    .number()
    .min(0)
    .default(0)
    .describe("weight of matching the discriminator's features (pix2pixHD); 0 for none"),
  rate: z.number().positive().max(1).default(2e-4).describe('learning rate of Adam'),
  beta1: z.number().min(0).max(0.999).default(0.5).describe("Adam's first decay"),
  gives: z
    .enum(['picture', 'height'])
    .default('picture')
    .describe('what its results are: pictures, or the height of each place of what it is given, as grey'),
  dSteps: z.int().min(1).max(10).default(1).describe('discriminator updates for each of the generator'),
});

export type Pix2pixSettings = z.infer<typeof settings>;

const networks = ({ size, channels }: RunShape, s: Pix2pixSettings) => ({
  generator: unet({ size, channels, ...s }),
  discriminator: patchGan(s),
});

/** One step: the discriminator learns, then (`updates` both) the generator against the discriminator as it now is. */
function step(shape: RunShape, s: Pix2pixSettings, updates: 'both' | 'discriminator'): Step {
  const { generator, discriminator } = networks(shape, s);
  const pictures = [shape.batch, shape.channels, shape.size, shape.size];
  const [source, target] = [input('input', pictures), input('target', pictures)];
  const builder = new StepBuilder({ beta1: s.beta1, beta2: 0.999, epsilon: 1e-8 });
  const beside = (picture: Tensor): Tensor => concat([source, picture], { axis: 1 });
  const half = (loss: Tensor): Tensor => scale(loss, { factor: 0.5 });

  const fake = generator.apply(source, 'train');
  const real = discriminator.apply(beside(target));
  const doubted = discriminator.apply(beside(stopGradient(fake)));
  const dReal = half(discriminatorLoss(real.logits, 'real', s.ganLoss));
  const dFake = half(discriminatorLoss(doubted.logits, 'fake', s.ganLoss));
  const judge = builder.update(discriminator, { dReal, dFake });
  builder.report('loss', { d: add(dReal, dFake) });
  builder.report('probability', {
    pReal: believed(real.logits, s.ganLoss),
    pFake: believed(doubted.logits, s.ganLoss),
  });
  if (updates === 'discriminator') return builder.build();

  const judged = judge.apply(beside(fake));
  const losses: Record<string, Tensor> = {
    gGan: scale(generatorLoss(judged.logits, s.ganLoss), { factor: s.ganWeight }),
    gL1: scale(l1(fake, target), { factor: s.l1Weight }),
  };
  if (s.featureWeight > 0)
    losses['gFeatures'] = scale(featureMatching(judged.features, judge.apply(beside(target)).features), {
      factor: s.featureWeight,
    });
  builder.update(generator, losses);
  builder.report('loss', { g: total(losses) });
  return builder.build();
}

export const pix2pix = family({
  id: 'pix2pix',
  title: 'pix2pix',
  about: 'From pairs: it sees what each drawing should become.',
  paper: 'Isola et al. 2017, arXiv:1611.07004',
  data: 'pairs',
  does: 'translate',
  batch: 1,
  varied: true,
  settings,
  refuseSize: (size) =>
    size % 32 === 0 && size >= 32 && size <= 512 ? null : 'pix2pix takes sizes from 32 to 512 that are multiples of 32',
  // Isola et al. (section 3.1) take dropout at test time as the generator's noise.
  program: (shape, s, mode = 'infer') => {
    const source = input('input', [1, shape.channels, shape.size, shape.size]);
    const output = networks(shape, s).generator.apply(source, mode === 'vary' ? 'train' : 'infer');
    const picture = { kind: 'picture', channels: shape.channels } as const;
    return program({
      inputs: { input: { ...picture, recolour: true }, target: { ...picture, recolour: false } },
      steps: { dg: () => step(shape, s, 'both'), d: () => step(shape, s, 'discriminator') },
      schedule: (phase) => (phase === 'warmUp' ? ['d'] : [...Array<'d'>(s.dSteps - 1).fill('d'), 'dg']),
      rate: (_, at, of) => linearDecay(s.rate, at, of),
      averaging: { decay: 0.999, every: 8 },
      models: [
        {
          file: 'model.onnx',
          does: s.gives === 'height' ? { kind: 'height' } : { kind: 'translate', direction: 'AtoB' },
          inputs: { input: source },
          outputs: { output },
        },
      ],
      shows: [showTranslation('model.onnx', { from: 'input', to: 'target' })],
    });
  },
  presets: [
    { id: 'quick', size: 128, minutes: 5, settings: { width: 32, upsampling: 'resize', l1Weight: 30 } },
    { id: 'standard', size: 128, minutes: 45, settings: { width: 32, upsampling: 'resize', l1Weight: 30 } },
    { id: 'quality', size: 256, minutes: 600, settings: { width: 64, upsampling: 'resize', l1Weight: 30 } },
  ],
});
