/** Scaling and shifting by constants. */
import { operator, type Apply, type Tensor } from '../tensor.ts';

type Unary = readonly [Tensor];

/** x scaled by a constant. */
export const scale: Apply<{ factor: number }, Unary> = operator('Scale', {
  shape: ([x]) => x.shape,
  gradient: ({ attributes, grad }) => [scale(grad, attributes)],
  onnx: (emit, [x], { factor }) => emit.node('Mul', [x!, emit.scalar(factor)]),
  tensorflow: (tf, [x], { factor }) => tf.mul(x!, tf.scalar(factor)),
  cases: [{ inputs: [[2, 3]], attributes: { factor: -2.5 } }],
});

/** x plus a constant. */
export const offset: Apply<{ by: number }, Unary> = operator('Offset', {
  shape: ([x]) => x.shape,
  gradient: ({ grad }) => [grad],
  onnx: (emit, [x], { by }) => emit.node('Add', [x!, emit.scalar(by)]),
  tensorflow: (tf, [x], { by }) => tf.add(x!, tf.scalar(by)),
  cases: [{ inputs: [[2, 3]], attributes: { by: 0.75 } }],
});
