/**
 * The generator of ESRGAN (Wang et al. 2018, arXiv:1809.00219, section 3.1): residual in residual dense blocks at the size
 * of the input, then repeated pixels that are convolved. As in our SRResNet what is learned is what enlarging by repeated
 * pixels lacks, which takes fewer steps.
 */
import { scale } from '../graph/operators/affine.ts';
import { add } from '../graph/operators/elementwise.ts';
import { concat, upsample } from '../graph/operators/layout.ts';
import type { Tensor } from '../graph/tensor.ts';
import { conv, kept, leaky } from './layers.ts';
import { Network, type Weights } from './network.ts';

export interface RrdbSettings {
  /** What comes out is so many times as wide and high: 2 or 4. */
  factor: number;
  /** Channels between blocks; the paper has 64. A layer inside of a dense block adds half as many. */
  width: number;
  /** Residual in residual dense blocks; the paper has 23. */
  blocks: number;
}

const COLOURS = 3;
/** Dense blocks in a block, and layers in a dense block. */
const [DENSE, LAYERS] = [3, 5];
/** How much of what a block makes is added to what it got. */
const SHARE = 0.2;
/** First weights of blocks are so much smaller than He's (the paper's supplement). */
const SMALL = 0.1;

/** `rrdb(...).apply(picture)`: [N, 3, H, W] in [-1, 1] to [N, 3, factor H, factor W], about in [-1, 1]. */
export const rrdb = ({ factor, width, blocks }: RrdbSettings): Network<[Tensor], Tensor> =>
  new Network('generator', (w, picture) => {
    const first = conv(w, 'in', picture, kept(picture, width));
    let x = first;
    for (let block = 0; block < blocks; block++) {
      let inner = x;
      for (let i = 0; i < DENSE; i++) inner = dense(w, `block${block}/${i}`, inner);
      x = add(x, scale(inner, { factor: SHARE }));
    }
    x = add(first, conv(w, 'middle', x, kept(x, width)));
    for (let size = 2; size <= factor; size *= 2)
      x = leaky(conv(w, `up${size}`, upsample(x, { factor: 2 }), kept(x, width)));
    x = leaky(conv(w, 'large', x, kept(x, width)));
    return add(conv(w, 'out', x, { ...kept(x, COLOURS), deviation: 1e-3 }), upsample(picture, { factor }));
  });

/** Each layer sees what the block got, and what all layers before it made of that. */
function dense(w: Weights, name: string, x: Tensor): Tensor {
  const width = x.shape[1]!;
  const seen = [x];
  for (let layer = 1; layer < LAYERS; layer++)
    seen.push(leaky(small(w, `${name}/layer${layer}`, seen, width >> 1 || 1)));
  return add(x, scale(small(w, `${name}/layer${LAYERS}`, seen, width), { factor: SHARE }));
}

function small(w: Weights, name: string, seen: readonly Tensor[], channels: number): Tensor {
  const x = seen.length === 1 ? seen[0]! : concat([...seen], { axis: 1 });
  const layer = kept(x, channels);
  return conv(w, name, x, { ...layer, deviation: layer.deviation! * SMALL });
}

/** What lies further away hardly counts, as in `illustration-4x`, a network of six blocks. In pixels of the input. */
const HARDLY = 48;
/** How far a pixel of the result looks, in pixels of the input. */
export const rrdbReach = ({ blocks }: Pick<RrdbSettings, 'blocks'>): number =>
  Math.min(HARDLY, 2 + blocks * DENSE * LAYERS + 3);
