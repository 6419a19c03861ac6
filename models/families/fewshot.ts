/**
 * A generator for a few hundred pictures: the cheap body of DCGAN (Radford et al. 2016), whose every level is led by its
 * own copy of the latent (adaptive instance normalisation, Karras et al. 2019, arXiv:1812.04948), so that two pictures can
 * be mixed coarse to fine; a discriminator that is kept from learning the pictures by heart by moving and covering what it
 * sees (DiffAugment, Zhao et al. 2020, arXiv:2006.10738), kept gentle by R1 (Mescheder et al. 2018), and told how varied a
 * minibatch is (Karras et al. 2018). Labels, where there are some, by projection (Miyato and Koyama 2018,
 * arXiv:1802.05637).
 */
import { z } from 'zod';
import { offset } from '../graph/operators/affine.ts';
import { add, mul, sqrt, square, sub } from '../graph/operators/elementwise.ts';
import { concat, slice } from '../graph/operators/layout.ts';
import { broadcastTo, reduceMean, reduceSum } from '../graph/operators/reduce.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { shift } from '../graph/operators/shift.ts';
import { fedInput, input, type Tensor } from '../graph/tensor.ts';
import { answer, doublings, generate, look } from '../networks/dcgan.ts';
import { dense, normalise } from '../networks/layers.ts';
import { Network, type Weights } from '../networks/network.ts';
import { family, type RunShape } from './family.ts';
import { latentSettings, makes, playGame, refuseDoublings } from './latent.ts';

const settings = z.object({
  ...latentSettings,
  rate: latentSettings.rate.default(4e-4),
  labels: z
    .enum(['use', 'ignore'])
    .default('use')
    .describe('whether a picture is asked for by its label, where the pictures have labels'),
  augment: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'whether what the discriminator sees is moved and covered, so that few pictures are not learned by heart',
    ),
});

type FewshotSettings = z.infer<typeof settings>;

/** Normalises, then scales and shifts each channel as the latent [N, latent] says. */
function led(w: Weights, name: string, x: Tensor, latent: Tensor): Tensor {
  const [n, c] = x.shape as [number, number];
  const by = (what: string): Tensor => reshape(dense(w, `${name}/${what}`, latent, c), { shape: [n, c, 1, 1] });
  return add(mul(normalise(w, name, x, 'instance'), offset(by('scale'), { by: 1 })), by('shift'));
}

/** latent [N, latent], or one for each level, and label [N, labels] or null to a picture [N, channels, size, size]. */
const generatorOf = ({ size, channels }: RunShape, { width }: FewshotSettings) =>
  new Network('generator', (w, latent: Tensor | readonly Tensor[], label: Tensor | null) => {
    const latents = 'operator' in latent ? Array<Tensor>(doublings(size)).fill(latent) : latent;
    const codes = latents.map((each) => (label ? concat([each, label], { axis: 1 }) : each));
    return generate(w, codes[0]!, { size, width, channels }, (name, x, level) => led(w, name, x, codes[level]!));
  });

/** Appends a map of how much the features differ within the minibatch. x: [N, C, H, W]; gives [N, C + 1, H, W]. */
function besideVariety(x: Tensor): Tensor {
  const [n, , h, w] = x.shape as [number, number, number, number];
  const variance = reduceMean(square(sub(x, reduceMean(x, { axes: [0] }))), { axes: [0] });
  const variety = reduceMean(sqrt(offset(variance, { by: 1e-8 })), { axes: [1, 2, 3] });
  return concat([x, broadcastTo(variety, { shape: [n, 1, h, w] })], { axis: 1 });
}

/** picture and label [N, labels] or null to logits [N, 1, 1, 1]. */
const discriminatorOf = ({ size }: RunShape, { width }: FewshotSettings) =>
  new Network('discriminator', (w, picture: Tensor, label: Tensor | null) => {
    const features = look(w, picture, { size, width });
    const logits = answer(w, 'out', besideVariety(features), 1);
    if (!label) return { logits };
    const [n, c] = features.shape as [number, number];
    const pooled = reshape(reduceMean(features, { axes: [2, 3] }), { shape: [n, c] });
    const fits = reduceSum(mul(dense(w, 'label', label, c), pooled), { axes: [1] });
    return { logits: add(logits, reshape(fits, { shape: [n, 1, 1, 1] })) };
  });

/** Moves each picture by up to an eighth and covers half of its width. */
function disturbed(picture: Tensor, stream: string): Tensor {
  const [n, , size] = picture.shape as [number, number, number];
  const most = Math.max(1, Math.round(size / 8));
  const by = fedInput(`move/${stream}`, [n, 2], { kind: 'distances', most });
  const mask = fedInput(`cover/${stream}`, [n, 1, size, size], { kind: 'cutouts', side: size / 2 });
  return mul(shift(picture, by, { most }), mask);
}

export const fewshot = family({
  id: 'fewshot',
  title: 'Few-shot generator',
  about: 'From a few hundred pictures: new ones like them, to explore, mix and animate.',
  paper: 'Radford et al. 2016, arXiv:1511.06434; Zhao et al. 2020, arXiv:2006.10738',
  data: 'pictures',
  does: 'generate',
  batch: 8,
  varied: false,
  settings,
  refuseSize: refuseDoublings('Few-shot generator'),
  program: (shape, s) => {
    const { batch, size } = shape;
    const labels = s.labels === 'use' ? shape.labels : [];
    const levels = doublings(size);
    const noise = input('noise', [1, levels, s.latent]);
    const label = labels.length > 0 ? input('label', [1, labels.length]) : null;
    const each = Array.from({ length: levels }, (_, level) =>
      reshape(slice(noise, { begin: [0, level, 0], size: [1, 1, s.latent] }), { shape: [1, s.latent] }),
    );
    return playGame(shape, s, {
      begin: () => {
        const known = labels.length > 0 ? input('label', [batch, labels.length]) : null;
        return {
          generator: generatorOf(shape, s),
          discriminator: discriminatorOf(shape, s),
          known,
          ask: () => known,
          ...(s.augment === 'on' && { seen: disturbed }),
        };
      },
      ...(labels.length > 0 && { labels }),
      pace: { lazy: 8, beta2: 0.99, discriminator: 1 },
      ...makes(
        { noise: { from: 'noise' }, ...(labels.length > 0 && { label: { from: 'labels' as const, labels } }) },
        { noise, ...(label && { label }) },
        generatorOf(shape, s).apply(each, label),
      ),
    });
  },
  presets: [
    { id: 'quick', size: 64, minutes: 20, settings: { width: 32 } },
    { id: 'standard', size: 64, minutes: 60, settings: { width: 32 } },
    { id: 'quality', size: 128, minutes: 600, settings: { width: 32 } },
  ],
});
