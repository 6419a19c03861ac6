/** Moving each picture of a batch by a distance of its own, as augmentations inside a step do. */
import { asPictures } from './reshape.ts';
import { neg } from './elementwise.ts';
import { operator, type Apply, type Tensor } from '../tensor.ts';
import { tfPads } from '../tensorflow-api.ts';

interface Reach {
  /** The longest distance, in pixels, that a picture may be moved by. */
  most: number;
}

/**
 * Pictures moved down and to the right, with zeros where nothing was. x: [N, C, H, W]; by: [N, 2], whole numbers from
 * -most to most, rows first; gives [N, C, H, W]. Its adjoint moves back.
 */
export const shift: Apply<Reach, readonly [Tensor, Tensor]> = operator('Shift', {
  shape: ([x, by], { most }) => {
    const [n] = asPictures(x);
    if (by.shape.length !== 2 || by.shape[0] !== n || by.shape[1] !== 2)
      throw new Error('distances must be [pictures, 2]');
    if (!(Number.isInteger(most) && most >= 1)) throw new Error('most must be a whole number of pixels');
    return x.shape;
  },
  gradient: ({ inputs: [, by], attributes: { most }, grad }) => [shift(grad, neg(by), { most }), null],
  onnx: (emit, [x, by], { most }, { shape }) => {
    const [n, c, h, w] = shape as [number, number, number, number];
    const wide = w + 2 * most;
    const padded = emit.node('Pad', [x!, emit.int64s([0, 0, most, most, 0, 0, most, most])]);
    const flat = emit.reshape(padded, [n, c, (h + 2 * most) * wide]);
    // Where each pixel comes from: its own place in the padded picture, less what the picture is moved by.
    const own = emit.constant(`shift${most}from${w}`, [1, 1, h * w], (i) => place(i, w, most));
    const back = emit.constant(`shift${most}by${w}`, [2, 1], (i) => (i === 0 ? wide : 1));
    const moved = emit.reshape(emit.node('MatMul', [by!, back]), [n, 1, 1]);
    const from = emit.node('Cast', [emit.node('Sub', [own, moved])], { to: { int: INT64 } });
    const indices = emit.node('Expand', [from, emit.int64s([n, c, h * w])]);
    return emit.reshape(emit.node('GatherElements', [flat, indices], { axis: { int: 2 } }), shape);
  },
  tensorflow: (tf, [x, by], { most }, { shape }) => {
    const [n, c, h, w] = shape as [number, number, number, number];
    const [tall, wide] = [h + 2 * most, w + 2 * most];
    const sides: [number, number] = [most, most];
    const flat = tf.reshape(tf.pad(x!, tfPads([[0, 0], [0, 0], sides, sides])), [n * c * tall * wide]); // oxfmt-ignore
    const row = (length: number, value: (i: number) => number, as: number[]) =>
      tf.tensor(
        Array.from({ length }, (_, i) => value(i)),
        as,
      );
    const own = row(h * w, (i) => place(i, w, most), [1, 1, h * w]);
    const planes = row(n * c, (i) => i * tall * wide, [n, c, 1]);
    const back = row(2, (i) => (i === 0 ? wide : 1), [2, 1]);
    const moved = tf.reshape(tf.matMul(by!, back), [n, 1, 1]);
    const from = tf.add(planes, tf.sub(own, moved));
    return tf.reshape(tf.gather(flat, tf.cast(from, 'int32'), 0), [...shape]);
  },
  cases: [
    { inputs: [[2, 3, 5, 4], [2, 2]], attributes: { most: 2 }, values: { 1: [1, -2, 0, 2] } }, // oxfmt-ignore
    { inputs: [[1, 1, 3, 6], [1, 2]], attributes: { most: 1 }, values: { 1: [-1, 1] } }, // oxfmt-ignore
  ],
});

/** ONNX's number for 64-bit integers. */
const INT64 = 7;

/** The place of a pixel, counted row by row in a picture of this width, in the same picture with borders. */
const place = (i: number, width: number, border: number): number =>
  (Math.floor(i / width) + border) * (width + 2 * border) + (i % width) + border;
