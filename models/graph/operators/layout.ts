/** Operators that move values without changing them. */
import { operator, showShape, variadicOperator, type Apply, type Shape, type Tensor } from '../tensor.ts';
import { tfPads, tfShape } from '../tensorflow-api.ts';
import { mul } from './elementwise.ts';
import { asPictures } from './reshape.ts';

type Unary = readonly [Tensor];

export const transpose: Apply<{ order: readonly number[] }, Unary> = operator('Transpose', {
  shape: ([x], { order }) => {
    if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.shape.length)
      throw new Error('order must name every axis once');
    return order.map((axis) => x.shape[axis]!);
  },
  gradient: ({ attributes: { order }, grad }) => [transpose(grad, { order: order.map((_, i) => order.indexOf(i)) })],
  onnx: (emit, inputs, { order }) => emit.node('Transpose', inputs, { perm: { ints: order } }),
  tensorflow: (tf, [x], { order }) => tf.transpose(x!, [...order]),
  cases: [{ inputs: [[2, 3, 4]], attributes: { order: [2, 0, 1] } }],
});

interface Window {
  begin: readonly number[];
  size: Shape;
}

/** A box of `size` beginning at `begin`. */
export const slice: Apply<Window, Unary> = operator('Slice', {
  shape: ([x], { begin, size }) => {
    if (begin.length !== x.shape.length || size.length !== x.shape.length)
      throw new Error('begin and size must name every axis');
    if (begin.some((at, i) => at < 0 || at + size[i]! > x.shape[i]!))
      throw new Error(`the box leaves ${showShape(x.shape)}`);
    return size;
  },
  gradient: ({ inputs: [x], attributes: { begin, size }, grad }) => [
    pad(grad, { pads: x.shape.map((length, i) => [begin[i]!, length - begin[i]! - size[i]!] as const) }),
  ],
  onnx: (emit, [x], { begin, size }) =>
    emit.node('Slice', [x!, emit.int64s(begin), emit.int64s(begin.map((at, i) => at + size[i]!))]),
  tensorflow: (tf, [x], { begin, size }) => tf.slice(x!, [...begin], tfShape(size)),
  cases: [{ inputs: [[3, 4, 5]], attributes: { begin: [0, 1, 2], size: [3, 2, 3] } }],
});

/** Pads with zeros; `pads` gives [before, after] for every axis. */
export const pad: Apply<{ pads: readonly (readonly [number, number])[] }, Unary> = operator('Pad', {
  shape: ([x], { pads }) => {
    if (pads.length !== x.shape.length || pads.flat().some((n) => n < 0))
      throw new Error('pads must give [before, after], 0 or more, for every axis');
    return x.shape.map((length, i) => length + pads[i]![0] + pads[i]![1]);
  },
  gradient: ({ inputs: [x], attributes: { pads }, grad }) => [
    slice(grad, { begin: pads.map(([before]) => before), size: x.shape }),
  ],
  onnx: (emit, [x], { pads }) =>
    emit.node('Pad', [x!, emit.int64s([...pads.map(([before]) => before), ...pads.map(([, after]) => after)])]),
  tensorflow: (tf, [x], { pads }) => tf.pad(x!, tfPads(pads)),
  cases: [
    {
      inputs: [[1, 2, 3, 4]],
      attributes: {
        pads: [
          [0, 0],
          [0, 0],
          [1, 2],
          [0, 3],
        ],
      },
    },
  ],
});

/** Joins tensors along an axis. */
export const concat = variadicOperator<{ axis: number }>('Concat', {
  shape: (inputs, { axis }) => {
    const first = inputs[0]?.shape;
    if (!first) throw new Error('needs at least one tensor');
    if (!(axis >= 0 && axis < first.length)) throw new Error(`there is no axis ${axis}`);
    for (const { shape } of inputs)
      if (shape.length !== first.length || shape.some((length, i) => i !== axis && length !== first[i]))
        throw new Error(`shapes may differ on axis ${axis} only`);
    return first.map((length, i) =>
      i === axis ? inputs.reduce((total, { shape }) => total + shape[axis]!, 0) : length,
    );
  },
  gradient: ({ inputs, attributes: { axis }, grad }) => {
    let at = 0;
    return inputs.map(({ shape }) => {
      const begin = shape.map((_, i) => (i === axis ? at : 0));
      at += shape[axis]!;
      return slice(grad, { begin, size: shape });
    });
  },
  onnx: (emit, inputs, { axis }) => emit.node('Concat', inputs, { axis: { int: axis } }),
  tensorflow: (tf, inputs, { axis }) => tf.concat([...inputs], axis),
  cases: [
    {
      inputs: [
        [2, 1, 3],
        [2, 2, 3],
      ],
      attributes: { axis: 1 },
    },
  ],
});

/** Repeats every pixel `factor` times in both directions (nearest neighbour). x: [N, C, H, W]. */
export const upsample: Apply<{ factor: number }, Unary> = operator('Upsample', {
  shape: ([x], { factor }) => {
    const [n, c, h, w] = asPictures(x);
    return [n, c, h * factor, w * factor];
  },
  gradient: ({ attributes, grad }) => [sumPool(grad, attributes)],
  onnx: (emit, [x], { factor }) =>
    emit.node('Resize', [x!, '', emit.floats([1, 1, factor, factor])], {
      mode: { string: 'nearest' },
      coordinate_transformation_mode: { string: 'asymmetric' },
      nearest_mode: { string: 'floor' },
    }),
  tensorflow: (tf, [x], { factor }) => {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    // In two steps: TensorFlow.js differentiates a repetition up to rank 4 only.
    const wide = tf.reshape(tf.broadcastTo(tf.reshape(x!, [n * c * h, w, 1]), [n * c * h, w, factor]), [
      n * c * h,
      1,
      w * factor,
    ]);
    const spread = tf.broadcastTo(wide, [n * c * h, factor, w * factor]);
    return tf.reshape(spread, [n, c, h * factor, w * factor]);
  },
  cases: [{ inputs: [[1, 2, 3, 4]], attributes: { factor: 2 } }],
});

/** The sum over blocks of `factor` x `factor` pixels: what `upsample` transposes to. x: [N, C, H, W]. */
export const sumPool: Apply<{ factor: number }, Unary> = operator('SumPool', {
  shape: ([x], { factor }) => {
    const [n, c, h, w] = asPictures(x);
    if (h % factor !== 0 || w % factor !== 0) throw new Error(`height and width must be multiples of ${factor}`);
    return [n, c, h / factor, w / factor];
  },
  gradient: ({ attributes, grad }) => [upsample(grad, attributes)],
  onnx: (emit, [x], { factor }) => {
    const pooled = emit.node('AveragePool', [x!], {
      kernel_shape: { ints: [factor, factor] },
      strides: { ints: [factor, factor] },
    });
    return emit.node('Mul', [pooled, emit.scalar(factor * factor)]);
  },
  tensorflow: (tf, [x], { factor }) => {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const blocks = tf.reshape(x!, [n * c, h / factor, factor, w / factor, factor]);
    return tf.reshape(tf.sum(blocks, [2, 4], false), [n, c, h / factor, w / factor]);
  },
  cases: [{ inputs: [[1, 2, 4, 6]], attributes: { factor: 2 } }],
});

/** Zeroes elements by a mask from the host that already holds 0 or 1 / (1 - rate) (Srivastava et al. 2014, inverted). */
export const dropout = (x: Tensor, mask: Tensor): Tensor => mul(x, mask);
