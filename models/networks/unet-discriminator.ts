/**
 * The discriminator of Real-ESRGAN (Wang et al. 2021, arXiv:2107.10833, section 3.2), after Schonfeld et al. 2020
 * (arXiv:2002.12655): a U-Net that judges every pixel, whose weights have a spectral norm of about 1 (Miyato et al. 2018,
 * arXiv:1802.05957). It enlarges by repeated pixels, where the reference code goes over smoothly between them.
 */
import { add } from '../graph/operators/elementwise.ts';
import { upsample } from '../graph/operators/layout.ts';
import type { Tensor } from '../graph/tensor.ts';
import { conv, kept, leaky } from './layers.ts';
import { Network } from './network.ts';
import type { Judgement } from './patch-gan.ts';

/** It halves pictures so often; one time less where a side is no multiple of 8. */
const LEVELS = 3;

/** `unetDiscriminator(...).apply(pictures)`: [N, C, H, W], both sides multiples of 4; logits [N, 1, H, W]. */
export const unetDiscriminator = ({ width }: { width: number }): Network<[Tensor], Judgement> =>
  new Network('discriminator', (w, pictures) => {
    const levels = pictures.shape.slice(2).every((side) => side % 2 ** LEVELS === 0) ? LEVELS : LEVELS - 1;
    const normed = { spectral: true, bias: false } as const;
    const down = [leaky(conv(w, 'in', pictures, kept(pictures, width)))];
    for (let level = 1; level <= levels; level++)
      down.push(leaky(conv(w, `down${level}`, down.at(-1)!, { ...normed, channels: width * 2 ** level })));
    const features = [...down];
    let x = down[levels]!;
    for (let level = levels - 1; level >= 0; level--) {
      const large = upsample(x, { factor: 2 });
      const layer = { ...kept(large, width * 2 ** level), ...normed };
      x = add(leaky(conv(w, `up${level}`, large, layer)), down[level]!);
      features.push(x);
    }
    for (const name of ['last0', 'last1']) x = leaky(conv(w, name, x, { ...kept(x, width), ...normed }));
    // Only how logits differ counts, in which a bias would cancel.
    return { logits: conv(w, 'logits', x, { ...kept(x, 1), bias: false }), features };
  });
