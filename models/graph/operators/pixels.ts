/** Pixels that become channels and back: how networks that work at a small size make a large picture. */
import { asPictures } from './reshape.ts';
import { operator, type Apply, type Tensor } from '../tensor.ts';

type Unary = readonly [Tensor];

interface Block {
  /** The side of the block of pixels that so many squared channels are. */
  factor: number;
}

/**
 * Channels as blocks of pixels (Shi et al. 2016, arXiv:1609.05158): channel c f^2 + f dy + dx of a pixel is channel c of
 * the one at (dy, dx) of its block. x: [N, C f^2, H, W]; gives [N, C, f H, f W].
 */
export const pixelShuffle: Apply<Block, Unary> = operator('PixelShuffle', {
  shape: ([x], { factor }) => {
    const [n, c, h, w] = asPictures(x);
    if (c % factor ** 2 !== 0) throw new Error(`the channels must be a multiple of ${factor ** 2}`);
    return [n, c / factor ** 2, h * factor, w * factor];
  },
  gradient: ({ attributes, grad }) => [pixelUnshuffle(grad, attributes)],
  onnx: (emit, [x], { factor }) =>
    emit.node('DepthToSpace', [x!], { blocksize: { int: factor }, mode: { string: 'CRD' } }),
  tensorflow: (tf, [x], { factor }) => {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const channels = c / factor ** 2;
    const blocks = tf.reshape(x!, [n * channels, factor, factor, h, w]);
    return tf.reshape(tf.transpose(blocks, [0, 3, 1, 4, 2]), [n, channels, h * factor, w * factor]);
  },
  cases: [
    { inputs: [[2, 8, 3, 4]], attributes: { factor: 2 } },
    { inputs: [[1, 9, 2, 1]], attributes: { factor: 3 } },
  ],
});

/** What undoes `pixelShuffle`, and what it transposes to. x: [N, C, f H, f W]; gives [N, C f^2, H, W]. */
export const pixelUnshuffle: Apply<Block, Unary> = operator('PixelUnshuffle', {
  shape: ([x], { factor }) => {
    const [n, c, h, w] = asPictures(x);
    if (h % factor !== 0 || w % factor !== 0) throw new Error(`height and width must be multiples of ${factor}`);
    return [n, c * factor ** 2, h / factor, w / factor];
  },
  gradient: ({ attributes, grad }) => [pixelShuffle(grad, attributes)],
  // ONNX's SpaceToDepth orders the channels of a block otherwise.
  onnx: (emit, [x], { factor }, { shape }) => {
    const [n, c, h, w] = shape as [number, number, number, number];
    const blocks = emit.reshape(x!, [(n * c) / factor ** 2, h, factor, w, factor]);
    return emit.reshape(emit.node('Transpose', [blocks], { perm: { ints: [0, 2, 4, 1, 3] } }), shape);
  },
  tensorflow: (tf, [x], { factor }, { shape }) => {
    const [n, c, h, w] = shape as [number, number, number, number];
    const blocks = tf.reshape(x!, [(n * c) / factor ** 2, h, factor, w, factor]);
    return tf.reshape(tf.transpose(blocks, [0, 2, 4, 1, 3]), [n, c, h, w]);
  },
  cases: [
    { inputs: [[2, 2, 6, 8]], attributes: { factor: 2 } },
    { inputs: [[1, 1, 6, 3]], attributes: { factor: 3 } },
  ],
});
