/**
 * Runs a graph operator by operator with TensorFlow.js. The library is handed in: models/ never loads it.
 * In the tests it is the independent referee of values and gradients; where a person has tfjs-node, it is an engine.
 */
import { topological } from './graph.ts';
import { isLeaf, type Shape, type Tensor } from './tensor.ts';

/** A TensorFlow.js tensor, as far as operators need to know. */
export interface TfTensor {
  readonly shape: number[];
  readonly dtype: string;
}

/** The functions of TensorFlow.js (`@tensorflow/tfjs-core`) that operators call, and the one that it lacks. */
export interface TensorFlow {
  /** The values of x as a constant, in whatever way the caller has. */
  stopGradient(x: TfTensor): TfTensor;
  scalar(value: number): TfTensor;
  fill(shape: number[], value: number): TfTensor;
  zeros(shape: number[]): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  div(a: TfTensor, b: TfTensor): TfTensor;
  maximum(a: TfTensor, b: TfTensor): TfTensor;
  minimum(a: TfTensor, b: TfTensor): TfTensor;
  greater(a: TfTensor, b: TfTensor): TfTensor;
  where(condition: TfTensor, a: TfTensor, b: TfTensor): TfTensor;
  neg(x: TfTensor): TfTensor;
  abs(x: TfTensor): TfTensor;
  sqrt(x: TfTensor): TfTensor;
  exp(x: TfTensor): TfTensor;
  log(x: TfTensor): TfTensor;
  tanh(x: TfTensor): TfTensor;
  sigmoid(x: TfTensor): TfTensor;
  softplus(x: TfTensor): TfTensor;
  relu(x: TfTensor): TfTensor;
  leakyRelu(x: TfTensor, alpha: number): TfTensor;
  reshape(x: TfTensor, shape: number[]): TfTensor;
  transpose(x: TfTensor, order: number[]): TfTensor;
  broadcastTo(x: TfTensor, shape: number[]): TfTensor;
  concat(xs: TfTensor[], axis: number): TfTensor;
  stridedSlice(x: TfTensor, begin: number[], end: number[], strides: number[]): TfTensor;
  slice(x: TfTensor, begin: number[], size: number[]): TfTensor;
  pad(x: TfTensor, paddings: [number, number][]): TfTensor;
  cast(x: TfTensor, type: 'int32'): TfTensor;
  gather(x: TfTensor, indices: TfTensor, axis: number): TfTensor;
  scatterND(indices: TfTensor, updates: TfTensor, shape: number[]): TfTensor;
  sum(x: TfTensor, axes: number[], keepDims: boolean): TfTensor;
  mean(x: TfTensor, axes: number[], keepDims: boolean): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  conv2d(
    x: TfTensor,
    filter: TfTensor,
    strides: [number, number],
    pad: 'valid',
    format: 'NHWC',
    dilations?: [number, number],
  ): TfTensor;
  conv2dTranspose(
    x: TfTensor,
    filter: TfTensor,
    shape: [number, number, number, number],
    strides: [number, number],
    pad: 'valid',
  ): TfTensor;
}

/**
 * Computes `outputs` from the values that are given: at least one for every leaf (input or parameter) that is reached.
 * @throws Error naming the operator that TensorFlow.js cannot run, or the leaf that has no value
 */
export function runWithTensorFlow(
  tf: TensorFlow,
  outputs: readonly Tensor[],
  given: ReadonlyMap<Tensor, TfTensor>,
): TfTensor[] {
  const values = new Map(given);
  for (const tensor of topological(outputs, given)) {
    if (isLeaf(tensor)) throw new Error(`"${tensor.name}" has no value`);
    if (!tensor.operator.tensorflow) throw new Error(`${tensor.operator.name} has no TensorFlow.js form`);
    const inputs = tensor.inputs.map((input) => values.get(input)!);
    values.set(tensor, tensor.operator.tensorflow(tf, inputs, tensor.attributes, tensor));
  }
  return outputs.map((output) => values.get(output)!);
}

/** Pads given per axis as [before, after], in TensorFlow.js's mutable form. */
export const tfPads = (pads: readonly (readonly [number, number])[]): [number, number][] =>
  pads.map(([a, b]) => [a, b]);

export const tfShape = (shape: Shape): number[] => [...shape];
