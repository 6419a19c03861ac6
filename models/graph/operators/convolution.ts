/**
 * Two-dimensional convolution and its two transposes. Written as a closed trio: the gradient of each is made of the
 * other two (Dumoulin and Visin 2016, arXiv:1603.07285), so gradients of gradients come for free.
 *
 * `big` is the tensor on the fine side, [N, C, H, W]; `small` the one on the coarse side, [N, K, H', W'];
 * the weight is [K, C, kh, kw] throughout (a transposed convolution reads it as [in, out, kh, kw]).
 */
import { asPictures, reshape } from './reshape.ts';
import { convForm, convTransposeForm, convWeightForm } from './convolution-onnx.ts';
import { operator, sizeOf, type Apply, type Shape, type Tensor } from '../tensor.ts';
import type { TensorFlow, TfTensor } from '../tensorflow-api.ts';

/** [top, left, bottom, right], in pixels of the fine side. */
export type Pads = readonly [number, number, number, number];

interface Geometry {
  stride: number;
  pads: Pads;
}

const pads = (n: number): Pads => [n, n, n, n];

/** The coarse side's length: floor((length + before + after - kernel) / stride) + 1. */
const coarse = (length: number, before: number, after: number, kernel: number, stride: number): number =>
  Math.floor((length + before + after - kernel) / stride) + 1;

function smallShape(big: Shape, weight: Shape, { stride, pads: [top, left, bottom, right] }: Geometry): Shape {
  return [
    big[0]!,
    weight[0]!,
    coarse(big[2]!, top, bottom, weight[2]!, stride),
    coarse(big[3]!, left, right, weight[3]!, stride),
  ];
}

/** Cross-correlation, as the field's convolution is. big: [N, C, H, W]; weight: [K, C, kh, kw]; gives [N, K, H', W']. */
export const conv2d: Apply<Geometry, readonly [Tensor, Tensor]> = operator('Conv2d', {
  shape: ([big, weight], geometry) => {
    const [, channels] = asPictures(big);
    if (weight.shape.length !== 4) throw new Error('the weight must be [out, in, kh, kw]');
    if (weight.shape[1] !== channels)
      throw new Error(`the input has ${channels} channels, the weight takes ${weight.shape[1]}`);
    return smallShape(big.shape, weight.shape, geometry);
  },
  gradient: ({ inputs: [big, weight], attributes, grad }) => [
    convTranspose2d(grad, weight, { ...attributes, size: [big.shape[2]!, big.shape[3]!] }),
    convWeight2d(big, grad, { ...attributes, kernel: [weight.shape[2]!, weight.shape[3]!] }),
  ],
  onnx: (emit, [big, weight], geometry, { inputs }) =>
    convForm(emit, big!, weight!, geometry, inputs[0]!.shape, inputs[1]!.shape),
  tensorflow: (tf, [big, weight], geometry) => {
    const filter = tf.transpose(weight!, [2, 3, 1, 0]);
    return toNchw(
      tf,
      tf.conv2d(
        padded(tf, toNhwc(tf, big!), geometry.pads),
        filter,
        [geometry.stride, geometry.stride],
        'valid',
        'NHWC',
      ),
    );
  },
  cases: [
    {
      inputs: [
        [2, 3, 8, 8],
        [4, 3, 4, 4],
      ],
      attributes: { stride: 2, pads: pads(1) },
    },
    {
      inputs: [
        [1, 6, 7, 6],
        [2, 6, 3, 3],
      ],
      attributes: { stride: 1, pads: pads(1) },
    },
    {
      inputs: [
        [1, 2, 8, 8],
        [3, 2, 4, 4],
      ],
      attributes: { stride: 1, pads: pads(1) },
    },
    {
      inputs: [
        [1, 3, 2, 2],
        [5, 3, 4, 4],
      ],
      attributes: { stride: 2, pads: pads(1) },
    },
    {
      inputs: [
        [1, 2, 9, 9],
        [2, 2, 3, 3],
      ],
      attributes: { stride: 2, pads: [0, 0, 1, 1] },
    },
    {
      inputs: [
        [2, 5, 6, 7],
        [1, 5, 4, 4],
      ],
      attributes: { stride: 1, pads: pads(1) },
    },
    {
      inputs: [
        [1, 8, 5, 5],
        [1, 8, 3, 3],
      ],
      attributes: { stride: 1, pads: [1, 0, 1, 2] },
    },
    {
      inputs: [
        [2, 5, 14, 18],
        [3, 5, 7, 7],
      ],
      attributes: { stride: 1, pads: pads(0) },
    },
    {
      inputs: [
        [1, 3, 12, 9],
        [5, 3, 7, 7],
      ],
      attributes: { stride: 1, pads: pads(0) },
    },
  ],
});

interface TransposeGeometry extends Geometry {
  /** Height and width of the result: the stride leaves them open. */
  size: readonly [number, number];
}

/** The transpose of `conv2d` in its picture. small: [N, K, H', W']; weight: [K, C, kh, kw]; gives [N, C, ...size]. */
export const convTranspose2d: Apply<TransposeGeometry, readonly [Tensor, Tensor]> = operator('ConvTranspose2d', {
  shape: ([small, weight], { size, ...geometry }) => {
    const [n, channels, h, w] = asPictures(small);
    if (weight.shape.length !== 4) throw new Error('the weight must be [in, out, kh, kw]');
    if (weight.shape[0] !== channels)
      throw new Error(`the input has ${channels} channels, the weight takes ${weight.shape[0]}`);
    const big = [n, weight.shape[1]!, ...size];
    const back = smallShape(big, weight.shape, geometry);
    if (back[2] !== h || back[3] !== w)
      throw new Error(`a picture of ${size.join(' x ')} would come from ${back[2]} x ${back[3]}, not ${h} x ${w}`);
    return big;
  },
  gradient: ({ inputs: [small, weight], attributes: { stride, pads }, grad }) => [
    conv2d(grad, weight, { stride, pads }),
    convWeight2d(grad, small, { stride, pads, kernel: [weight.shape[2]!, weight.shape[3]!] }),
  ],
  onnx: (emit, [small, weight], geometry, { inputs }) =>
    convTransposeForm(emit, small!, weight!, geometry, inputs[0]!.shape, inputs[1]!.shape),
  tensorflow: (tf, [small, weight], { stride, pads: [top, left], size: [h, w] }, { inputs }) => {
    const [s, k] = inputs.map(({ shape }) => shape) as [Shape, Shape];
    // TensorFlow.js's own transposed convolution without padding, of which the picture is a window.
    const full: [number, number, number, number] = [
      s[0]!,
      (s[2]! - 1) * stride + k[2]!,
      (s[3]! - 1) * stride + k[3]!,
      k[1]!,
    ];
    const filter = tf.transpose(weight!, [2, 3, 1, 0]);
    const whole = tf.conv2dTranspose(toNhwc(tf, small!), filter, full, [stride, stride], 'valid');
    const more = [Math.max(0, top + h - full[1]), Math.max(0, left + w - full[2])] as const;
    const wide = tf.pad(whole, [
      [0, 0],
      [0, more[0]],
      [0, more[1]],
      [0, 0],
    ]);
    return toNchw(tf, tf.slice(wide, [0, top, left, 0], [full[0], h, w, full[3]]));
  },
  cases: [
    {
      inputs: [
        [2, 4, 4, 4],
        [4, 3, 4, 4],
      ],
      attributes: { stride: 2, pads: pads(1), size: [8, 8] },
    },
    {
      inputs: [
        [1, 2, 7, 6],
        [2, 3, 3, 3],
      ],
      attributes: { stride: 1, pads: pads(1), size: [7, 6] },
    },
    {
      inputs: [
        [1, 5, 1, 1],
        [5, 3, 4, 4],
      ],
      attributes: { stride: 2, pads: pads(1), size: [2, 2] },
    },
    {
      inputs: [
        [1, 2, 5, 5],
        [2, 2, 3, 3],
      ],
      attributes: { stride: 2, pads: pads(1), size: [10, 10] },
    },
    {
      inputs: [
        [2, 1, 5, 6],
        [1, 5, 4, 4],
      ],
      attributes: { stride: 1, pads: pads(1), size: [6, 7] },
    },
    {
      inputs: [
        [1, 1, 5, 6],
        [1, 8, 3, 3],
      ],
      attributes: { stride: 1, pads: [1, 0, 1, 2], size: [5, 6] },
    },
    {
      inputs: [
        [2, 3, 8, 12],
        [3, 5, 7, 7],
      ],
      attributes: { stride: 1, pads: pads(0), size: [14, 18] },
    },
    {
      inputs: [
        [1, 5, 6, 4],
        [5, 3, 7, 7],
      ],
      attributes: { stride: 1, pads: pads(0), size: [12, 10] },
    },
  ],
});

const convWeightOperator = 'ConvWeight2d';

interface WeightGeometry extends Geometry {
  kernel: readonly [number, number];
}

/** The transpose of `conv2d` in its weight. big: [N, C, H, W]; small: [N, K, H', W']; gives [K, C, ...kernel]. */
export const convWeight2d = (big: Tensor, small: Tensor, attributes: WeightGeometry): Tensor =>
  reshape(convWeightRows(big, small, attributes), { shape: [small.shape[1]!, big.shape[1]!, ...attributes.kernel] });

/** The same as a matrix, [K, C x kh x kw]: so the product that makes it needs no copy to become a step's result. */
const convWeightRows: Apply<WeightGeometry, readonly [Tensor, Tensor]> = operator(convWeightOperator, {
  shape: ([big, small], { kernel, ...geometry }) => {
    asPictures(big);
    const weight = [asPictures(small)[1], big.shape[1]!, ...kernel];
    const expected = smallShape(big.shape, weight, geometry);
    if (expected.some((length, i) => length !== small.shape[i]))
      throw new Error(`the coarse side must be [${expected.join(', ')}]`);
    return [weight[0]!, sizeOf(weight.slice(1))];
  },
  gradient: ({ inputs: [big, small], attributes: { stride, pads, kernel }, grad }) => {
    const weight = reshape(grad, { shape: [small.shape[1]!, big.shape[1]!, ...kernel] });
    return [
      convTranspose2d(small, weight, { stride, pads, size: [big.shape[2]!, big.shape[3]!] }),
      conv2d(big, weight, { stride, pads }),
    ];
  },
  onnx: (emit, [big, small], geometry, { inputs }) =>
    convWeightForm(emit, big!, small!, geometry, inputs[0]!.shape, inputs[1]!.shape),
  tensorflow: (tf, [big, small], { stride, pads, kernel: [kh, kw] }, { inputs }) => {
    const s = inputs[1]!.shape;
    // One product a tap, from the definition: an independent check of the columns below.
    const wide = padded(tf, toNhwc(tf, big!), pads);
    const channels = wide.shape[3]!;
    const coarse = tf.reshape(toNhwc(tf, small!), [-1, s[1]!]);
    const taps = Array.from({ length: kh * kw }, (_, i) => {
      const [y, x] = [Math.floor(i / kw), i % kw];
      const end = [s[0]!, y + (s[2]! - 1) * stride + 1, x + (s[3]! - 1) * stride + 1, channels];
      const seen = tf.stridedSlice(wide, [0, y, x, 0], end, [1, stride, stride, 1]);
      return tf.reshape(tf.matMul(coarse, tf.reshape(seen, [-1, channels]), true, false), [s[1]!, channels, 1]);
    });
    return tf.reshape(tf.concat(taps, 2), [s[1]!, channels * kh * kw]);
  },
  cases: [
    {
      inputs: [
        [2, 3, 8, 8],
        [2, 4, 4, 4],
      ],
      attributes: { stride: 2, pads: pads(1), kernel: [4, 4] },
    },
    {
      inputs: [
        [1, 6, 7, 6],
        [1, 2, 7, 6],
      ],
      attributes: { stride: 1, pads: pads(1), kernel: [3, 3] },
    },
    {
      inputs: [
        [1, 3, 2, 2],
        [1, 5, 1, 1],
      ],
      attributes: { stride: 2, pads: pads(1), kernel: [4, 4] },
    },
    {
      inputs: [
        [1, 2, 9, 9],
        [1, 2, 4, 4],
      ],
      attributes: { stride: 2, pads: [0, 0, 1, 1], kernel: [3, 3] },
    },
    {
      inputs: [
        [2, 5, 6, 7],
        [2, 1, 5, 6],
      ],
      attributes: { stride: 1, pads: pads(1), kernel: [4, 4] },
    },
    {
      inputs: [
        [1, 8, 5, 5],
        [1, 1, 5, 5],
      ],
      attributes: { stride: 1, pads: [1, 0, 1, 2], kernel: [3, 3] },
    },
    {
      inputs: [
        [2, 5, 14, 18],
        [2, 3, 8, 12],
      ],
      attributes: { stride: 1, pads: pads(0), kernel: [7, 7] },
    },
  ],
});

const toNhwc = (tf: TensorFlow, x: TfTensor): TfTensor => tf.transpose(x, [0, 2, 3, 1]);
const toNchw = (tf: TensorFlow, x: TfTensor): TfTensor => tf.transpose(x, [0, 3, 1, 2]);
const padded = (tf: TensorFlow, x: TfTensor, [top, left, bottom, right]: Pads): TfTensor =>
  tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
