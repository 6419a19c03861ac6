/** What the tests of graphs share: seeded values and the referee. */
import * as tfjs from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import './quick-kernels.ts';
import { sizeOf } from '../../../models/graph/tensor.ts';
import type { TensorFlow, TfTensor } from '../../../models/graph/tensorflow-api.ts';

/** A tensor of the graph language as TensorFlow.js's own. */
export const native = (x: TfTensor): tfjs.Tensor => x as unknown as tfjs.Tensor;

/** TensorFlow.js on its plain CPU backend, typed as operators see it. It has no operator that only stops gradients. */
export const referee: TensorFlow = {
  ...(tfjs as unknown as TensorFlow),
  stopGradient: (x) => tfjs.tensor(native(x).dataSync(), x.shape),
};
export { tfjs };
export * from './values.ts';

type Quadruple = [number, number, number, number];

/** Where a filter of kh x kw looks: pictures of h x w and of the size that a convolution without padding makes of them. */
interface Looking {
  n: number;
  h: number;
  w: number;
  c: number;
  kh: number;
  kw: number;
  stride: number;
}

/** Calls with each place of the columns [N x H' x W', kh x kw x C] and the place of the picture [N, H, W, C] seen there. */
function eachSeen({ n, h, w, c, kh, kw, stride }: Looking, visit: (column: number, pixel: number) => void): void {
  let column = 0;
  for (let i = 0; i < n; i++)
    for (let top = 0; top + kh <= h; top += stride)
      for (let left = 0; left + kw <= w; left += stride)
        for (let y = top; y < top + kh; y++)
          for (let x = left; x < left + kw; x++)
            for (let k = 0, pixel = ((i * h + y) * w + x) * c; k < c; k++) visit(column++, pixel++);
}

const lengthsOf = ({ n, h, w, c, kh, kw, stride }: Looking): { rows: number; seen: number; picture: Quadruple } => ({
  rows: n * (Math.floor((h - kh) / stride) + 1) * (Math.floor((w - kw) / stride) + 1),
  seen: kh * kw * c,
  picture: [n, h, w, c],
});

/** The columns of a picture, and the sum of columns into a picture: each is the other's gradient. */
function unfold(x: tfjs.Tensor, looking: Looking): tfjs.Tensor {
  const { rows, seen } = lengthsOf(looking);
  return tfjs.customGrad((given) => {
    const [from, to] = [(given as tfjs.Tensor).dataSync(), new Float32Array(rows * seen)];
    eachSeen(looking, (column, pixel) => (to[column] = from[pixel]!));
    return { value: tfjs.tensor(to, [rows, seen]), gradFunc: (grad: tfjs.Tensor) => fold(grad, looking) };
  })(x);
}

function fold(columns: tfjs.Tensor, looking: Looking): tfjs.Tensor {
  const { picture } = lengthsOf(looking);
  return tfjs.customGrad((given) => {
    const [from, to] = [(given as tfjs.Tensor).dataSync(), new Float32Array(sizeOf(picture))];
    eachSeen(looking, (column, pixel) => (to[pixel]! += from[column]!));
    return { value: tfjs.tensor(to, picture), gradFunc: (grad: tfjs.Tensor) => unfold(grad, looking) };
  })(columns);
}

/**
 * The same with convolutions as columns and matrix products, which its autodiff then takes apart: the gradient kernels
 * of its own convolutions take a tenth of a microsecond a product, too long for whole training steps.
 */
export const fastReferee: TensorFlow = {
  ...referee,
  conv2d: (x, filter, [stride]) => {
    const [n, h, w, c] = x.shape as Quadruple;
    const [kh, kw, , k] = filter.shape as Quadruple;
    const columns = unfold(native(x), { n, h, w, c, kh, kw, stride });
    const product = tfjs.matMul(columns, tfjs.reshape(native(filter), [kh * kw * c, k]));
    return tfjs.reshape(product, [n, Math.floor((h - kh) / stride) + 1, Math.floor((w - kw) / stride) + 1, k]);
  },
  conv2dTranspose: (x, filter, [n, h, w, c], [stride]) => {
    const [kh, kw, , k] = filter.shape as Quadruple;
    const rows = tfjs.reshape(native(x), [-1, k]);
    const products = tfjs.matMul(rows, tfjs.reshape(native(filter), [kh * kw * c, k]), false, true);
    return fold(products, { n, h, w, c, kh, kw, stride });
  },
};
