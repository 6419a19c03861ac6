/**
 * The networks of DCGAN (Radford et al. 2016, arXiv:1511.06434): a small map that doubles until it is a picture, and a
 * picture that halves until it is a small map. Instance normalisation, where the paper has that of the batch: a picture
 * must not depend on what else is made beside it.
 */
import { relu, tanh } from '../graph/operators/elementwise.ts';
import { reshape } from '../graph/operators/reshape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { conv, dense, leaky, normalise, upConv } from './layers.ts';
import type { Weights } from './network.ts';

export interface DcganShape {
  /** Height and width of the picture: 4 times a power of two, at least 8. */
  size: number;
  /** Channels of the outermost layers; each halving of the size doubles them. */
  width: number;
}

/** The side of the smallest map. */
export const SMALLEST = 4;

/** How often the smallest map is doubled until it is the picture. */
export const doublings = (size: number): number => Math.log2(size / SMALLEST);

/** What a layer does before its ReLU; `level` counts from 0 at the smallest map. */
export type Activate = (name: string, x: Tensor, level: number) => Tensor;

/** A code [N, K] to a picture [N, channels, size, size] in [-1, 1]. */
export function generate(
  w: Weights,
  code: Tensor,
  { size, width, channels }: DcganShape & { channels: number },
  before: Activate = (name, x) => normalise(w, name, x, 'instance'),
): Tensor {
  const levels = doublings(size);
  const most = width * 2 ** (levels - 1);
  const first = dense(w, 'dense', code, most * SMALLEST ** 2);
  let x = relu(before('norm0', reshape(first, { shape: [code.shape[0]!, most, SMALLEST, SMALLEST] }), 0));
  for (let level = 1; level < levels; level++) {
    const up = upConv(w, `up${level}`, x, { channels: most / 2 ** level, bias: false });
    x = relu(before(`norm${level}`, up, level));
  }
  return tanh(upConv(w, 'out', x, { channels, bias: true }));
}

/** A picture [N, C, size, size] to the features [N, width x size / 8, 4, 4] that it is judged by. */
export function look(w: Weights, picture: Tensor, { size, width }: DcganShape): Tensor {
  let x = picture;
  for (let level = 0; level < doublings(size); level++)
    x = leaky(conv(w, `down${level}`, x, { channels: width * 2 ** level, bias: true }));
  return x;
}

/** Features [N, C, 4, 4] to numbers [N, answers, 1, 1]. */
export const answer = (w: Weights, name: string, features: Tensor, answers: number): Tensor =>
  conv(w, name, features, { channels: answers, kernel: SMALLEST, stride: 1, pad: 0, bias: true });
