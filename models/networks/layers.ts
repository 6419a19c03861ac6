/** Layers that networks are made of: each takes its weights from a `Weights` under its own name. */
import { offset } from '../graph/operators/affine.ts';
import { sum } from '../graph/operators/reduce.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { add, div, fill, leakyRelu, mul, prelu, sqrt, square, stopGradient } from '../graph/operators/elementwise.ts';
import { conv2d, convTranspose2d } from '../graph/operators/convolution.ts';
import { matmul } from '../graph/operators/matmul.ts';
import { standardize } from '../graph/operators/normalise.ts';
import { upsample } from '../graph/operators/layout.ts';
import { reflectPad } from '../graph/operators/reflect.ts';
import type { Initial, Tensor } from '../graph/tensor.ts';
import type { Weights } from './network.ts';

/** Isola et al. 2017, section 6.2: weights from N(0, 0.02). */
const WEIGHT: Extract<Initial, { kind: 'normal' }> = { kind: 'normal', mean: 0, deviation: 0.02 };
/** The reference code draws batch normalisation's scale from N(1, 0.02). */
const SCALE: Initial = { kind: 'normal', mean: 1, deviation: 0.02 };
const ZERO: Initial = { kind: 'constant', value: 0 };

export type Normalisation = 'instance' | 'batch';

interface ConvOptions {
  channels: number;
  kernel?: number;
  stride?: number;
  pad?: number;
  /** Of the first weights, which are normal about 0; 0.02 if nothing is said. */
  deviation?: number;
  /** Left out where a normalisation follows, which would cancel it. */
  bias: boolean;
  /** Weights are divided by their spectral norm. */
  spectral?: boolean;
}

function biased(w: Weights, name: string, x: Tensor, bias: boolean): Tensor {
  return bias ? add(x, w.get(`${name}/bias`, [1, x.shape[1]!, 1, 1], ZERO)) : x;
}

/** Convolution. x: [N, C, H, W]; gives [N, channels, H', W']. */
export function conv(
  w: Weights,
  name: string,
  x: Tensor,
  { channels, kernel = 4, stride = 2, pad = 1, deviation, bias, spectral = false }: ConvOptions,
): Tensor {
  const initial = deviation === undefined ? WEIGHT : { ...WEIGHT, deviation };
  const weight = w.get(`${name}/weight`, [channels, x.shape[1]!, kernel, kernel], initial);
  const used = spectral ? spectrallyNormalised(weight) : weight;
  return biased(w, name, conv2d(x, used, { stride, pads: [pad, pad, pad, pad] }), bias);
}

/** So often the spectral norm is refined. */
const ITERATIONS = 8;

/**
 * Weights [out, ...] as a matrix of `out` rows, divided by its largest singular value (Miyato et al. 2018,
 * arXiv:1802.05957). That is found by power iteration, in each step from the same vector, so that there is nothing to be
 * remembered between steps; the paper goes on from the last step's by one iteration. What is found is at most the true
 * value, and lacks a few hundredths of it.
 */
export function spectrallyNormalised(weight: Tensor): Tensor {
  const rows = weight.shape[0]!;
  const shape = [rows, weight.shape.slice(1).reduce((product, length) => product * length, 1)];
  const matrix = reshape(weight, { shape });
  const fixed = stopGradient(matrix);
  const unit = (x: Tensor): Tensor => div(x, sqrt(offset(sum(square(x)), { by: 1e-12 })));
  let right = fill([shape[1]!, 1], 1);
  let left = unit(matmul(fixed, right, {}));
  for (let i = 0; i < ITERATIONS; i++) {
    right = unit(matmul(fixed, left, { transposeA: true }));
    left = unit(matmul(fixed, right, {}));
  }
  return div(weight, sum(mul(matmul(matrix, right, {}), left)));
}

/**
 * Of a convolution with a bias that keeps the size of x. Its first weights keep the spread of values through any number of
 * layers that are not normalised (He et al. 2015, arXiv:1502.01852, equation 15). kernel: odd.
 */
export const kept = (x: Tensor, channels: number, kernel = 3): ConvOptions => ({
  ...{ channels, kernel, stride: 1, pad: kernel >> 1, bias: true },
  deviation: Math.sqrt(2 / ((1 + SLOPE ** 2) * x.shape[1]! * kernel ** 2)),
});

/** Doubles height and width by a transposed convolution. kernel: 3 or 4. */
export function upConv(w: Weights, name: string, x: Tensor, { channels, kernel = 4, bias }: ConvOptions): Tensor {
  const weight = w.get(`${name}/weight`, [x.shape[1]!, channels, kernel, kernel], WEIGHT);
  return biased(
    w,
    name,
    convTranspose2d(x, weight, { stride: 2, pads: [1, 1, 1, 1], size: [x.shape[2]! * 2, x.shape[3]! * 2] }),
    bias,
  );
}

/** Convolution at stride 1 of a picture that is reflected at its borders, so that its size stays. kernel: odd. */
export const reflectConv = (w: Weights, name: string, x: Tensor, { channels, kernel = 3, bias }: ConvOptions): Tensor =>
  conv(w, name, reflectPad(x, { by: kernel >> 1 }), { channels, kernel, stride: 1, pad: 0, bias });

/** Doubles height and width by nearest neighbour, then convolves 3 x 3: no checkerboards (Odena et al. 2016). */
export function resizeConv(w: Weights, name: string, x: Tensor, { channels, bias }: ConvOptions): Tensor {
  return conv(w, name, upsample(x, { factor: 2 }), { channels, kernel: 3, stride: 1, pad: 1, bias });
}

/** A fully connected layer. x: [M, K]; gives [M, channels]. */
export function dense(w: Weights, name: string, x: Tensor, channels: number): Tensor {
  const product = matmul(x, w.get(`${name}/weight`, [channels, x.shape[1]!], WEIGHT), { transposeB: true });
  return add(product, w.get(`${name}/bias`, [1, channels], ZERO));
}

/**
 * Instance normalisation has no weights, as in the reference code; batch normalisation scales and shifts. Both use the
 * statistics of the batch at hand, at inference too, as the paper does (Isola et al. 2017, section 3.3).
 */
export function normalise(w: Weights, name: string, x: Tensor, kind: Normalisation): Tensor {
  const y = standardize(x, { over: kind, epsilon: 1e-5 });
  if (kind === 'instance') return y;
  const shape = [1, x.shape[1]!, 1, 1];
  return add(mul(y, w.get(`${name}/scale`, shape, SCALE)), w.get(`${name}/shift`, shape, ZERO));
}

/** Leaky ReLU with the slope 0.2 that GANs use (Radford et al. 2016). */
export const leaky = (x: Tensor): Tensor => leakyRelu(x, { alpha: 0.2 });

/** What a slope that is learned begins with (He et al. 2015). */
const SLOPE = 0.25;

/** Leaky ReLU whose slope is learned, one a channel. */
export const learnedLeaky = (w: Weights, name: string, x: Tensor): Tensor =>
  prelu(x, w.get(name, [1, x.shape[1]!, 1, 1], { kind: 'constant', value: SLOPE }));
