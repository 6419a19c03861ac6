/**
 * The language of Maquette: symbolic tensors with static shapes, and operators.
 *
 * A tensor *is* the application that makes it (every operator has one result), so a graph is nothing but the tensors
 * reachable from its results. Nothing here computes: graphs are differentiated (`gradient.ts`), written as ONNX
 * (`../onnx/write.ts`) or handed to TensorFlow.js (`tensorflow.ts`).
 */
import type { TensorFlow, TfTensor } from './tensorflow-api.ts';

export type Shape = readonly number[];
export type DType = 'float32' | 'bool';

/** The value of a node's attribute, tagged with its ONNX type. */
export type OnnxAttribute = { int: number } | { float: number } | { ints: readonly number[] } | { string: string };

/**
 * What a graph is written for. `cpu`: to be run by ONNX Runtime on a processor, in the forms that are fastest there with
 * weights that change; `export`: in the plain operators that other programs know best and fold with constant weights.
 */
export type OnnxTarget = 'cpu' | 'export';

/** What an operator's ONNX form is written with: nodes, constants, and results shared between operators. */
export interface OnnxWriter {
  readonly target: OnnxTarget;
  /** Whether height and width of the pictures are open: no node may hold them. */
  readonly freeSize: boolean;
  /** @throws Error where height and width are open: `operator` would write the trained ones into the model */
  requireFixedSize(operator: string): void;
  /** Adds a node with one result; gives the result's name. An empty input name is an omitted optional input. */
  node(opType: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>): string;
  /** Adds a node with several results. */
  nodes(
    opType: string,
    inputs: readonly string[],
    results: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): string[];
  /** Makes a value once and gives the same one for the same key ever after. */
  shared<T>(key: string, make: () => T): T;
  scalar(value: number): string;
  floats(values: readonly number[]): string;
  int64s(values: readonly number[]): string;
  /** `x` with another shape. */
  reshape(x: string, shape: readonly number[]): string;
  /** A constant tensor that is made once for its key. */
  constant(key: string, shape: readonly number[], value: (index: number) => number): string;
}

/** A symbolic tensor: the result of `operator` applied to `inputs`. */
export interface Tensor {
  readonly operator: Operator;
  readonly inputs: readonly Tensor[];
  readonly attributes: object;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Set for graph inputs and parameters; for other tensors a hint that names the ONNX value. */
  readonly name: string;
  /** Where it was built; its stack is only formatted when an error needs it. */
  readonly site: Error;
}

/** What an operator is: everything about it in one place. `A` are its attributes, `N` its inputs. */
export interface OperatorDefinition<A extends object, N extends readonly Tensor[]> {
  /** The shape of the result. Throws an Error whose message says what does not fit. */
  shape(inputs: N, attributes: A): Shape;
  dtype?: DType;
  /**
   * The gradient with respect to each input, given the gradient `grad` of the result: new graph tensors,
   * null where nothing flows. Left out for operators that have no gradient (comparisons, leaves).
   */
  gradient?(node: { inputs: N; attributes: A; output: Tensor; grad: Tensor }): readonly (Tensor | null)[];
  /** Writes the operator as ONNX nodes (opset 17); gives the name of the result. */
  onnx(emit: OnnxWriter, inputs: readonly string[], attributes: A, output: Tensor): string;
  /** Computes it with TensorFlow.js, which is handed in. Left out where TensorFlow.js need not run it. */
  tensorflow?(tf: TensorFlow, inputs: readonly TfTensor[], attributes: A, output: Tensor): TfTensor;
  /** The sizes at which the conformance test tries it. */
  cases: readonly ConformanceCase<NoInfer<A>>[];
}

export interface ConformanceCase<A> {
  inputs: readonly Shape[];
  attributes?: A;
  /** The range from which test values are drawn; [-1, 1] unless said. */
  range?: readonly [number, number];
  /** Values nearer to zero than this are moved away from it, where the operator has a kink or a pole. */
  awayFromZero?: number;
  /** The values of an input that cannot be any numbers (places in a picture), by its place; it has no gradient. */
  values?: Readonly<Record<number, readonly number[]>>;
}

/** An operator as the graph holds it: attributes are opaque outside its own definition. */
export interface Operator extends OperatorDefinition<object, readonly Tensor[]> {
  readonly name: string;
}

type Arguments<A extends object, N extends readonly Tensor[]> = keyof A extends never ? [...N] : [...N, A];

/** Applies an operator: inputs first, then the attributes if it has any. */
export interface Apply<A extends object, N extends readonly Tensor[]> {
  (...args: Arguments<A, N>): Tensor;
  /** Never set: it lets TypeScript infer a definition's types from the annotation of the constant that holds it. */
  readonly types?: [A, N];
}

/** The table of all operators by name, for the conformance test and the support table in the documents. */
export const operators = new Map<
  string,
  { operator: Operator; apply: (inputs: readonly Tensor[], attributes: object) => Tensor }
>();

/** An error in a graph: names the operator, the shapes and the line that built it. */
export class GraphError extends Error {
  override name = 'GraphError';
}

/** The first line of a stack that lies outside the graph language: the line that built a tensor. */
export function builtAt(site: Error): string {
  const frames = (site.stack ?? '').split('\n').slice(1);
  const frame =
    frames.find((line) => !/models[\\/]graph[\\/](tensor|operators)|node:internal/.test(line)) ?? frames[0] ?? '';
  return frame.replace(/^\s*at\s*/, '').trim() || 'an unknown place';
}

export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;
export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** Applies an operator: computes the result's shape and checks it. */
function applyOperator(operator: Operator, inputs: readonly Tensor[], attributes: object, name = ''): Tensor {
  const site = new Error();
  try {
    const shape = operator.shape(inputs, attributes);
    if (!shape.every((length) => Number.isInteger(length) && length > 0))
      throw new Error(`the result would be ${showShape(shape)}`);
    return { operator, inputs, attributes, shape, dtype: operator.dtype ?? 'float32', name, site };
  } catch (error) {
    const shapes = inputs.map((input) => showShape(input.shape)).join(', ');
    throw new GraphError(
      `${operator.name}: ${(error as Error).message}\n  inputs: ${shapes || 'none'}; attributes: ${JSON.stringify(attributes)}\n  built at ${builtAt(site)}`,
    );
  }
}

/** Defines an operator and gives the function that applies it. */
export function operator<A extends object, N extends readonly Tensor[]>(
  name: string,
  definition: OperatorDefinition<A, N>,
): Apply<A, N> {
  // The one place where the attribute type is forgotten: a tensor always carries the attributes of its own operator.
  const entry = { name, ...definition } as unknown as Operator;
  operators.set(name, { operator: entry, apply: (inputs, attributes) => applyOperator(entry, inputs, attributes) });
  return (...args) => {
    const last = args.at(-1);
    const hasAttributes = last !== undefined && !('operator' in last);
    const inputs = (hasAttributes ? args.slice(0, -1) : args) as Tensor[];
    return applyOperator(entry, inputs, hasAttributes ? last : {});
  };
}

/** An operator whose number of inputs is free (Concat). */
export function variadicOperator<A extends object>(
  name: string,
  definition: OperatorDefinition<A, readonly Tensor[]>,
): (inputs: readonly Tensor[], attributes: A) => Tensor {
  const entry = { name, ...definition } as unknown as Operator;
  const apply = (inputs: readonly Tensor[], attributes: object): Tensor => applyOperator(entry, inputs, attributes);
  operators.set(name, { operator: entry, apply });
  return apply;
}

const leaf = (name: string): Operator => ({
  name,
  shape: (_, attributes) => (attributes as { shape: Shape }).shape,
  onnx: (_emit, _inputs, _attributes, output) => output.name,
  cases: [],
});

export const inputOperator = leaf('Input');
export const parameterOperator = leaf('Parameter');

/** A value that the host gives for every run: a picture, noise, a dropout mask. */
export const input = (name: string, shape: Shape): Tensor => applyOperator(inputOperator, [], { shape }, name);

/** What the host fills an input with before every run, beside pictures and what the optimiser needs. */
export type Feed =
  /** A mask: 0 with probability `rate`, else 1 / (1 - rate). */
  | { kind: 'dropout'; rate: number }
  /** Independent numbers from N(0, 1). */
  | { kind: 'noise' }
  /** Distinct whole numbers from 0 to `among` - 1, in random order. */
  | { kind: 'places'; among: number }
  /** Rows of zeros with a single 1: one of as many categories as a row is long, each as likely as any other. */
  | { kind: 'categories' }
  /** Whole numbers from -most to most. */
  | { kind: 'distances'; most: number }
  /** Masks of pictures [N, 1, H, W]: 0 in a square of `side` pixels about a pixel of the picture, else 1. */
  | { kind: 'cutouts'; side: number }
  /**
   * Pictures that an earlier step of the run reported as `of`: each is the newest or, once `capacity` of them are kept,
   * with probability 1/2 one of those, whose place it takes (Shrivastava et al. 2017, section 2.3).
   */
  | { kind: 'pastPictures'; of: string; capacity: number };

/** A value that the host draws anew for every run. */
export const fedInput = (name: string, shape: Shape, feed: Feed): Tensor =>
  applyOperator(inputOperator, [], { shape, feed }, name);

/** What the host draws for a leaf; undefined for one that is simply given. */
export const feedOf = (leaf: Tensor): Feed | undefined => (leaf.attributes as { feed?: Feed }).feed;

/** A mask from the host for every run: 0 with probability `rate`, else 1 / (1 - rate). */
export const dropoutMask = (name: string, shape: Shape, rate: number): Tensor =>
  fedInput(name, shape, { kind: 'dropout', rate });

/** The rate of a dropout mask; undefined for any other leaf. */
export function dropoutRateOf(leaf: Tensor): number | undefined {
  const feed = feedOf(leaf);
  return feed?.kind === 'dropout' ? feed.rate : undefined;
}

/** How a parameter begins. */
export type Initial = { kind: 'normal'; mean: number; deviation: number } | { kind: 'constant'; value: number };

/** A trained weight. `name` is unique in the step and stays in the exported model. */
export const parameter = (name: string, shape: Shape, initial: Initial): Tensor =>
  applyOperator(parameterOperator, [], { shape, initial }, name);

export const isParameter = (tensor: Tensor): boolean => tensor.operator === parameterOperator;
export const isLeaf = (tensor: Tensor): boolean =>
  tensor.operator === inputOperator || tensor.operator === parameterOperator;
export const initialOf = (tensor: Tensor): Initial => (tensor.attributes as { initial: Initial }).initial;
