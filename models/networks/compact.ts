/**
 * Compact (SRVGGNetCompact of Real-ESRGAN, Wang et al. 2021, arXiv:2107.10833): all convolutions work at the size of the
 * input, and the last one's channels become the pixels of the result. What is learned is what enlarging by repeated pixels
 * lacks.
 */
import { add } from '../graph/operators/elementwise.ts';
import { halve } from '../graph/operators/halve.ts';
import { upsample } from '../graph/operators/layout.ts';
import { pixelShuffle } from '../graph/operators/pixels.ts';
import { offset, scale } from '../graph/operators/affine.ts';
import type { Tensor } from '../graph/tensor.ts';
import { conv, kept, learnedLeaky } from './layers.ts';
import { Network } from './network.ts';

export interface CompactSettings {
  /** What comes out is so many times as wide and high: `factor`, or half of it where the result is halved. */
  factor: number;
  /** Whether the network makes twice the size, which is then halved. */
  halved: boolean;
  /** Channels of the inner layers. */
  width: number;
  /** Convolutions between the first and the last. */
  blocks: number;
}

const COLOURS = 3;

/** `compact(...).apply(picture)`: [N, 3, H, W] in [-1, 1] to [N, 3, times H, times W], about in [-1, 1]. */
export const compact = ({ factor, halved, width, blocks }: CompactSettings): Network<[Tensor], Tensor> =>
  new Network('generator', (w, picture) => {
    // As in the reference code it sees pictures in [0, 1]: at the borders, where zeros are seen, that makes a difference.
    let x = offset(scale(picture, { factor: 0.5 }), { by: 0.5 });
    for (let layer = 0; layer <= blocks; layer++)
      x = learnedLeaky(w, `layer${layer}/slope`, conv(w, `layer${layer}`, x, kept(x, width)));
    const lacking = pixelShuffle(conv(w, 'out', x, { ...kept(x, COLOURS * factor ** 2), deviation: 1e-3 }), { factor });
    const result = add(scale(lacking, { factor: 2 }), upsample(picture, { factor }));
    return halved ? halve(result) : result;
  });

/** How far a pixel of the result looks, in pixels of the input; what halving sees beyond it hardly counts. */
export const compactReach = ({ blocks }: Pick<CompactSettings, 'blocks'>): number => blocks + 2;
