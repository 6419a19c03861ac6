/** Padding by reflection, as the ResNet generators of CycleGAN use it (Zhu et al. 2017): borders without edges of zeros. */
import { operator, type Apply, type Tensor, type OnnxWriter } from '../tensor.ts';
import type { TensorFlow, TfTensor } from '../tensorflow-api.ts';

interface Reflection {
  /** Pixels on every side. */
  by: number;
}

type Unary = readonly [Tensor];

/** Rows and columns that are written twice need room of their own on each side. */
function checked(height: number, width: number, by: number): void {
  if (!(by >= 1) || Math.min(height, width) < 2 * by + 2)
    throw new Error(`a picture of ${height} x ${width} is too small to be reflected by ${by}`);
}

/** [N, C, H, W] to [N, C, H + 2 by, W + 2 by]; the outermost pixels themselves are not repeated. */
export const reflectPad: Apply<Reflection, Unary> = operator('ReflectPad', {
  shape: ([x], { by }) => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    checked(h, w, by);
    return [n, c, h + 2 * by, w + 2 * by];
  },
  gradient: ({ attributes: { by }, grad }) => [reflectFold(grad, { by })],
  onnx: (emit, [x], { by }) =>
    emit.node('Pad', [x!, emit.int64s([0, 0, by, by, 0, 0, by, by])], { mode: { string: 'reflect' } }),
  // Row by row: the gradient of TensorFlow.js's own mirrorPad forgets what was reflected.
  tensorflow: (tf, [x], { by }) => [2, 3].reduce((wide, axis) => reflectWithTensorFlow(tf, wide, axis, by), x!),
  cases: [
    { inputs: [[1, 2, 4, 5]], attributes: { by: 1 } },
    { inputs: [[2, 3, 9, 8]], attributes: { by: 3 } },
  ],
});

/** The adjoint of `reflectPad`: what was reflected outwards is added to where it came from. */
const reflectFold: Apply<Reflection, Unary> = operator('ReflectFold', {
  shape: ([x], { by }) => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    checked(h - 2 * by, w - 2 * by, by);
    return [n, c, h - 2 * by, w - 2 * by];
  },
  gradient: ({ attributes: { by }, grad }) => [reflectPad(grad, { by })],
  onnx: (emit, [x], { by }, { shape }) => {
    const [height, width] = [shape[2]!, shape[3]!];
    if (Math.max(height, width) <= LARGEST_PRODUCT) {
      const across = emit.node('MatMul', [x!, foldMatrix(emit, width, by, 'right')]);
      return emit.node('MatMul', [foldMatrix(emit, height, by, 'left'), across]);
    }
    return [2, 3].reduce((folded, axis) => foldAxis(emit, folded, { axis, by, length: shape[axis]! }), x!);
  },
  tensorflow: (tf, [x], { by }, { shape }) =>
    [2, 3].reduce((folded, axis) => foldWithTensorFlow(tf, folded, { axis, by, length: shape[axis]! }), x!),
  cases: [
    { inputs: [[1, 2, 6, 7]], attributes: { by: 1 } },
    { inputs: [[2, 3, 14, 15]], attributes: { by: 3 } },
    { inputs: [[1, 1, 8, 68]], attributes: { by: 1 } },
  ],
});

/**
 * Up to this height and width the fold is two matrix products: two operators in the place of some fifteen small ones
 * (0.3 : 1 at 128 channels of 32 px); the products grow with the square.
 */
const LARGEST_PRODUCT = 64;

/** The matrix that folds an axis of `length` + 2 `by` to `length`: from the left [to, from], from the right transposed. */
function foldMatrix(emit: OnnxWriter, length: number, by: number, side: 'left' | 'right'): string {
  const wide = length + 2 * by;
  const target = (from: number): number => {
    const at = from - by;
    return at < 0 ? -at : at < length ? at : 2 * (length - 1) - at;
  };
  return side === 'left'
    ? emit.constant(`fold:${by}:left`, [length, wide], (i) => (target(i % wide) === Math.floor(i / wide) ? 1 : 0))
    : emit.constant(`fold:${by}:right`, [wide, length], (i) => (target(Math.floor(i / length)) === i % length ? 1 : 0));
}

interface Fold extends Reflection {
  axis: number;
  /** Of the axis after folding. */
  length: number;
}

/** Only the few rows that are written twice are added; the rest is copied once. */
function foldAxis(emit: OnnxWriter, x: string, { axis, by, length }: Fold): string {
  const part = (from: number, to: number): string =>
    emit.node('Slice', [x, emit.int64s([from]), emit.int64s([to]), emit.int64s([axis])]);
  const reversed = (from: number): string =>
    emit.node('Slice', [
      x,
      emit.int64s([from + by - 1]),
      emit.int64s([from === 0 ? Number.MIN_SAFE_INTEGER : from - 1]),
      emit.int64s([axis]),
      emit.int64s([-1]),
    ]);
  const [first, last] = [by, by + length - 1];
  const middle = [first + by + 1, last - by] as const;
  return emit.node(
    'Concat',
    [
      part(first, first + 1),
      emit.node('Add', [part(first + 1, first + 1 + by), reversed(0)]),
      ...(middle[0] < middle[1] ? [part(...middle)] : []),
      emit.node('Add', [part(last - by, last), reversed(last + 1)]),
      part(last, last + 1),
    ],
    { axis: { int: axis } },
  );
}

function reflectWithTensorFlow(tf: TensorFlow, x: TfTensor, axis: number, by: number): TfTensor {
  const length = x.shape[axis]!;
  const row = (at: number): TfTensor =>
    tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? at : 0)),
      x.shape.map((whole, i) => (i === axis ? 1 : whole)),
    );
  const rows = Array.from({ length: by }, (_, i) => i + 1);
  return tf.concat([...rows.map((i) => row(i)).reverse(), x, ...rows.map((i) => row(length - 1 - i))], axis);
}

function foldWithTensorFlow(tf: TensorFlow, x: TfTensor, { axis, by, length }: Fold): TfTensor {
  const size = (n: number): number[] => x.shape.map((whole, i) => (i === axis ? n : whole));
  const at = (n: number): number[] => x.shape.map((_, i) => (i === axis ? n : 0));
  /** One row of `x`, at a place among zeros. */
  const moved = (from: number, to: number): TfTensor =>
    tf.pad(
      tf.slice(x, at(from), size(1)),
      x.shape.map((_, i) => (i === axis ? [to, length - 1 - to] : [0, 0])),
    );
  let folded = tf.slice(x, at(by), size(length));
  for (let i = 1; i <= by; i++) {
    folded = tf.add(folded, moved(by - i, i));
    folded = tf.add(folded, moved(by + length - 1 + i, length - 1 - i));
  }
  return folded;
}
