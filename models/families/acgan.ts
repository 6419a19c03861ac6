/**
 * Auxiliary classifier GAN (Odena et al. 2017, arXiv:1610.09585): the generator is told a label, and the discriminator,
 * which is not, must say which one it sees. Both are better off when pictures show their label.
 */
import { z } from 'zod';
import { scale } from '../graph/operators/affine.ts';
import { concat, slice } from '../graph/operators/layout.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { answer, generate, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import { family, type RunShape } from './family.ts';
import { latentSettings, makes, playGame, refuseDoublings, type LatentSettings } from './latent.ts';
import { crossEntropy, total } from './losses.ts';
import { traitsOf } from './traits.ts';

const settings = z.object({
  ...latentSettings,
  labelWeight: z.number().min(0).default(1).describe('weight of showing the label that was asked for'),
});

/** noise [N, latent] and label [N, labels] to a picture [N, channels, size, size]. */
const generatorOf = ({ size, channels }: RunShape, { width }: LatentSettings) =>
  new Network('generator', (w, noise: Tensor, label: Tensor) =>
    generate(w, concat([noise, label], { axis: 1 }), { size, width, channels }),
  );

/** picture to logits [N, 1, 1, 1] of being real, and the logits [N, labels] of each label. */
const discriminatorOf = ({ size, batch, labels }: RunShape, { width }: LatentSettings) =>
  new Network('discriminator', (w, picture: Tensor) => {
    const features = look(w, picture, { size, width });
    return {
      logits: answer(w, 'out', features, 1),
      label: reshape(answer(w, 'label', features, labels.length), { shape: [batch, labels.length] }),
    };
  });

/** How badly each trait is told, by its name. told, asked: [N, labels]. */
function byTrait(told: Tensor, asked: Tensor, labels: readonly string[]): Record<string, Tensor> {
  const n = told.shape[0]!;
  const traits = traitsOf(labels).map(({ name, begin, values }) => {
    const of = (all: Tensor): Tensor => slice(all, { begin: [0, begin], size: [n, values.length] });
    return [name, crossEntropy(of(told), of(asked))] as const;
  });
  return Object.fromEntries(traits);
}

export const acgan = family({
  id: 'acgan',
  title: 'AC-GAN',
  about: 'From labelled pictures: it makes new ones that show their label clearly.',
  paper: 'Odena et al. 2017, arXiv:1610.09585',
  data: 'labelled',
  batch: 8,
  varied: false,
  settings,
  refuseSize: refuseDoublings('AC-GAN', [32, 64, 128, 256]),
  program: (shape, s) => {
    const { labels, batch } = shape;
    const [noise, label] = [input('noise', [1, s.latent]), input('label', [1, labels.length])];
    return playGame(shape, s, {
      begin: () => {
        const known = input('label', [batch, labels.length]);
        return {
          generator: generatorOf(shape, s),
          discriminator: discriminatorOf(shape, s),
          known,
          ask: () => known,
          besides: ({ label: told }, asked) => ({
            Label: scale(total(byTrait(told, asked, labels)), { factor: s.labelWeight }),
          }),
        };
      },
      labels,
      pace: { lazy: 4, beta2: 0.99, discriminator: 2 },
      ...makes(
        { noise: { from: 'noise' }, label: { from: 'labels', labels } },
        { noise, label },
        generatorOf(shape, s).apply(noise, label),
      ),
    });
  },
  presets: [
    { id: 'quick', size: 32, minutes: 15, settings: { width: 32 } },
    { id: 'standard', size: 64, minutes: 60, settings: { width: 32 } },
    { id: 'quality', size: 128, minutes: 600, settings: { width: 32 } },
  ],
});
