/** What operators know of TensorFlow.js, which is handed in: models/ never loads it. */

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
  tensor(values: number[], shape: number[]): TfTensor;
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

/** Pads given per axis as [before, after], in TensorFlow.js's mutable form. */
export const tfPads = (pads: readonly (readonly [number, number])[]): [number, number][] =>
  pads.map(([a, b]) => [a, b]);

export const tfShape = (shape: readonly number[]): number[] => [...shape];
