/**
 * Two-dimensional convolution and its two transposes. Written as a closed trio: the gradient of each is made of the
 * other two (Dumoulin and Visin 2016, arXiv:1603.07285), so gradients of gradients come for free.
 *
 * `big` is the tensor on the fine side, [N, C, H, W]; `small` the one on the coarse side, [N, K, H', W'];
 * the weight is [K, C, kh, kw] throughout (a transposed convolution reads it as [in, out, kh, kw]).
 */
import type { Emitter } from '../../onnx/emitter.ts';
import { operator, type Apply, type Shape, type Tensor } from '../tensor.ts';
import type { TensorFlow, TfTensor } from '../tensorflow.ts';
import { asPictures } from './layout.ts';

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
  return [big[0]!, weight[0]!, coarse(big[2]!, top, bottom, weight[2]!, stride), coarse(big[3]!, left, right, weight[3]!, stride)];
}

const geometryAttributes = ({ stride, pads }: Geometry, kernel: readonly number[]) => ({
  kernel_shape: { ints: kernel },
  strides: { ints: [stride, stride] },
  pads: { ints: pads },
});

/** Cross-correlation, as the field's convolution is. big: [N, C, H, W]; weight: [K, C, kh, kw]; gives [N, K, H', W']. */
export const conv2d: Apply<Geometry, readonly [Tensor, Tensor]> = operator('Conv2d', {
  shape: ([big, weight], geometry) => {
    const [, channels] = asPictures(big);
    if (weight.shape.length !== 4) throw new Error('the weight must be [out, in, kh, kw]');
    if (weight.shape[1] !== channels) throw new Error(`the input has ${channels} channels, the weight takes ${weight.shape[1]}`);
    return smallShape(big.shape, weight.shape, geometry);
  },
  gradient: ({ inputs: [big, weight], attributes, grad }) => [
    convTranspose2d(grad, weight, { ...attributes, size: [big.shape[2]!, big.shape[3]!] }),
    convWeight2d(big, grad, { ...attributes, kernel: [weight.shape[2]!, weight.shape[3]!] }),
  ],
  onnx: (emit, inputs, attributes, { inputs: [, weight] }) => emit.node('Conv', inputs, geometryAttributes(attributes, weight!.shape.slice(2))),
  tensorflow: (tf, [big, weight], geometry) => {
    const filter = tf.transpose(weight!, [2, 3, 1, 0]);
    return toNchw(tf, tf.conv2d(padded(tf, toNhwc(tf, big!), geometry.pads), filter, [geometry.stride, geometry.stride], 'valid', 'NHWC'));
  },
  cases: [
    { inputs: [[2, 3, 8, 8], [4, 3, 4, 4]], attributes: { stride: 2, pads: pads(1) } },
    { inputs: [[1, 6, 7, 6], [2, 6, 3, 3]], attributes: { stride: 1, pads: pads(1) } },
    { inputs: [[1, 2, 8, 8], [3, 2, 4, 4]], attributes: { stride: 1, pads: pads(1) } },
    { inputs: [[1, 3, 2, 2], [5, 3, 4, 4]], attributes: { stride: 2, pads: pads(1) } },
    { inputs: [[1, 2, 9, 9], [2, 2, 3, 3]], attributes: { stride: 2, pads: [0, 0, 1, 1] } },
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
    if (weight.shape[0] !== channels) throw new Error(`the input has ${channels} channels, the weight takes ${weight.shape[0]}`);
    const big = [n, weight.shape[1]!, ...size];
    const back = smallShape(big, weight.shape, geometry);
    if (back[2] !== h || back[3] !== w) throw new Error(`a picture of ${size.join(' x ')} would come from ${back[2]} x ${back[3]}, not ${h} x ${w}`);
    return big;
  },
  gradient: ({ inputs: [small, weight], attributes: { stride, pads }, grad }) => [
    conv2d(grad, weight, { stride, pads }),
    convWeight2d(grad, small, { stride, pads, kernel: [weight.shape[2]!, weight.shape[3]!] }),
  ],
  onnx: (emit, inputs, { size, ...geometry }, { inputs: [small, weight] }) => {
    const kernel = weight!.shape.slice(2);
    const rest = [0, 1].map((i) => size[i]! - ((small!.shape[2 + i]! - 1) * geometry.stride + kernel[i]! - geometry.pads[i]! - geometry.pads[2 + i]!));
    return emit.node('ConvTranspose', inputs, { ...geometryAttributes(geometry, kernel), output_padding: { ints: rest } });
  },
  tensorflow: (tf, [small, weight], { stride, pads: [top, left], size: [h, w] }, { inputs }) => {
    const [s, k] = inputs.map(({ shape }) => shape) as [Shape, Shape];
    // TensorFlow.js's own transposed convolution without padding, of which the picture is a window.
    const full: [number, number, number, number] = [s[0]!, (s[2]! - 1) * stride + k[2]!, (s[3]! - 1) * stride + k[3]!, k[1]!];
    const filter = tf.transpose(weight!, [2, 3, 1, 0]);
    const whole = tf.conv2dTranspose(toNhwc(tf, small!), filter, full, [stride, stride], 'valid');
    const more = [Math.max(0, top + h - full[1]), Math.max(0, left + w - full[2])] as const;
    const wide = tf.pad(whole, [[0, 0], [0, more[0]], [0, more[1]], [0, 0]]);
    return toNchw(tf, tf.slice(wide, [0, top, left, 0], [full[0], h, w, full[3]]));
  },
  cases: [
    { inputs: [[2, 4, 4, 4], [4, 3, 4, 4]], attributes: { stride: 2, pads: pads(1), size: [8, 8] } },
    { inputs: [[1, 2, 7, 6], [2, 3, 3, 3]], attributes: { stride: 1, pads: pads(1), size: [7, 6] } },
    { inputs: [[1, 5, 1, 1], [5, 3, 4, 4]], attributes: { stride: 2, pads: pads(1), size: [2, 2] } },
    { inputs: [[1, 2, 5, 5], [2, 2, 3, 3]], attributes: { stride: 2, pads: pads(1), size: [10, 10] } },
  ],
});

interface WeightGeometry extends Geometry {
  kernel: readonly [number, number];
}

/** The transpose of `conv2d` in its weight. big: [N, C, H, W]; small: [N, K, H', W']; gives [K, C, ...kernel]. */
export const convWeight2d: Apply<WeightGeometry, readonly [Tensor, Tensor]> = operator('ConvWeight2d', {
  shape: ([big, small], { kernel, ...geometry }) => {
    asPictures(big);
    const weight = [asPictures(small)[1], big.shape[1]!, ...kernel];
    const expected = smallShape(big.shape, weight, geometry);
    if (expected.some((length, i) => length !== small.shape[i])) throw new Error(`the coarse side must be [${expected.join(', ')}]`);
    return weight;
  },
  gradient: ({ inputs: [big, small], attributes: { stride, pads }, grad }) => [
    convTranspose2d(small, grad, { stride, pads, size: [big.shape[2]!, big.shape[3]!] }),
    conv2d(big, grad, { stride, pads }),
  ],
  onnx: (emit, inputs, attributes, { inputs: [big, small] }) => weightAsGemm(emit, inputs as [string, string], attributes, big!.shape, small!.shape),
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
    return tf.reshape(tf.concat(taps, 2), [s[1]!, channels, kh, kw]);
  },
  cases: [
    { inputs: [[2, 3, 8, 8], [2, 4, 4, 4]], attributes: { stride: 2, pads: pads(1), kernel: [4, 4] } },
    { inputs: [[1, 6, 7, 6], [1, 2, 7, 6]], attributes: { stride: 1, pads: pads(1), kernel: [3, 3] } },
    { inputs: [[1, 3, 2, 2], [1, 5, 1, 1]], attributes: { stride: 2, pads: pads(1), kernel: [4, 4] } },
    { inputs: [[1, 2, 9, 9], [1, 2, 4, 4]], attributes: { stride: 2, pads: [0, 0, 1, 1], kernel: [3, 3] } },
  ],
});

/**
 * The weight gradient as one matrix product a picture: the pixels that each tap sees, as columns, times the coarse
 * side. The columns are ordered [channel, tap], so the product already has the weight's layout.
 */
function weightAsGemm(emit: Emitter, [big, small]: readonly [string, string], { stride, pads, kernel: [kh, kw] }: WeightGeometry, bigShape: Shape, smallShape: Shape): string {
  const [n, k, h, w] = smallShape as [number, number, number, number];
  const channels = bigShape[1]!;
  const wide = emit.shared(`pad:${big}:${pads.join()}`, () => (pads.every((p) => p === 0) ? big : emit.node('Pad', [big, emit.int64s([0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]])])));
  const taps = Array.from({ length: kh * kw }, (_, i) => {
    const [y, x] = [Math.floor(i / kw), i % kw];
    const ends = [y + (h - 1) * stride + 1, x + (w - 1) * stride + 1];
    const seen = emit.node('Slice', [wide, emit.int64s([y, x]), emit.int64s(ends), emit.int64s([2, 3]), emit.int64s([stride, stride])]);
    return emit.node('Reshape', [seen, emit.int64s([n, channels, 1, h * w])]);
  });
  const columns = emit.node('Reshape', [emit.node('Concat', taps, { axis: { int: 2 } }), emit.int64s([n, channels * kh * kw, h * w])]);
  const coarse = emit.node('Reshape', [small, emit.int64s([n, k, h * w])]);
  let sum = '';
  for (let i = 0; i < n; i++) {
    const of = (x: string, rows: number): string =>
      n === 1 ? emit.node('Reshape', [x, emit.int64s([rows, h * w])]) : emit.node('Reshape', [emit.node('Slice', [x, emit.int64s([i]), emit.int64s([i + 1]), emit.int64s([0])]), emit.int64s([rows, h * w])]);
    sum = emit.node('Gemm', [of(coarse, k), of(columns, channels * kh * kw), ...(sum ? [sum] : [])], { transB: { int: 1 } });
  }
  return emit.node('Reshape', [sum, emit.int64s([k, channels, kh, kw])]);
}

const toNhwc = (tf: TensorFlow, x: TfTensor): TfTensor => tf.transpose(x, [0, 2, 3, 1]);
const toNchw = (tf: TensorFlow, x: TfTensor): TfTensor => tf.transpose(x, [0, 3, 1, 2]);
const padded = (tf: TensorFlow, x: TfTensor, [top, left, bottom, right]: Pads): TfTensor => tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
