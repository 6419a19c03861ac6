/** Sums and means over axes. Reduced axes stay with length 1, so that results broadcast back. */
import { operator, type Apply, type Shape, type Tensor } from '../tensor.ts';
import { scale } from './elementwise.ts';
import { broadcastTo, reshape } from './layout.ts';

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
