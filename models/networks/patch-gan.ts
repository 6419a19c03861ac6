/** The 70 x 70 PatchGAN discriminator (Isola et al. 2017, section 6.1.2): one logit for every patch. */
import type { Tensor } from '../graph/tensor.ts';
import { conv, leaky, normalise, type Normalisation } from './layers.ts';
import { Network } from './network.ts';

export interface PatchGanSettings {
  width: number;
  normalisation: Normalisation;
}

export interface Judgement {
  /** [N, 1, H', W'], unbounded. */
  logits: Tensor;
  /** The activations of the inner layers, for feature matching. */
  features: Tensor[];
}

/** `patchGan(...).apply(pictures)`: [N, C, H, W], H and W at least 32. */
export function patchGan(
  { width, normalisation }: PatchGanSettings,
  name = 'discriminator',
): Network<[Tensor], Judgement> {
  return new Network(name, (w, pictures) => {
    const features = [leaky(conv(w, 'layer0', pictures, { channels: width, bias: true }))];
    for (const [i, stride] of [2, 2, 1].entries()) {
      const layer = `layer${i + 1}`;
      const x = conv(w, layer, features.at(-1)!, { channels: width * 2 ** (i + 1), stride, bias: false });
      features.push(leaky(normalise(w, `${layer}/norm`, x, normalisation)));
    }
    return { logits: conv(w, 'logits', features.at(-1)!, { channels: 1, stride: 1, bias: true }), features };
  });
}
