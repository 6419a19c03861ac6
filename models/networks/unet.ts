/** The U-Net generator of pix2pix (Isola et al. 2017, section 6.1.1): an encoder and a decoder with skip connections. */
import { relu, tanh } from '../graph/operators/elementwise.ts';
import { concat, dropout } from '../graph/operators/layout.ts';
import { dropoutMask, GraphError, type Tensor } from '../graph/tensor.ts';
import { conv, leaky, normalise, resizeConv, upConv, type Normalisation } from './layers.ts';
import { Network } from './network.ts';

export interface UnetSettings {
  /** Height and width of the pictures, in pixels: a multiple of 32. */
  size: number;
  /** Channels in and out: 3 or 4. */
  channels: number;
  /** Channels of the outermost layer. */
  width: number;
  normalisation: Normalisation;
  /** How the decoder doubles the size. */
  upsampling: 'transposed' | 'resize';
  /** Probability that the decoder's innermost features are dropped, while training. */
  dropout: number;
}

const MAX_LEVELS = 8;

/** How often the size can be halved, at most 8 times: 256 -> 8, 96 -> 5. */
export function unetLevels(size: number): number {
  let levels = 0;
  for (let s = size; s % 2 === 0 && levels < MAX_LEVELS; s /= 2) levels++;
  return levels;
}

/** `generator.apply(picture, mode)`: [N, channels, size, size] in [-1, 1] to the same. */
export function unet({
  size,
  channels,
  width,
  normalisation,
  upsampling,
  dropout: rate,
}: UnetSettings): Network<[Tensor, 'train' | 'infer'], Tensor> {
  if (size % 32 !== 0) throw new GraphError(`U-Net: the size must be a multiple of 32, not ${size}`);
  const levels = unetLevels(size);
  const widthAt = (level: number): number => Math.min(2 ** level, 8) * width;
  const up = upsampling === 'transposed' ? upConv : resizeConv;

  return new Network('generator', (w, picture, mode) => {
    const skips: Tensor[] = [];
    let x = picture;
    for (let level = 0; level < levels; level++) {
      const [outermost, innermost] = [level === 0, level === levels - 1];
      x = conv(w, `down${level}`, outermost ? x : leaky(x), { channels: widthAt(level), bias: outermost || innermost });
      if (!outermost && !innermost) x = normalise(w, `down${level}/norm`, x, normalisation);
      skips.push(x);
    }
    for (let level = levels - 1; level > 0; level--) {
      const joined = level === levels - 1 ? x : concat([skips[level]!, x], { axis: 1 });
      x = normalise(
        w,
        `up${level}/norm`,
        up(w, `up${level}`, relu(joined), { channels: widthAt(level - 1), bias: false }),
        normalisation,
      );
      // As in the reference code: dropout in the decoder where the encoder is at its full width, not at the very bottom.
      if (rate > 0 && mode === 'train' && level < levels - 1 && level > 3)
        x = dropout(x, dropoutMask(`dropout/up${level}`, x.shape, rate));
    }
    return tanh(up(w, 'up0', relu(concat([skips[0]!, x], { axis: 1 })), { channels, bias: true }));
  });
}
