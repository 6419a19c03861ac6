/**
 * SRResNet (Ledig et al. 2017, arXiv:1609.04802): residual blocks at the size of the input, then pixel shuffles. Two
 * things are otherwise than in the paper. Nothing is normalised (Lim et al. 2017, arXiv:1707.02921), so that what becomes
 * of a pixel does not depend on what else is in its tile; and what is learned is what enlarging by repeated pixels lacks,
 * which takes fewer steps.
 */
import { add } from '../graph/operators/elementwise.ts';
import { upsample } from '../graph/operators/layout.ts';
import { pixelShuffle } from '../graph/operators/pixels.ts';
import type { Tensor } from '../graph/tensor.ts';
import { conv, kept, learnedLeaky } from './layers.ts';
import { Network, type Weights } from './network.ts';

export interface SrresnetSettings {
  /** What comes out is so many times as wide and high: 2 or 4. */
  factor: number;
  /** Channels of the inner layers; the paper has 64. */
  width: number;
  /** Residual blocks; the paper has 16. */
  blocks: number;
}

const COLOURS = 3;
/** The first and the last convolution look further than the others. */
const OUTER = 9;

/** Shuffles that multiply to a factor. */
const shuffles = (factor: number): number[] => (factor === 4 ? [2, 2] : [factor]);

/** `srresnet(...).apply(picture)`: [N, 3, H, W] in [-1, 1] to [N, 3, factor H, factor W], about in [-1, 1]. */
export const srresnet = ({ factor, width, blocks }: SrresnetSettings): Network<[Tensor], Tensor> =>
  new Network('generator', (w, picture) => {
    const first = learnedLeaky(w, 'in/slope', conv(w, 'in', picture, { ...kept(picture, width, OUTER), bias: true }));
    let x = first;
    for (let block = 0; block < blocks; block++) x = add(x, residual(w, `block${block}`, x));
    x = add(first, conv(w, 'middle', x, kept(x, width)));
    for (const [level, by] of shuffles(factor).entries()) {
      const spread = conv(w, `up${level}`, x, kept(x, width * by ** 2));
      x = learnedLeaky(w, `up${level}/slope`, pixelShuffle(spread, { factor: by }));
    }
    return add(conv(w, 'out', x, { ...kept(x, COLOURS, OUTER), deviation: 1e-3 }), upsample(picture, { factor }));
  });

/** What a block adds to its input; little at first, so that many of them begin as one. */
function residual(w: Weights, name: string, x: Tensor): Tensor {
  const width = x.shape[1]!;
  const inner = learnedLeaky(w, `${name}/slope`, conv(w, `${name}/first`, x, kept(x, width)));
  return conv(w, `${name}/second`, inner, { ...kept(inner, width), deviation: 1e-2 });
}

/** How far a pixel of the result looks, in pixels of the input. */
export const srresnetReach = ({ blocks }: Pick<SrresnetSettings, 'blocks'>): number =>
  (OUTER >> 1) + 2 * blocks + 1 + 2 + (OUTER >> 2);
