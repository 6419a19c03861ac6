/**
 * The ResNet generator of CycleGAN (Zhu et al. 2017, section 7.2; after Johnson et al. 2016): two halvings, residual
 * blocks, two doublings, with the borders reflected. Nothing in it depends on the size of the pictures.
 */
import { add, relu, tanh } from '../graph/operators/elementwise.ts';
import type { Tensor } from '../graph/tensor.ts';
import { conv, normalise, reflectConv, resizeConv, upConv, type Normalisation } from './layers.ts';
import { Network, type Weights } from './network.ts';

export interface ResnetSettings {
  /** Channels in and out: 3 or 4. */
  channels: number;
  /** Channels of the outermost layers; the residual blocks have four times as many. */
  width: number;
  /** Residual blocks: in the paper 6 for pictures below 256 px, else 9. */
  blocks: number;
  normalisation: Normalisation;
  /** How the decoder doubles the size. */
  upsampling: 'transposed' | 'resize';
}

/** Height and width must be multiples of this. */
export const RESNET_MULTIPLE = 4;

export interface Generated {
  /** [N, channels, H, W] in [-1, 1]. */
  picture: Tensor;
  /**
   * What the encoder made of the input, from fine to coarse: the input itself, both halvings (before they are
   * normalised), the first and the middle block. CUT compares them (Park et al. 2020, appendix C.1).
   */
  features: Tensor[];
}

/** `resnet(name, ...).apply(picture)`: [N, channels, H, W] in [-1, 1], H and W multiples of 4, at least 16. */
export function resnet(name: string, s: ResnetSettings): Network<[Tensor], Generated> {
  const up = s.upsampling === 'transposed' ? upConv : resizeConv;
  return new Network(name, (w, input) => {
    const features = [input];
    const settle = (layer: string, x: Tensor): Tensor => relu(normalise(w, `${layer}/norm`, x, s.normalisation));

    let x = settle('in', reflectConv(w, 'in', input, { channels: s.width, kernel: 7, bias: false }));
    for (const level of [0, 1]) {
      const layer = `down${level}`;
      x = conv(w, layer, x, { channels: s.width * 2 ** (level + 1), kernel: 3, bias: false });
      features.push(x);
      x = settle(layer, x);
    }
    for (let block = 0; block < s.blocks; block++) {
      x = add(x, residual(w, `block${block}`, x, s));
      if (block === 0 || block === s.blocks >> 1) features.push(x);
    }
    for (const level of [0, 1]) {
      const layer = `up${level}`;
      x = settle(layer, up(w, layer, x, { channels: s.width * 2 ** (1 - level), kernel: 3, bias: false }));
    }
    return { picture: tanh(reflectConv(w, 'out', x, { channels: s.channels, kernel: 7, bias: true })), features };
  });
}

/** What a residual block adds to its input (He et al. 2016): two 3 x 3 convolutions that keep the size. */
function residual(w: Weights, name: string, x: Tensor, { normalisation }: ResnetSettings): Tensor {
  const channels = x.shape[1]!;
  const layer = (layer: string, from: Tensor): Tensor =>
    normalise(w, `${layer}/norm`, reflectConv(w, layer, from, { channels, bias: false }), normalisation);
  return layer(`${name}/second`, relu(layer(`${name}/first`, x)));
}
