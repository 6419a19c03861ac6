/**
 * Normalisation, as two operators: the inverse deviation of each channel, and the picture standardised by it. They are
 * apart so that a gradient needs only their results; written as ONNX they are one pass over the pixels.
 */
import { scale } from './affine.ts';
import { asPictures } from './reshape.ts';
import { operator, type Apply, type Shape, type Tensor, type OnnxWriter } from '../tensor.ts';
import type { TensorFlow, TfTensor } from '../tensorflow-api.ts';
import { div, mul, neg, sub } from './elementwise.ts';
import { reduceMean, reduceSum } from './reduce.ts';

interface Over {
  /** `instance`: over height and width (Ulyanov et al. 2016); `batch`: over the batch too (Ioffe and Szegedy 2015). */
  over: 'instance' | 'batch';
  epsilon: number;
}

const axesOf = (over: Over['over']): number[] => (over === 'instance' ? [2, 3] : [0, 2, 3]);
const statisticShape = (x: Tensor, over: Over['over']): Shape =>
  asPictures(x).map((length, i) => (axesOf(over).includes(i) ? 1 : length));

/** 1 / sqrt(variance + epsilon), with the biased variance. x: [N, C, H, W]; reduced axes have length 1. */
export const inverseDeviation: Apply<Over, readonly [Tensor]> = operator('InverseDeviation', {
  shape: ([x], { over }) => statisticShape(x, over),
  gradient: ({ inputs: [x], attributes, output, grad }) => {
    // d(v + e)^(-1/2) = -(1/2) inverse^3 dv, dv = (2 / count) centred dx, and centred = standardized / inverse.
    const count = axesOf(attributes.over).reduce((n, axis) => n * x.shape[axis]!, 1);
    return [
      mul(standardizeBy(x, output, attributes), scale(mul(neg(grad), mul(output, output)), { factor: 1 / count })),
    ];
  },
  onnx: (emit, [x], attributes, { inputs: [input] }) => statistics(emit, x!, attributes, input!.shape).inverse,
  tensorflow: (tf, [x], { over, epsilon }) => {
    const centred = centre(tf, x!, over);
    return tf.div(
      tf.scalar(1),
      tf.sqrt(tf.add(tf.mean(tf.mul(centred, centred), axesOf(over), true), tf.scalar(epsilon))),
    );
  },
  cases: [
    { inputs: [[1, 3, 4, 4]], attributes: { over: 'instance', epsilon: 1e-5 } },
    { inputs: [[2, 3, 3, 4]], attributes: { over: 'instance', epsilon: 1e-5 } },
    { inputs: [[2, 3, 3, 4]], attributes: { over: 'batch', epsilon: 1e-5 } },
  ],
});

/** (x - mean) x inverse, where `inverse` comes from `inverseDeviation` with the same attributes. */
const standardizeBy: Apply<Over, readonly [Tensor, Tensor]> = operator('Standardize', {
  shape: ([x, inverse], { over }) => {
    if (inverse.shape.join() !== statisticShape(x, over).join())
      throw new Error('the inverse deviation has another shape');
    return x.shape;
  },
  gradient: ({ inputs: [x, inverse], attributes: { over }, output, grad }) => {
    const axes = { axes: axesOf(over) };
    const centred = sub(grad, reduceMean(grad, axes));
    const along = mul(grad, output);
    if (!isDeviationOf(inverse, x)) return [mul(centred, inverse), div(reduceSum(along, axes), inverse)];
    // Both ways from x at once: (grad - mean(grad) - y mean(grad y)) inverse. A third of the operators of the two apart.
    return [mul(sub(centred, mul(output, reduceMean(along, axes))), inverse), null];
  },
  onnx: (emit, [x, inverse], attributes, output) => {
    const [input, by] = output.inputs as [Tensor, Tensor];
    if (isDeviationOf(by, input)) return statistics(emit, x!, attributes, input.shape).y;
    const mean = emit.node('ReduceMean', [x!], { axes: { ints: axesOf(attributes.over) }, keepdims: { int: 1 } });
    return emit.node('Mul', [emit.node('Sub', [x!, mean]), inverse!]);
  },
  tensorflow: (tf, [x, inverse], { over }) => tf.mul(centre(tf, x!, over), inverse!),
  cases: [
    {
      inputs: [
        [1, 3, 4, 4],
        [1, 3, 1, 1],
      ],
      attributes: { over: 'instance', epsilon: 1e-5 },
      awayFromZero: 0.3,
    },
    {
      inputs: [
        [2, 3, 3, 4],
        [2, 3, 1, 1],
      ],
      attributes: { over: 'instance', epsilon: 1e-5 },
      awayFromZero: 0.3,
    },
    {
      inputs: [
        [2, 3, 3, 4],
        [1, 3, 1, 1],
      ],
      attributes: { over: 'batch', epsilon: 1e-5 },
      awayFromZero: 0.3,
    },
  ],
});

/** Each channel with mean 0 and variance 1. x: [N, C, H, W]. */
export const standardize = (x: Tensor, attributes: Over): Tensor =>
  standardizeBy(x, inverseDeviation(x, attributes), attributes);

const isDeviationOf = (inverse: Tensor, x: Tensor): boolean =>
  inverse.operator.name === 'InverseDeviation' && inverse.inputs[0] === x;

const centre = (tf: TensorFlow, x: TfTensor, over: Over['over']): TfTensor => tf.sub(x, tf.mean(x, axesOf(over), true));

/** Both results from one pass: ONNX's LayerNormalization over the pixels of a channel also gives the inverse deviation. */
function statistics(
  emit: OnnxWriter,
  x: string,
  { over, epsilon }: Over,
  [n, c, h, w]: Shape,
): { y: string; inverse: string } {
  return emit.shared(`statistics:${x}:${over}:${epsilon}`, () => {
    if (emit.freeSize) return freeStatistics(emit, x, epsilon, c!);
    if (over === 'instance' || n === 1) {
      const ones = emit.constant('ones', [h!, w!], () => 1);
      const [y, , inverse] = emit.nodes('LayerNormalization', [x, ones], 3, {
        axis: { int: 2 },
        epsilon: { float: epsilon },
      });
      return { y: y!, inverse: inverse! };
    }
    const axes = { axes: { ints: axesOf(over) }, keepdims: { int: 1 } };
    const centred = emit.node('Sub', [x, emit.node('ReduceMean', [x], axes)]);
    const variance = emit.node('ReduceMean', [emit.node('Mul', [centred, centred])], axes);
    const inverse = emit.node('Reciprocal', [emit.node('Sqrt', [emit.node('Add', [variance, emit.scalar(epsilon)])])]);
    return { y: emit.node('Mul', [centred, inverse]), inverse };
  });
}

/** For exported models that take any size: of a picture alone, where both norms are the same. Nothing reads its `inverse`. */
function freeStatistics(
  emit: OnnxWriter,
  x: string,
  epsilon: number,
  channels: number,
): { y: string; inverse: string } {
  const [ones, zeros] = [1, 0].map((value) => emit.constant(`${value}s`, [channels], () => value)) as [string, string];
  const y = emit.node('InstanceNormalization', [x, ones, zeros], { epsilon: { float: epsilon } });
  return { y, inverse: '' };
}
