/**
 * What an engine whose weights lie in the host's memory computes graphs with. Everything else of a training (what is drawn,
 * pools, weights, the optimiser, averages, states) is the same for all of them: `execution.ts`.
 */
import type { Shape, Tensor } from '../../../models/graph/tensor.ts';

/** Memory that graphs read and write in place. */
export interface HostValue {
  readonly data: Float32Array;
  readonly shape: Shape;
  /** Frees what the runner holds beside the array. */
  dispose(): void;
}

export interface Binding<V extends HostValue> {
  /** Tensors that are given from outside, with the name under which they are, whatever made them. */
  given?: ReadonlyMap<Tensor, string>;
  /** The memory of an input (a leaf, or what is given) or of an output, by its name. */
  value: (name: string, shape: Shape) => V;
  /** Ends the name of a trace, where traces are written. */
  trace: string;
}

/** A graph with its memory. */
export interface BoundGraph {
  /** Computes the outputs from what the inputs hold now. */
  run(): Promise<void>;
  release(): void;
}

export interface Runner<V extends HostValue = HostValue> {
  /** Memory that is there already, for a value. */
  value(data: Float32Array, shape: Shape): V;
  bind(outputs: Readonly<Record<string, Tensor>>, binding: Binding<V>): BoundGraph;
}

/** A value of its own: an ArrayBuffer that nobody shares, as V8 moves small arrays of others. */
export const zeros = (shape: Shape): Float32Array =>
  new Float32Array(new ArrayBuffer(shape.reduce((product, length) => product * length, 1) * 4));
