/** Taking single pixels out of feature maps, for losses over random patches (Park et al. 2020, CUT), and putting them back. */
import { asPictures } from './reshape.ts';
import { operator, sizeOf, type Apply, type Shape, type Tensor } from '../tensor.ts';

/**
 * The features of some pixels. x: [N, C, H, W]; places: [P], distinct whole numbers in 0..H x W - 1, row by row from the
 * top left; gives [N, C, P].
 */
export const gatherPixels: Apply<object, readonly [Tensor, Tensor]> = operator('GatherPixels', {
  shape: ([x, places]) => {
    const [n, c, h, w] = asPictures(x);
    requirePlaces(places, h * w);
    return [n, c, places.shape[0]!];
  },
  gradient: ({ inputs: [x, places], grad }) => [
    scatterPixels(grad, places, { size: [x.shape[2]!, x.shape[3]!] }),
    null,
  ],
  onnx: (emit, [x, places], _, { inputs: [picture] }) => {
    const [n, c, h, w] = picture!.shape as [number, number, number, number];
    const indices = emit.node('Cast', [places!], { to: { int: INT64 } });
    return emit.node('Gather', [emit.reshape(x!, [n, c, h * w]), indices], { axis: { int: 2 } });
  },
  tensorflow: (tf, [x, places]) => {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    return tf.gather(tf.reshape(x!, [n, c, h * w]), tf.cast(places!, 'int32'), 2);
  },
  cases: [
    { inputs: [[1, 3, 4, 5], [4]], values: { 1: [7, 0, 19, 3] } },
    { inputs: [[2, 2, 3, 3], [9]], values: { 1: [8, 1, 2, 4, 3, 5, 0, 7, 6] } },
  ],
});

interface Size {
  /** Height and width of the feature maps. */
  size: readonly [number, number];
}

/** The adjoint of `gatherPixels`: features [N, C, P] at their places, 0 elsewhere; gives [N, C, H, W]. */
export const scatterPixels: Apply<Size, readonly [Tensor, Tensor]> = operator('ScatterPixels', {
  shape: ([x, places], { size: [h, w] }) => {
    requirePlaces(places, h * w);
    if (x.shape.length !== 3 || x.shape[2] !== places.shape[0]) throw new Error('features must be [N, C, places]');
    return [x.shape[0]!, x.shape[1]!, h, w];
  },
  gradient: ({ inputs: [, places], grad }) => [gatherPixels(grad, places), null],
  onnx: (emit, [x, places], { size: [h, w] }, { inputs: [features] }) => {
    const [n, c, p] = features!.shape as [number, number, number];
    const indices = emit.node('Expand', [emit.node('Cast', [places!], { to: { int: INT64 } }), emit.int64s([n, c, p])]);
    const nothing = emit.constant('zeros', [n, c, h * w], () => 0);
    const scattered = emit.node('ScatterElements', [nothing, indices, x!], { axis: { int: 2 } });
    return emit.reshape(scattered, [n, c, h, w]);
  },
  tensorflow: (tf, [x, places], { size: [h, w] }) => {
    const [n, c, p] = x!.shape as [number, number, number];
    const rows = tf.transpose(tf.reshape(x!, [n * c, p]), [1, 0]);
    const indices = tf.reshape(tf.cast(places!, 'int32'), [p, 1]);
    return tf.reshape(tf.transpose(tf.scatterND(indices, rows, [h * w, n * c]), [1, 0]), [n, c, h, w]);
  },
  cases: [
    { inputs: [[1, 3, 4], [4]], attributes: { size: [4, 5] }, values: { 1: [7, 0, 19, 3] } },
    { inputs: [[2, 2, 3], [3]], attributes: { size: [3, 3] }, values: { 1: [8, 1, 2] } },
  ],
});

/** ONNX's number for 64-bit integers. */
const INT64 = 7;

function requirePlaces({ shape }: { shape: Shape }, pixels: number): void {
  if (shape.length !== 1 || sizeOf(shape) > pixels)
    throw new Error(`places must be one row of at most ${pixels} numbers`);
}
