/**
 * The discriminator of SRGAN (Ledig et al. 2017, figure 4): 3 x 3 convolutions that keep the size and that halve it by
 * turns. Nothing is normalised, as in the generators; and in place of dense layers, which take one size, every patch has a
 * logit.
 */
import type { Tensor } from '../graph/tensor.ts';
import { conv, leaky } from './layers.ts';
import { Network } from './network.ts';
import type { Judgement } from './patch-gan.ts';

const LEVELS = 4;

/** `srganDiscriminator(...).apply(pictures)`: [N, C, H, W], both sides at least 16; logits [N, 1, H / 16, W / 16]. */
export const srganDiscriminator = ({ width }: { width: number }): Network<[Tensor], Judgement> =>
  new Network('discriminator', (w, pictures) => {
    const features: Tensor[] = [];
    let x = pictures;
    for (let level = 0; level < LEVELS; level++) {
      const layer = { channels: width * 2 ** level, kernel: 3, bias: true };
      x = leaky(conv(w, `keep${level}`, x, { ...layer, stride: 1, deviation: gain(x) }));
      x = leaky(conv(w, `down${level}`, x, { ...layer, deviation: gain(x) }));
      features.push(x);
    }
    // Only how logits differ counts, in which a bias would cancel.
    return { logits: conv(w, 'logits', x, { channels: 1, kernel: 3, stride: 1, bias: false }), features };
  });

/** First weights that keep the spread of values (He et al. 2015), for the slope 0.2 of `leaky`. */
const gain = (x: Tensor): number => Math.sqrt(2 / ((1 + 0.2 ** 2) * x.shape[1]! * 9));
