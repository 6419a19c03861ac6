/**
 * SRGAN: making pictures larger (Ledig et al. 2017, arXiv:1609.04802). It is shown pictures that were made smaller, and
 * learns to bring back what they were.
 */
import { scale } from '../graph/operators/affine.ts';
import { add, stopGradient } from '../graph/operators/elementwise.ts';
import { z } from 'zod';
import { input, type Tensor } from '../graph/tensor.ts';
import { compact, compactReach } from '../networks/compact.ts';
import type { Network } from '../networks/network.ts';
import { srganDiscriminator } from '../networks/srgan-discriminator.ts';
import type { Judgement } from '../networks/patch-gan.ts';
import { rrdb, rrdbReach } from '../networks/rrdb.ts';
import { srresnet, srresnetReach } from '../networks/srresnet.ts';
import { unetDiscriminator } from '../networks/unet-discriminator.ts';
import { family, linearDecay, type RunShape } from './family.ts';
import { believed, discriminatorLoss, featureMatching, l1, relative, total } from './losses.ts';
import { program } from './program.ts';
import { StepBuilder, type Step } from './step.ts';

const settings = z.object({
  generator: z
    .enum(['compact', 'srresnet', 'rrdb'])
    .default('compact')
    .describe('the network; compact is the fastest, rrdb (of ESRGAN) the slowest'),
  factor: z.enum(['2', '4']).default('2').describe('how many times as wide and high pictures become'),
  smaller: z
    .enum(['bicubic', 'found'])
    .default('bicubic')
    .describe('how pictures are made smaller; found: as pictures are found, with noise, JPEG marks and bad resizes'),
  width: z.int().min(1).max(256).default(64).describe('channels of the inner layers'),
  blocks: z.int().min(1).max(64).default(16).describe('inner layers of compact, blocks of srresnet and rrdb'),
  oversampling: z
    .enum(['1', '2'])
    .default('1')
    .describe('compact may make twice the size first, and halve it: the 2x that is brought along does'),
  l1Weight: z.number().min(0).default(1).describe('weight of the L1 distance to the truth'),
  ganWeight: z
    .number()
    .min(0)
    .default(0)
    .describe('weight of the adversarial loss, which invents detail; 0 for none, else from about 0.005'),
  featureWeight: z
    .number()
    .min(0)
    .default(0)
    .describe("weight of matching the discriminator's features; 0 for none, else about 0.1"),
  pretraining: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.5)
    .describe(
      'share of the run before a discriminator judges, where one does; softness in Upscale leads back to there',
    ),
  discriminator: z
    .enum(['patches', 'unet'])
    .default('patches')
    .describe('who judges: patches as in SRGAN, or unet, every pixel, with spectral norm, as in Real-ESRGAN'),
  discriminatorWidth: z.int().min(1).max(256).default(32).describe("channels of the discriminator's outermost layers"),
  rate: z.number().positive().max(1).default(2e-4).describe('learning rate of Adam'),
  beta1: z.number().min(0).max(0.999).default(0.9).describe("Adam's first decay"),
});

export type SrganSettings = z.infer<typeof settings>;

/** What the tiles of a model take, in pixels of the input: at the size of the result SRResNet and RRDB have all their channels. */
interface Made {
  network: Network<[Tensor], Tensor>;
  reach: number;
  tile: number;
}

/** A row for each network. */
const GENERATORS: Record<SrganSettings['generator'], (s: SrganSettings) => Made> = {
  compact: (s) => {
    const halved = s.oversampling === '2';
    const network = compact({ ...s, halved, factor: Number(s.factor) * (halved ? 2 : 1) });
    return { network, reach: compactReach(s), tile: 576 };
  },
  srresnet: (s) => ({
    network: srresnet({ ...s, factor: Number(s.factor) }),
    reach: srresnetReach(s),
    tile: s.factor === '4' ? 192 : 320,
  }),
  rrdb: (s) => ({
    network: rrdb({ ...s, factor: Number(s.factor) }),
    reach: rrdbReach(s),
    tile: s.factor === '4' ? 256 : 384,
  }),
};

/** A row for each of those that judge. */
const DISCRIMINATORS: Record<SrganSettings['discriminator'], (of: { width: number }) => Network<[Tensor], Judgement>> =
  {
    patches: srganDiscriminator,
    unet: unetDiscriminator,
  };

/** Whether anybody judges what is made, besides the truth. */
const isJudged = (s: SrganSettings): boolean => s.ganWeight > 0 || s.featureWeight > 0;

/** What a step is told, and what is made of it. */
function begin(shape: RunShape, s: SrganSettings) {
  const { network: generator } = GENERATORS[s.generator](s);
  const side = shape.size / Number(s.factor);
  const small = input('small', [shape.batch, shape.channels, side, side]);
  const truth = input('picture', [shape.batch, shape.channels, shape.size, shape.size]);
  const builder = new StepBuilder({ beta1: s.beta1, beta2: 0.999, epsilon: 1e-8 });
  const made = generator.apply(small);
  return { generator, builder, truth, made, far: scale(l1(made, truth), { factor: s.l1Weight }) };
}

/** The generator learns from the truth alone. */
function alone(shape: RunShape, s: SrganSettings): Step {
  const { generator, builder, far } = begin(shape, s);
  builder.update(generator, { g: far }); // one loss is its own sum
  return builder.build();
}

/**
 * The discriminator learns which of two pictures is the more real (as in ESRGAN, Wang et al. 2018, arXiv:1809.00219), then
 * (`updates` both) the generator against it as it now is.
 */
function judged(shape: RunShape, s: SrganSettings, updates: 'both' | 'discriminator'): Step {
  const { generator, builder, truth, made, far } = begin(shape, s);
  const discriminator = DISCRIMINATORS[s.discriminator]({ width: s.discriminatorWidth });
  const half = (loss: Tensor): Tensor => scale(loss, { factor: 0.5 });

  const seen = relative(discriminator.apply(truth).logits, discriminator.apply(stopGradient(made)).logits);
  const doubts = {
    dReal: half(discriminatorLoss(seen.real, 'real', 'vanilla')),
    dFake: half(discriminatorLoss(seen.fake, 'fake', 'vanilla')),
  };
  const judge = builder.update(discriminator, doubts);
  builder.report('loss', { d: total(doubts) });
  builder.report('probability', { pReal: believed(seen.real, 'vanilla'), pFake: believed(seen.fake, 'vanilla') });
  if (updates === 'discriminator') return builder.build();

  const [real, fake] = [judge.apply(truth), judge.apply(made)];
  const told = relative(real.logits, fake.logits);
  const losses: Record<string, Tensor> = { gL1: far };
  if (s.ganWeight > 0) {
    const gan = add(discriminatorLoss(told.real, 'fake', 'vanilla'), discriminatorLoss(told.fake, 'real', 'vanilla'));
    losses['gGan'] = scale(gan, { factor: s.ganWeight / 2 });
  }
  if (s.featureWeight > 0)
    losses['gFeatures'] = scale(featureMatching(fake.features, real.features), { factor: s.featureWeight });
  builder.update(generator, losses);
  builder.report('loss', { g: total(losses) });
  return builder.build();
}

/** Who learns in each phase, where there is a discriminator. */
const TURNS = { pretrain: 'g', warmUp: 'd', main: 'dg' } as const;

export const srgan = family({
  id: 'srgan',
  title: 'SRGAN',
  about: 'From one set of pictures: it makes pictures like them larger.',
  paper: 'Ledig et al. 2017, arXiv:1609.04802',
  data: 'pictures',
  does: 'upscale',
  batch: 4,
  varied: true,
  windows: true,
  opaque: true,
  settings,
  refuseSize: (size) =>
    size % 4 === 0 && size >= 32 && size <= 512 ? null : 'SRGAN takes sizes from 32 to 512 that are multiples of 4',
  program: (shape, s) => {
    const factor = Number(s.factor);
    const { network, reach, tile } = GENERATORS[s.generator](s);
    const { height, width } = shape.taken ?? { height: shape.size / factor, width: shape.size / factor };
    const picture = input('picture', [1, shape.channels, height, width]);
    const port = { kind: 'picture', channels: shape.channels } as const;
    return program({
      inputs: {
        picture: { ...port, recolour: true },
        small: { ...port, recolour: false, smaller: { of: 'picture', factor, how: s.smaller } },
      },
      steps: {
        g: () => alone(shape, s),
        dg: () => judged(shape, s, 'both'),
        d: () => judged(shape, s, 'discriminator'),
      },
      // PSNR-oriented first, as SRGAN and ESRGAN are trained.
      pretraining: isJudged(s) ? s.pretraining : 0,
      // Nobody has to catch up where the generator learns alone.
      schedule: (phase) => [isJudged(s) ? TURNS[phase] : 'g'],
      rate: (_, at, of) => linearDecay(s.rate, at, of),
      averaging: { decay: 0.999, every: 4 },
      models: [
        {
          ...{ file: 'model.onnx', does: { kind: 'upscale', factor, reach, tile }, multiple: 1 },
          ...{ inputs: { picture }, outputs: { upscaled: network.apply(picture) } },
        },
      ],
      shows: [
        {
          model: 'model.onnx',
          given: { picture: { from: 'port', port: 'small' } },
          columns: [{ title: 'input', port: 'small' }, { title: 'result' }, { title: 'truth', port: 'picture' }],
          judged: { measure: 'l1', port: 'picture' },
        },
      ],
    });
  },
  presets: [
    { id: 'quick', size: 96, minutes: 10, settings: {} },
    { id: 'standard', size: 96, minutes: 60, settings: {} },
    { id: 'quality', size: 128, minutes: 600, settings: { generator: 'srresnet' } },
  ],
});
