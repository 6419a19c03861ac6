/** Element-by-element operators. The two-sided ones broadcast as NumPy does. */
import {
  builtAt,
  GraphError,
  operator,
  sameShape,
  type Apply,
  type ConformanceCase,
  type Shape,
  type Tensor,
} from '../tensor.ts';
import { tfShape } from '../tensorflow-api.ts';
import { offset, scale } from './affine.ts';
import { broadcastShape, unbroadcast } from './reduce.ts';

type None = object;
type Unary = readonly [Tensor];
type Binary = readonly [Tensor, Tensor];

const binaryCases: ConformanceCase<None>[] = [
  {
    inputs: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    inputs: [
      [2, 3, 4, 5],
      [1, 3, 1, 1],
    ],
  },
  { inputs: [[], [2, 2]] },
];
const binaryShape = ([a, b]: Binary): Shape => broadcastShape(a.shape, b.shape);
const unaryShape = ([x]: Unary): Shape => x.shape;

export const add: Apply<None, Binary> = operator('Add', {
  shape: binaryShape,
  gradient: ({ inputs: [a, b], grad }) => [unbroadcast(grad, a.shape), unbroadcast(grad, b.shape)],
  onnx: (emit, inputs) => emit.node('Add', inputs),
  tensorflow: (tf, [a, b]) => tf.add(a!, b!),
  cases: binaryCases,
});

export const sub: Apply<None, Binary> = operator('Sub', {
  shape: binaryShape,
  gradient: ({ inputs: [a, b], grad }) => [unbroadcast(grad, a.shape), unbroadcast(neg(grad), b.shape)],
  onnx: (emit, inputs) => emit.node('Sub', inputs),
  tensorflow: (tf, [a, b]) => tf.sub(a!, b!),
  cases: binaryCases,
});

export const mul: Apply<None, Binary> = operator('Mul', {
  shape: binaryShape,
  gradient: ({ inputs: [a, b], grad }) => [unbroadcast(mul(grad, b), a.shape), unbroadcast(mul(grad, a), b.shape)],
  onnx: (emit, inputs) => emit.node('Mul', inputs),
  tensorflow: (tf, [a, b]) => tf.mul(a!, b!),
  cases: binaryCases,
});

export const div: Apply<None, Binary> = operator('Div', {
  shape: binaryShape,
  gradient: ({ inputs: [a, b], output, grad }) => {
    const flow = div(grad, b);
    return [unbroadcast(flow, a.shape), unbroadcast(neg(mul(flow, output)), b.shape)];
  },
  onnx: (emit, inputs) => emit.node('Div', inputs),
  tensorflow: (tf, [a, b]) => tf.div(a!, b!),
  cases: binaryCases.map((sizes) => ({ ...sizes, awayFromZero: 0.5 })),
});

/** 1 where a > b, else 0 (float32, so that it can be multiplied by a gradient). It has no gradient itself. */
export const greater: Apply<None, Binary> = operator('Greater', {
  shape: binaryShape,
  gradient: () => [null, null],
  onnx: (emit, inputs) => emit.node('Cast', [emit.node('Greater', inputs)], { to: { int: 1 } }),
  tensorflow: (tf, [a, b]) => tf.mul(tf.greater(a!, b!), tf.scalar(1)),
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
    },
  ],
});

const STEEP = 1e30;

/** `grad` where `x` > 0, else `alpha` x `grad`: the gradient of ReLU (alpha 0) and leaky ReLU, as one operator. */
export const gate: Apply<{ alpha: number }, Binary> = operator('Gate', {
  shape: ([x, grad]) => {
    if (!sameShape(x.shape, grad.shape)) throw new Error('the value and its gradient must have one shape');
    return x.shape;
  },
  gradient: ({ inputs: [x], attributes, grad }) => [null, gate(x, grad, attributes)],
  onnx: (emit, [x, grad], { alpha }) => {
    // A mask without comparisons: Greater and Where take 1.5 to 3 times as long. Between 0 and 1 / STEEP it is a blend.
    const mask =
      alpha === 0
        ? emit.node('HardSigmoid', [x!], { alpha: { float: STEEP }, beta: { float: 0 } })
        : emit.node('Clip', [emit.node('Mul', [x!, emit.scalar(STEEP)]), emit.scalar(alpha), emit.scalar(1)]);
    return emit.node('Mul', [grad!, mask]);
  },
  // Its Greater has no gradient, not even 0, which gradients of gradients would ask for.
  tensorflow: (tf, [x, grad], { alpha }) =>
    tf.where(tf.greater(tf.stopGradient(x!), tf.scalar(0)), grad!, tf.mul(grad!, tf.scalar(alpha))),
  cases: [
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
      attributes: { alpha: 0.2 },
      awayFromZero: 0.1,
    },
    {
      inputs: [
        [2, 3],
        [2, 3],
      ],
      attributes: { alpha: 0 },
      awayFromZero: 0.1,
    },
  ],
});

export const neg: Apply<None, Unary> = operator('Neg', {
  shape: unaryShape,
  gradient: ({ grad }) => [neg(grad)],
  onnx: (emit, inputs) => emit.node('Neg', inputs),
  tensorflow: (tf, [x]) => tf.neg(x!),
  cases: [{ inputs: [[2, 3]] }],
});

/** |x|; the gradient at 0 is 0 (ONNX's Sign would fall back to the CPU on WebGPU, so it is a gate). */
export const abs: Apply<None, Unary> = operator('Abs', {
  shape: unaryShape,
  gradient: ({ inputs: [x], grad }) => [gate(x, grad, { alpha: -1 })],
  onnx: (emit, inputs) => emit.node('Abs', inputs),
  tensorflow: (tf, [x]) => tf.abs(x!),
  cases: [{ inputs: [[3, 4]], awayFromZero: 0.1 }],
});

export const square = (x: Tensor): Tensor => mul(x, x);

export const sqrt: Apply<None, Unary> = operator('Sqrt', {
  shape: unaryShape,
  gradient: ({ output, grad }) => [div(scale(grad, { factor: 0.5 }), output)],
  onnx: (emit, inputs) => emit.node('Sqrt', inputs),
  tensorflow: (tf, [x]) => tf.sqrt(x!),
  cases: [{ inputs: [[3, 4]], range: [0.5, 2] }],
});

export const exp: Apply<None, Unary> = operator('Exp', {
  shape: unaryShape,
  gradient: ({ output, grad }) => [mul(grad, output)],
  onnx: (emit, inputs) => emit.node('Exp', inputs),
  tensorflow: (tf, [x]) => tf.exp(x!),
  cases: [{ inputs: [[3, 4]] }],
});

export const log: Apply<None, Unary> = operator('Log', {
  shape: unaryShape,
  gradient: ({ inputs: [x], grad }) => [div(grad, x)],
  onnx: (emit, inputs) => emit.node('Log', inputs),
  tensorflow: (tf, [x]) => tf.log(x!),
  cases: [{ inputs: [[3, 4]], range: [0.5, 2] }],
});

export const tanh: Apply<None, Unary> = operator('Tanh', {
  shape: unaryShape,
  gradient: ({ output, grad }) => [mul(grad, offset(neg(square(output)), { by: 1 }))],
  onnx: (emit, inputs) => emit.node('Tanh', inputs),
  tensorflow: (tf, [x]) => tf.tanh(x!),
  cases: [{ inputs: [[3, 4]] }],
});

export const sigmoid: Apply<None, Unary> = operator('Sigmoid', {
  shape: unaryShape,
  gradient: ({ output, grad }) => [mul(grad, mul(output, offset(neg(output), { by: 1 })))],
  onnx: (emit, inputs) => emit.node('Sigmoid', inputs),
  tensorflow: (tf, [x]) => tf.sigmoid(x!),
  cases: [{ inputs: [[3, 4]], range: [-4, 4] }],
});

/** log(1 + e^x), stable for large x. */
export const softplus: Apply<None, Unary> = operator('Softplus', {
  shape: unaryShape,
  gradient: ({ inputs: [x], grad }) => [mul(grad, sigmoid(x))],
  onnx: (emit, inputs) => emit.node('Softplus', inputs),
  tensorflow: (tf, [x]) => tf.softplus(x!),
  cases: [{ inputs: [[3, 4]], range: [-4, 4] }],
});

/** max(x, 0). Its gradient looks at the result, so the input need not be kept. */
export const relu: Apply<None, Unary> = operator('Relu', {
  shape: unaryShape,
  gradient: ({ output, grad }) => [gate(output, grad, { alpha: 0 })],
  onnx: (emit, inputs) => emit.node('Relu', inputs),
  tensorflow: (tf, [x]) => tf.relu(x!),
  cases: [{ inputs: [[2, 3, 4]], awayFromZero: 0.1 }],
});

/** x where x > 0, else alpha x (alpha > 0, so that the result keeps the sign). */
export const leakyRelu: Apply<{ alpha: number }, Unary> = operator('LeakyRelu', {
  shape: ([x], { alpha }) => {
    if (!(alpha > 0)) throw new Error('alpha must be above 0; use relu for 0');
    return x.shape;
  },
  gradient: ({ output, attributes, grad }) => [gate(output, grad, attributes)],
  onnx: (emit, inputs, { alpha }) => emit.node('LeakyRelu', inputs, { alpha: { float: alpha } }),
  tensorflow: (tf, [x], { alpha }) => tf.leakyRelu(x!, alpha),
  cases: [{ inputs: [[2, 3, 4, 4]], attributes: { alpha: 0.2 }, awayFromZero: 0.1 }],
});

/**
 * x where x > 0, else slope x, with a slope that is learned (He et al. 2015, arXiv:1502.01852). x: [N, C, H, W]; slope:
 * [1, C, 1, 1].
 */
export const prelu: Apply<None, Binary> = operator('PRelu', {
  shape: ([x, slope]) => {
    if (!sameShape(slope.shape, [1, x.shape[1]!, 1, 1])) throw new Error('the slope must be [1, channels, 1, 1]');
    return x.shape;
  },
  gradient: ({ inputs: [x, slope], grad }) => {
    const above = gate(x, grad, { alpha: 0 });
    const below = sub(grad, above);
    return [add(above, mul(below, slope)), unbroadcast(mul(below, x), slope.shape)];
  },
  onnx: (emit, inputs) => emit.node('PRelu', inputs),
  tensorflow: (tf, [x, slope]) => {
    const above = tf.relu(x!);
    return tf.add(above, tf.mul(slope!, tf.sub(x!, above)));
  },
  cases: [
    {
      inputs: [
        [2, 3, 4, 5],
        [1, 3, 1, 1],
      ],
      awayFromZero: 0.1,
    },
  ],
});

export const stopGradientOperator = 'StopGradient';

/** x, but no gradient passes. */
export const stopGradient = operator<None, Unary>(stopGradientOperator, {
  shape: unaryShape,
  onnx: (_emit, [x]) => x!,
  tensorflow: (tf, [x]) => tf.stopGradient(x!),
  cases: [{ inputs: [[2, 3]] }],
});

const fillOperator: Apply<{ shape: Shape; value: number }, readonly []> = operator('Fill', {
  shape: (_, { shape }) => shape,
  onnx: (emit, _, { shape, value }) =>
    shape.length === 0 ? emit.scalar(value) : emit.node('Expand', [emit.scalar(value), emit.int64s(shape)]),
  tensorflow: (tf, _, { shape, value }) => (shape.length === 0 ? tf.scalar(value) : tf.fill(tfShape(shape), value)),
  cases: [
    { inputs: [], attributes: { shape: [2, 3], value: -0.5 } },
    { inputs: [], attributes: { shape: [], value: 3 } },
  ],
});

/** A tensor of one repeated value. */
export const fill = (shape: Shape, value: number): Tensor => {
  if (!Number.isFinite(value)) throw new GraphError(`Fill: ${value} is not finite\n  built at ${builtAt(new Error())}`);
  return fillOperator({ shape, value });
};
