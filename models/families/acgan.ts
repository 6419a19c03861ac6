/**
 * Auxiliary classifier GAN (Odena et al. 2017, arXiv:1610.09585): the generator is told a label, and the discriminator,
 * which is not, must say which one it sees. Both are better off when pictures show their label.
 */
import { z } from 'zod';
import { scale } from '../graph/operators/affine.ts';
import { reshape } from '../graph/operators/reshape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { answer, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import { playByLabel } from './by-label.ts';
import { family, type RunShape } from './family.ts';
import { CLASSIC_PRESETS, latentSettings, refuseDoublings, type LatentSettings } from './latent.ts';
import { labelLosses, total } from './losses.ts';

const settings = z.object({
  ...latentSettings,
  labelWeight: z.number().min(0).default(1).describe('weight of showing the label that was asked for'),
});

/** picture to logits [N, 1, 1, 1] of being real, and the logits [N, labels] of each label. */
const discriminatorOf = ({ size, batch, labels }: RunShape, { width }: LatentSettings) =>
  new Network('discriminator', (w, picture: Tensor) => {
    const features = look(w, picture, { size, width });
    return {
      logits: answer(w, 'out', features, 1),
      label: reshape(answer(w, 'label', features, labels.length), { shape: [batch, labels.length] }),
    };
  });

export const acgan = family({
  id: 'acgan',
  title: 'AC-GAN',
  about: 'From labelled pictures: it makes new ones that show their label clearly.',
  paper: 'Odena et al. 2017, arXiv:1610.09585',
  data: 'labelled',
  does: 'generate',
  batch: 8,
  varied: false,
  settings,
  refuseSize: refuseDoublings('AC-GAN'),
  program: (shape, s) =>
    playByLabel(shape, s, () => ({
      discriminator: discriminatorOf(shape, s),
      besides: ({ label: told }, asked) => ({
        Label: scale(total(labelLosses(told, asked, shape.labels)), { factor: s.labelWeight }),
      }),
    })),
  presets: CLASSIC_PRESETS,
});
