/**
 * Conditional GAN (Mirza and Osindero 2014, arXiv:1411.1784) on the networks of DCGAN: a generator that makes a picture of
 * a label out of noise. Both players are told the label: one beside its noise, the other as a map beside the picture.
 */
import { z } from 'zod';
import { concat } from '../graph/operators/layout.ts';
import { broadcastTo } from '../graph/operators/reduce.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { answer, generate, look } from '../networks/dcgan.ts';
import { Network } from '../networks/network.ts';
import { family, type RunShape } from './family.ts';
import { latentSettings, makes, playGame, refuseDoublings, type LatentSettings } from './latent.ts';

/** noise [N, latent] and label [N, labels] to a picture [N, channels, size, size]. */
const generatorOf = ({ size, channels }: RunShape, { width }: LatentSettings) =>
  new Network('generator', (w, noise: Tensor, label: Tensor) =>
    generate(w, concat([noise, label], { axis: 1 }), { size, width, channels }),
  );

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
  batch: 8,
  varied: false,
  settings: z.object(latentSettings),
  refuseSize: refuseDoublings('Conditional GAN', [32, 64, 128, 256]),
  program: (shape, s) => {
    const { labels, batch } = shape;
    const [noise, label] = [input('noise', [1, s.latent]), input('label', [1, labels.length])];
    return playGame(shape, s, {
      begin: () => {
        // What the real pictures are of is what the made ones are asked for.
        const known = input('label', [batch, labels.length]);
        return {
          generator: generatorOf(shape, s),
          discriminator: discriminatorOf(shape, s),
          known,
          ask: () => known,
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
