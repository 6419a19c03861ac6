/** Giving elements another shape. */
import { operator, sameShape, showShape, sizeOf, type Apply, type Shape, type Tensor } from '../tensor.ts';
import { tfShape } from '../tensorflow-api.ts';

type Unary = readonly [Tensor];

const reshapeOperator: Apply<{ shape: Shape }, Unary> = operator('Reshape', {
  shape: ([x], { shape }) => {
    if (sizeOf(x.shape) !== sizeOf(shape))
      throw new Error(
        `${showShape(x.shape)} has ${sizeOf(x.shape)} elements, ${showShape(shape)} has ${sizeOf(shape)}`,
      );
    return shape;
  },
  gradient: ({ inputs: [x], grad }) => [reshape(grad, { shape: x.shape })],
  onnx: (emit, [x], { shape }) => emit.reshape(x!, shape),
  tensorflow: (tf, [x], { shape }) => tf.reshape(x!, tfShape(shape)),
  cases: [{ inputs: [[2, 6]], attributes: { shape: [3, 4] } }],
});

/** The same elements in another shape. */
export const reshape = (x: Tensor, { shape }: { shape: Shape }): Tensor =>
  sameShape(x.shape, shape) ? x : reshapeOperator(unshaped(x), { shape });

/** What a tensor was before it was only given other shapes: the same elements, in the same order. */
export const unshaped = (x: Tensor): Tensor => (x.operator.name === 'Reshape' ? unshaped(x.inputs[0]!) : x);

/** The shape of pictures, [N, C, H, W]. @throws Error when the tensor has another rank */
export function asPictures(x: Tensor): [number, number, number, number] {
  if (x.shape.length !== 4) throw new Error('pictures must be [N, C, H, W]');
  return x.shape as unknown as [number, number, number, number];
}
