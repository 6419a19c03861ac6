/**
 * CycleGAN: unpaired image-to-image translation using cycle-consistent adversarial networks (Zhu et al. 2017,
 * arXiv:1703.10593). Two generators that undo each other, and a discriminator for each set of pictures.
 */
import { z } from 'zod';
import { add, scale } from '../graph/operators/elementwise.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import { patchGan } from '../networks/patch-gan.ts';
import { resnet, RESNET_MULTIPLE } from '../networks/resnet.ts';
import { family, linearDecay, type Direction, type Inference, type RunShape, type StepName } from './family.ts';
import { believed, discriminatorLoss, generatorLoss, gradientPenalty, l1, total } from './losses.ts';
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

/** One of the named steps: the generators against the discriminators as they are (`g`), then these (`d`). */
function step(name: StepName, shape: RunShape, s: CycleGanSettings): Step {
  const { toA, toB, judgeA, judgeB } = networks(shape, s);
  const pictures = [shape.batch, shape.channels, shape.size, shape.size];
  const [a, b] = [input('input', pictures), input('target', pictures)];
  const builder = new StepBuilder({ beta1: s.beta1, beta2: 0.999, epsilon: 1e-8 });

  if (name === 'd') {
    // Past results as well, so that the discriminators do not forget what the generators once did (section 4).
    const past = (of: string): Tensor =>
      fedInput(`pool/${of}`, pictures, { kind: 'pastPictures', of, capacity: s.poolSize });
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
    builder.report({
      d: total(losses),
      pReal: half(add(ofA.real, ofB.real)),
      pFake: half(add(ofA.fake, ofB.fake)),
    });
    return builder.build();
  }

  const [fakeB, fakeA] = [toB.apply(a).picture, toA.apply(b).picture];
  builder.report({ fakeA, fakeB });
  if (name === 'fakes') return builder.build();

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
  builder.report({ g: total(losses) });
  return builder.build();
}

const half = (x: Tensor): Tensor => scale(x, { factor: 0.5 });

export const cyclegan = family({
  id: 'cyclegan',
  title: 'CycleGAN',
  paper: 'Zhu et al. 2017, arXiv:1703.10593',
  data: 'sets',
  settings,
  refuseSize: refuseResnetSize('CycleGAN'),
  step,
  schedule: (_, warmingUp) => (warmingUp ? ['fakes', 'd'] : ['g', 'd']),
  rate: (s, at, total) => linearDecay(s.rate, at, total),
  inference: (shape, s) => {
    const { toA, toB } = networks(shape, s);
    const picture = input('input', [1, shape.channels, shape.size, shape.size]);
    const export_ = (file: string, direction: Direction, generator: typeof toB): Inference => ({
      ...{ file, direction, multiple: RESNET_MULTIPLE },
      ...{ input: picture, output: generator.apply(picture).picture },
    });
    return [export_('model.onnx', 'AtoB', toB), export_('model.BtoA.onnx', 'BtoA', toA)];
  },
  presets: [
    { id: 'quick', size: 64, minutes: 30, settings: { width: 24, upsampling: 'resize' } },
    { id: 'standard', size: 128, minutes: 240, settings: { width: 32, upsampling: 'resize' } },
    { id: 'quality', size: 256, minutes: 1440, settings: { width: 64, blocks: 9, upsampling: 'resize' } },
  ],
});
