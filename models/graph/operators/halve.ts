/** Bringing pictures to half their size, and what that transposes to. */
import { asPictures } from './reshape.ts';
import { operator, type Apply, type Tensor } from '../tensor.ts';
import type { TensorFlow, TfTensor } from '../tensorflow-api.ts';

type None = object;
type Unary = readonly [Tensor];

/** What the four pixels about the middle between two of them count: Keys' cubic with a = -0.75, half way. */
export const CUBIC_HALF = [-0.09375, 0.59375, 0.59375, -0.09375] as const;

/**
 * Half the height and width, by cubic interpolation as OpenCV and ONNX have it: nothing is smoothed before. Edges are
 * repeated. x: [N, C, H, W], both even.
 */
export const halve: Apply<None, Unary> = operator('Halve', {
  shape: ([x]) => {
    const [n, c, h, w] = asPictures(x);
    if (h % 2 !== 0 || w % 2 !== 0) throw new Error('height and width must be even');
    return [n, c, h / 2, w / 2];
  },
  gradient: ({ grad }) => [unhalve(grad)],
  onnx: (emit, [x]) =>
    emit.node('Resize', [x!, '', emit.floats([1, 1, 0.5, 0.5])], {
      mode: { string: 'cubic' },
      cubic_coeff_a: { float: -0.75 },
    }),
  tensorflow: (tf, [x]) => bothWays(tf, x!, 0.5, (from, to, length) => share(to, from, length)),
  cases: [{ inputs: [[2, 3, 6, 8]] }, { inputs: [[1, 1, 2, 4]] }],
});

/** What `halve` transposes to. x: [N, C, H, W]; gives [N, C, 2 H, 2 W]. */
export const unhalve: Apply<None, Unary> = operator('Unhalve', {
  shape: ([x]) => {
    const [n, c, h, w] = asPictures(x);
    return [n, c, h * 2, w * 2];
  },
  gradient: ({ grad }) => [halve(grad)],
  onnx: (emit, [x], _, { shape }) => {
    emit.requireFixedSize('Unhalve');
    const [, , h, w] = shape as [number, number, number, number];
    // Pixels along the columns, then along the rows: a product of matrices each.
    const down = emit.constant(`unhalve rows ${h}`, [h, h / 2], (i) => share(i % (h / 2), Math.floor(i / (h / 2)), h));
    const across = emit.constant(`unhalve columns ${w}`, [w / 2, w], (i) => share(Math.floor(i / w), i % w, w));
    return emit.node('MatMul', [down, emit.node('MatMul', [x!, across])]);
  },
  tensorflow: (tf, [x]) => bothWays(tf, x!, 2, (from, to, length) => share(from, to, 2 * length)),
  cases: [{ inputs: [[2, 3, 3, 4]] }, { inputs: [[1, 1, 1, 2]] }],
});

/** How much pixel `large` of a row of `length` counts in pixel `small` of its half. */
function share(small: number, large: number, length: number): number {
  let sum = 0;
  CUBIC_HALF.forEach((part, t) => {
    const at = Math.min(length - 1, Math.max(0, 2 * small - 1 + t));
    if (at === large) sum += part;
  });
  return sum;
}

/** Rows and columns, each made `times` as long by a matrix, whose elements `value` gives. */
function bothWays(
  tf: TensorFlow,
  x: TfTensor,
  times: number,
  value: (from: number, to: number, length: number) => number,
): TfTensor {
  const along = (rows: TfTensor): TfTensor => {
    const [n, c, h, length] = rows.shape as [number, number, number, number];
    const to = length * times;
    const elements = Array.from({ length: length * to }, (_, i) => value(Math.floor(i / to), i % to, length));
    const product = tf.matMul(tf.reshape(rows, [n * c * h, length]), tf.tensor(elements, [length, to]));
    return tf.transpose(tf.reshape(product, [n, c, h, to]), [0, 1, 3, 2]);
  };
  return along(along(x));
}
