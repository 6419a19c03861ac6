/**
 * CycleGAN: unpaired image-to-image translation using cycle-consistent adversarial networks (Zhu et al. 2017,
 * arXiv:1703.10593). Two generators that undo each other, and a discriminator for each set of pictures.
 */
import { scale } from '../graph/operators/affine.ts';
import { z } from 'zod';
import { add } from '../graph/operators/elementwise.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import { patchGan } from '../networks/patch-gan.ts';
import { resnet, RESNET_MULTIPLE } from '../networks/resnet.ts';
import { family, linearDecay, type RunShape } from './family.ts';
import { believed, discriminatorLoss, generatorLoss, gradientPenalty, l1, total } from './losses.ts';
import { program, showRestyling, type Direction, type ProgramModel } from './program.ts';
import { refuseResnetSize, resnetSettings } from './resnet-settings.ts';
import { StepBuilder, type Step } from './step.ts';

const settings = z.object({
  ...resnetSettings,
  ganLoss: z.enum(['lsgan', 'vanilla', 'hinge']).default('lsgan').describe('the adversarial loss'),
  cycleWeight: z.number().min(0).default(10).describe('weight of coming back to the picture that one began with'),
  identityWeight: z
    .number()
    .min(0)
    .default(0.5)
    .describe('weight, times that of the cycle, of leaving pictures alone that have the style already; 0 for none'),
  poolSize: z
    .int()
    .min(0)
    .max(500)
    .default(50)
    .describe('how many past results the discriminators are shown again; 0 for none'),
  rate: z.number().positive().max(1).default(2e-4).describe('learning rate of Adam'),
  beta1: z.number().min(0).max(0.999).default(0.5).describe("Adam's first decay"),
});

export type CycleGanSettings = z.infer<typeof settings>;

const networks = ({ channels }: RunShape, s: CycleGanSettings) => ({
  toB: resnet('generatorAtoB', { ...s, channels }),
  toA: resnet('generatorBtoA', { ...s, channels }),
  judgeA: patchGan(s, 'discriminatorA'),
  judgeB: patchGan(s, 'discriminatorB'),
});

const pictures = ({ batch, channels, size }: RunShape): [Tensor, Tensor] =>
  ['input', 'target'].map((name) => input(name, [batch, channels, size, size])) as [Tensor, Tensor];
const optimiser = ({ beta1 }: CycleGanSettings) => new StepBuilder({ beta1, beta2: 0.999, epsilon: 1e-8 });

/** The discriminators learn, from real pictures and from what the generators made. */
function judging(shape: RunShape, s: CycleGanSettings): Step {
  const { judgeA, judgeB } = networks(shape, s);
  const [a, b] = pictures(shape);
  const builder = optimiser(s);
  // Past results as well, so that the discriminators do not forget what the generators once did (section 4).
  const past = (of: string): Tensor =>
    fedInput(`pool/${of}`, a.shape, { kind: 'pastPictures', of, capacity: s.poolSize });
  const judge = (network: typeof judgeA, real: Tensor, fake: Tensor) => {
    const [seen, doubted] = [network.apply(real).logits, network.apply(fake).logits];
    const wrong = add(discriminatorLoss(seen, 'real', s.ganLoss), discriminatorLoss(doubted, 'fake', s.ganLoss));
    return {
      loss: half(wrong),
      seen,
      real: believed(seen, s.ganLoss),
      fake: believed(doubted, s.ganLoss),
    };
  };
  const [ofA, ofB] = [judge(judgeA, a, past('fakeA')), judge(judgeB, b, past('fakeB'))];
  const losses: Record<string, Tensor> = { dA: ofA.loss, dB: ofB.loss };
  if (s.penaltyWeight > 0)
    losses['dPenalty'] = scale(add(gradientPenalty(ofA.seen, a), gradientPenalty(ofB.seen, b)), {
      factor: s.penaltyWeight,
    });
  builder.updateTogether('discriminators', [judgeA, judgeB], losses);
  builder.report('loss', { d: total(losses) });
  builder.report('probability', { pReal: half(add(ofA.real, ofB.real)), pFake: half(add(ofA.fake, ofB.fake)) });
  return builder.build();
}

/** The generators translate both ways and, where they `learn`, do so against the discriminators as they are. */
function translating(shape: RunShape, s: CycleGanSettings, learn: boolean): Step {
  const { toA, toB, judgeA, judgeB } = networks(shape, s);
  const [a, b] = pictures(shape);
  const builder = optimiser(s);
  const [fakeB, fakeA] = [toB.apply(a).picture, toA.apply(b).picture];
  builder.keep({ fakeA, fakeB });
  if (!learn) return builder.build();

  const believedB = generatorLoss(judgeB.apply(fakeB).logits, s.ganLoss);
  const believedA = generatorLoss(judgeA.apply(fakeA).logits, s.ganLoss);
  const cycle = add(l1(toA.apply(fakeB).picture, a), l1(toB.apply(fakeA).picture, b));
  const losses: Record<string, Tensor> = {
    gGan: add(believedB, believedA),
    gCycle: scale(cycle, { factor: s.cycleWeight }),
  };
  if (s.identityWeight > 0)
    losses['gIdentity'] = scale(add(l1(toB.apply(b).picture, b), l1(toA.apply(a).picture, a)), {
      factor: s.cycleWeight * s.identityWeight,
    });
  builder.updateTogether('generators', [toB, toA], losses);
  builder.report('loss', { g: total(losses) });
  return builder.build();
}

const half = (x: Tensor): Tensor => scale(x, { factor: 0.5 });

export const cyclegan = family({
  id: 'cyclegan',
  title: 'CycleGAN',
  about: 'Both directions at once, each checked against the other. Slower, and keeps shapes well.',
  paper: 'Zhu et al. 2017, arXiv:1703.10593',
  data: 'sets',
  does: 'translate',
  batch: 1,
  varied: true,
  settings,
  refuseSize: refuseResnetSize('CycleGAN'),
  program: (shape, s) => {
    const { toA, toB } = networks(shape, s);
    const { height, width } = shape.taken ?? { height: shape.size, width: shape.size };
    const source = input('input', [1, shape.channels, height, width]);
    const model = (file: string, direction: Direction, generator: typeof toB): ProgramModel => ({
      ...{ file, does: { kind: 'translate', direction }, multiple: RESNET_MULTIPLE },
      ...{ inputs: { input: source }, outputs: { output: generator.apply(source).picture } },
    });
    const picture = { kind: 'picture', channels: shape.channels } as const;
    return program({
      inputs: { input: { ...picture, recolour: true }, target: { ...picture, recolour: false } },
      steps: {
        g: () => translating(shape, s, true),
        fakes: () => translating(shape, s, false),
        d: () => judging(shape, s),
      },
      schedule: (phase) => (phase === 'warmUp' ? ['fakes', 'd'] : ['g', 'd']),
      rate: (_, at, of) => linearDecay(s.rate, at, of),
      averaging: { decay: 0.999, every: 8 },
      models: [model('model.onnx', 'AtoB', toB), model('model.BtoA.onnx', 'BtoA', toA)],
      shows: [
        showRestyling('model.onnx', { from: 'input', to: 'target' }),
        showRestyling('model.BtoA.onnx', { from: 'target', to: 'input' }),
      ],
    });
  },
  presets: [
    { id: 'quick', size: 64, minutes: 30, settings: { width: 24, upsampling: 'resize' } },
    { id: 'standard', size: 128, minutes: 240, settings: { width: 32, upsampling: 'resize' } },
    { id: 'quality', size: 256, minutes: 1440, settings: { width: 64, blocks: 9, upsampling: 'resize' } },
  ],
});
