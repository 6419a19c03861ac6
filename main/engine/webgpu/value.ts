/**
 * The graph as the planner sees it: the tensors of the graph language with equal ones joined, what the GPU does in other
 * pieces (a normalisation is moments and element-wise work, a split product is summed by whoever reads it) taken apart,
 * and what is only another view of the same elements gone.
 */
import type { Shape } from '../../../models/graph/tensor.ts';
import type { Pads } from '../../../models/graph/operators/convolution.ts';
import type { Tiling } from './tiling.ts';

interface Over {
  over: 'instance' | 'batch';
  epsilon: number;
}
type None = object;

/** What each operator carries. A contraction also knows its tiles. */
export interface Attributes {
  Input: None;
  /** Version 0 is the weight that a step begins with, version 1 the same after its player's update. */
  Parameter: { version: 0 | 1 };
  Fill: { value: number };
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Greater: None;
  Gate: { alpha: number };
  Scale: { factor: number };
  Offset: { by: number };
  Neg: None;
  Abs: None;
  Sqrt: None;
  Exp: None;
  Log: None;
  Tanh: None;
  Sigmoid: None;
  Softplus: None;
  Relu: None;
  LeakyRelu: { alpha: number };
  PRelu: None;
  StopGradient: None;
  Reshape: None;
  Transpose: { order: readonly number[] };
  BroadcastTo: None;
  Slice: { begin: readonly number[] };
  Pad: { pads: readonly (readonly [number, number])[] };
  Concat: { axis: number };
  Upsample: { factor: number };
  SumPool: { factor: number };
  PixelShuffle: { factor: number };
  PixelUnshuffle: { factor: number };
  Halve: None;
  Unhalve: None;
  ReflectPad: { by: number };
  ReflectFold: { by: number };
  GatherPixels: None;
  ScatterPixels: None;
  Shift: None;
  ReduceSum: { axes: readonly number[] };
  ReduceMean: { axes: readonly number[] };
  InverseDeviation: Over;
  Standardize: Over;
  Conv2d: { stride: number; pads: Pads; tiling: Tiling };
  ConvTranspose2d: { stride: number; pads: Pads; tiling: Tiling };
  ConvWeight2d: { stride: number; pads: Pads; kernel: readonly [number, number]; tiling: Tiling };
  MatMul: { transposeA?: boolean; transposeB?: boolean; tiling: Tiling };
  /** The sum of the parts of a split product: [parts, ...shape] to [...shape]. */
  SplitSum: { parts: number };
  /** A transposed convolution from the products of each tap and pixel: [channels x taps, pixels] to pictures. */
  FoldColumns: { stride: number; pads: Pads; kernel: readonly [number, number]; from: readonly [number, number] };
  /** Sums of equal runs of what is reduced: [rows, chunks]. */
  PartialSum: { axes: readonly number[]; chunks: number };
  /** A copy in half precision for matrix units (`packing.ts`), multiplied by `scale`. */
  Pack: { halo: Pads; scale: number };
  /** For each pixel the number of the place that names it, or -1. */
  PlaceOf: None;
}

export type Name = keyof Attributes;

export interface Value<N extends Name = Name> {
  readonly id: number;
  readonly operator: N;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes[N];
  readonly shape: Shape;
  /** Of leaves. */
  readonly name: string;
}

/** Narrows a value to an operator, so that its attributes are typed. */
export const isA = <N extends Name>(value: Value, ...names: N[]): value is Value<N> =>
  (names as Name[]).includes(value.operator);

const CONTRACTIONS = ['Conv2d', 'ConvTranspose2d', 'ConvWeight2d', 'MatMul'] as const;
const REDUCTIONS = ['ReduceSum', 'ReduceMean', 'InverseDeviation', 'PartialSum'] as const;
export type ContractionName = (typeof CONTRACTIONS)[number];
export type ReductionName = (typeof REDUCTIONS)[number];
export type Contraction = { [N in ContractionName]: Value<N> }[ContractionName];
export type Reduction = { [N in ReductionName]: Value<N> }[ReductionName];

export const isContraction = (value: Value): value is Contraction => isA(value, ...CONTRACTIONS);
export const isReduction = (value: Value): value is Reduction => isA(value, ...REDUCTIONS);
export const isLeafValue = (value: Value): value is Value<'Input'> | Value<'Parameter'> =>
  isA(value, 'Input', 'Parameter');

/** What a value was before it was only given another shape. */
export const unshapedValue = (value: Value): Value =>
  value.operator === 'Reshape' ? unshapedValue(value.inputs[0]!) : value;
