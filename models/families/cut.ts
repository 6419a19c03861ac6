/**
 * CUT: contrastive learning for unpaired image-to-image translation (Park et al. 2020, arXiv:2007.15651). One generator:
 * what it makes of a patch must be more like that patch than like any other of the same picture.
 */
import { scale } from '../graph/operators/affine.ts';
import { z } from 'zod';
import { add, stopGradient } from '../graph/operators/elementwise.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import { patchGan } from '../networks/patch-gan.ts';
import { patchProjector } from '../networks/patch-projector.ts';
import { resnet, RESNET_MULTIPLE, type Generated } from '../networks/resnet.ts';
import { family, linearDecay, type RunShape } from './family.ts';
import { believed, discriminatorLoss, generatorLoss, gradientPenalty, patchContrast, total } from './losses.ts';
import { program, showRestyling } from './program.ts';
import { refuseResnetSize, resnetSettings } from './resnet-settings.ts';
import { StepBuilder, type Step } from './step.ts';

const settings = z.object({
  ...resnetSettings,
  ganLoss: z.enum(['lsgan', 'vanilla', 'hinge']).default('lsgan').describe('the adversarial loss'),
  contrastWeight: z.number().min(0).default(1).describe('weight of keeping what is where (the patch-wise contrast)'),
  identityWeight: z
    .number()
    .min(0)
    .default(1)
    .describe('weight of the same for pictures that have the style already; 0 for none'),
  patches: z.int().min(2).max(1024).default(256).describe('patches that are compared in each layer'),
  features: z.int().min(4).max(1024).default(256).describe('numbers by which a patch is compared'),
  temperature: z.number().min(0.01).max(1).default(0.07).describe('how sharply patches are told apart'),
  rate: z.number().positive().max(1).default(2e-4).describe('learning rate of Adam'),
  beta1: z.number().min(0).max(0.999).default(0.5).describe("Adam's first decay"),
});

export type CutSettings = z.infer<typeof settings>;

const networks = ({ channels }: RunShape, s: CutSettings) => ({
  generator: resnet('generator', { ...s, channels }),
  discriminator: patchGan(s),
  projector: patchProjector(s),
});

/** One step: the discriminator learns, then the generator and the projector against the discriminator as it now is. */
function step(shape: RunShape, s: CutSettings, updates: 'all' | 'discriminator'): Step {
  const { generator, discriminator, projector } = networks(shape, s);
  const pictures = [shape.batch, shape.channels, shape.size, shape.size];
  const [source, target] = [input('input', pictures), input('target', pictures)];
  const builder = new StepBuilder({ beta1: s.beta1, beta2: 0.999, epsilon: 1e-8 });
  const half = (loss: Tensor): Tensor => scale(loss, { factor: 0.5 });

  const translated = generator.apply(source);
  const real = discriminator.apply(target).logits;
  const doubted = discriminator.apply(stopGradient(translated.picture)).logits;
  const dReal = half(discriminatorLoss(real, 'real', s.ganLoss));
  const dFake = half(discriminatorLoss(doubted, 'fake', s.ganLoss));
  const wrong: Record<string, Tensor> = { dReal, dFake };
  if (s.penaltyWeight > 0) wrong['dPenalty'] = scale(gradientPenalty(real, target), { factor: s.penaltyWeight });
  const judge = builder.update(discriminator, wrong);
  builder.report('loss', { d: total(wrong) });
  builder.report('probability', { pReal: believed(real, s.ganLoss), pFake: believed(doubted, s.ganLoss) });
  if (updates === 'discriminator') return builder.build();

  /** The same places of a picture and of its translation, layer by layer. */
  const contrast = ({ picture, features }: Generated, stream: string): Tensor => {
    const results = generator.apply(picture).features;
    const layers = features.map((of, layer) => {
      const among = of.shape[2]! * of.shape[3]!;
      const count = Math.min(s.patches, among);
      const places = fedInput(`places/${stream}${layer}`, [count], { kind: 'places', among });
      const [query, key] = [results[layer]!, of].map((each) => projector.apply(each, places, layer)) as [
        Tensor,
        Tensor,
      ];
      return patchContrast(query, stopGradient(key), s.temperature);
    });
    return scale(
      layers.reduce((a, b) => add(a, b)),
      { factor: 1 / layers.length },
    );
  };
  const losses: Record<string, Tensor> = {
    gGan: generatorLoss(judge.apply(translated.picture).logits, s.ganLoss),
    gContrast: scale(contrast(translated, 'source'), { factor: s.contrastWeight }),
  };
  if (s.identityWeight > 0)
    losses['gIdentity'] = scale(contrast(generator.apply(target), 'target'), { factor: s.identityWeight });
  builder.updateTogether('generator', [generator, projector], losses);
  builder.report('loss', { g: total(losses) });
  return builder.build();
}

export const cut = family({
  id: 'cut',
  title: 'CUT',
  about: 'One direction, from A to B. Lighter and faster, and freer with shapes.',
  paper: 'Park et al. 2020, arXiv:2007.15651',
  data: 'sets',
  does: 'translate',
  batch: 1,
  varied: true,
  settings,
  refuseSize: refuseResnetSize('CUT'),
  program: (shape, s) => {
    const { height, width } = shape.taken ?? { height: shape.size, width: shape.size };
    const source = input('input', [1, shape.channels, height, width]);
    const output = networks(shape, s).generator.apply(source).picture;
    const picture = { kind: 'picture', channels: shape.channels } as const;
    return program({
      inputs: { input: { ...picture, recolour: true }, target: { ...picture, recolour: false } },
      steps: { dg: () => step(shape, s, 'all'), d: () => step(shape, s, 'discriminator') },
      schedule: (phase) => (phase === 'warmUp' ? ['d'] : ['dg']),
      rate: (_, at, of) => linearDecay(s.rate, at, of),
      averaging: { decay: 0.999, every: 8 },
      models: [
        {
          ...{ file: 'model.onnx', does: { kind: 'translate', direction: 'AtoB' }, multiple: RESNET_MULTIPLE },
          ...{ inputs: { input: source }, outputs: { output } },
        },
      ],
      shows: [showRestyling('model.onnx', { from: 'input', to: 'target' })],
    });
  },
  presets: [
    { id: 'quick', size: 64, minutes: 20, settings: { width: 24, upsampling: 'resize' } },
    { id: 'standard', size: 128, minutes: 180, settings: { width: 32, upsampling: 'resize' } },
    { id: 'quality', size: 256, minutes: 1080, settings: { width: 64, upsampling: 'resize' } },
  ],
});
