/**
 * Sums and means over axes, and the repeating that undoes them: each is the other's gradient. Reduced axes stay with
 * length 1, so that results broadcast back.
 */
import { operator, sameShape, showShape, type Apply, type Shape, type Tensor } from '../tensor.ts';
import { tfShape } from '../tensorflow-api.ts';
import { scale } from './affine.ts';
import { reshape } from './reshape.ts';

/** The shape of two broadcast shapes (NumPy's rule). @throws Error when they do not fit */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new Error(`${showShape(a)} and ${showShape(b)} do not broadcast`);
    return Math.max(x, y);
  });
}

interface Axes {
  axes: readonly number[];
}

function reducedShape([x]: readonly [Tensor], { axes }: Axes): Shape {
  for (const axis of axes) if (!(axis >= 0 && axis < x.shape.length)) throw new Error(`there is no axis ${axis}`);
  return x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
}

const cases = [
  { inputs: [[2, 3, 4, 5]], attributes: { axes: [2, 3] } },
  { inputs: [[2, 3, 4, 5]], attributes: { axes: [0, 2, 3] } },
  { inputs: [[3, 4]], attributes: { axes: [0] } },
];

/** The sum over `axes`, which stay with length 1. */
export const reduceSum: Apply<Axes, readonly [Tensor]> = operator('ReduceSum', {
  shape: reducedShape,
  gradient: ({ inputs: [x], grad }) => [broadcastTo(grad, { shape: x.shape })],
  onnx: (emit, [x], { axes }) => emit.node('ReduceSum', [x!, emit.int64s(axes)], { keepdims: { int: 1 } }),
  tensorflow: (tf, [x], { axes }) => tf.sum(x!, [...axes], true),
  cases,
});

/** The mean over `axes`, which stay with length 1. */
export const reduceMean: Apply<Axes, readonly [Tensor]> = operator('ReduceMean', {
  shape: reducedShape,
  gradient: ({ inputs: [x], attributes: { axes }, grad }) => [
    broadcastTo(scale(grad, { factor: 1 / axes.reduce((n, axis) => n * x.shape[axis]!, 1) }), { shape: x.shape }),
  ],
  onnx: (emit, [x], { axes }) => emit.node('ReduceMean', [x!], { axes: { ints: axes }, keepdims: { int: 1 } }),
  tensorflow: (tf, [x], { axes }) => tf.mean(x!, [...axes], true),
  cases,
});

const allAxes = (x: Tensor): Axes => ({ axes: x.shape.map((_, i) => i) });

/** The mean of all elements: a scalar. */
export const mean = (x: Tensor): Tensor => reshape(reduceMean(x, allAxes(x)), { shape: [] });

/** The sum of all elements: a scalar. */
export const sum = (x: Tensor): Tensor => reshape(reduceSum(x, allAxes(x)), { shape: [] });

/** Repeats axes of length 1 up to `shape`. */
export const broadcastTo: Apply<{ shape: Shape }, readonly [Tensor]> = operator('BroadcastTo', {
  shape: ([x], { shape }) => {
    if (showShape(broadcastShape(x.shape, shape)) !== showShape(shape))
      throw new Error(`cannot become ${showShape(shape)}`);
    return shape;
  },
  gradient: ({ inputs: [x], grad }) => [unbroadcast(grad, x.shape)],
  onnx: (emit, [x], { shape }) => {
    emit.requireFixedSize('Expand');
    return emit.node('Expand', [x!, emit.int64s(shape)]);
  },
  tensorflow: (tf, [x], { shape }) => tf.broadcastTo(x!, tfShape(shape)),
  cases: [
    { inputs: [[2, 1, 3]], attributes: { shape: [2, 4, 3] } },
    { inputs: [[]], attributes: { shape: [2, 2] } },
  ],
});

/** Sums a gradient over the axes that broadcasting had repeated, back to `shape`. */
export function unbroadcast(grad: Tensor, shape: Shape): Tensor {
  if (sameShape(grad.shape, shape)) return grad;
  const lead = grad.shape.length - shape.length;
  const axes = grad.shape.flatMap((length, i) => (i < lead || (shape[i - lead] === 1 && length !== 1) ? [i] : []));
  return reshape(axes.length > 0 ? reduceSum(grad, { axes }) : grad, { shape });
}
