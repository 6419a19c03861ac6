/**
 * Conditional GAN (Mirza and Osindero 2014, arXiv:1411.1784) on the networks of DCGAN: a generator that makes a picture of
 * a label out of noise. Both players are told the label: one beside its noise, the other as a map beside the picture.
 */
import { z } from 'zod';
import { concat } from '../graph/operators/layout.ts';
import { broadcastTo } from '../graph/operators/reduce.ts';
import { reshape } from '../graph/operators/reshape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { answer, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import { playByLabel } from './by-label.ts';
import { family, type RunShape } from './family.ts';
import { CLASSIC_PRESETS, latentSettings, refuseDoublings, type LatentSettings } from './latent.ts';

/** picture [N, channels, size, size] and label [N, labels] to logits [N, 1, 1, 1]. */
const discriminatorOf = ({ size }: RunShape, { width }: LatentSettings) =>
  new Network('discriminator', (w, picture: Tensor, label: Tensor) => {
    const [n, labels] = label.shape as [number, number];
    const map = broadcastTo(reshape(label, { shape: [n, labels, 1, 1] }), { shape: [n, labels, size, size] });
    return { logits: answer(w, 'out', look(w, concat([picture, map], { axis: 1 }), { size, width }), 1) };
  });

export const cgan = family({
  id: 'cgan',
  title: 'Conditional GAN',
  about: 'From labelled pictures: it makes new ones of each label.',
  paper: 'Mirza and Osindero 2014, arXiv:1411.1784',
  data: 'labelled',
  does: 'generate',
  batch: 8,
  varied: false,
  settings: z.object(latentSettings),
  refuseSize: refuseDoublings('Conditional GAN'),
  program: (shape, s) => playByLabel(shape, s, () => ({ discriminator: discriminatorOf(shape, s) })),
  presets: CLASSIC_PRESETS,
});
