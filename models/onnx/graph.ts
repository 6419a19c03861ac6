/**
 * The graph of an ONNX model in our own language, for pictures of one size, where the language has what the model is made
 * of: so that engines of ours run models of other tools. Operators by ONNX's specification (onnx.ai/onnx/operators).
 */
import { sizeOf, parameter, type Shape, type Tensor } from '../graph/tensor.ts';
import {
  add,
  broadcastTo,
  concat,
  conv2d,
  convTranspose2d,
  div,
  exp,
  leakyRelu,
  log,
  mul,
  neg,
  offset,
  pad,
  pixelShuffle,
  prelu,
  reduceMean,
  reflectPad,
  relu,
  reshape,
  scale,
  sigmoid,
  slice,
  softplus,
  sqrt,
  standardize,
  sub,
  tanh,
  transpose,
  upsample,
  abs,
} from '../graph/operators/index.ts';
import type { OnnxStep, ReadModel } from './read.ts';

/** What of a model the language does not have, in a few words. */
export class NotInLanguage extends Error {
  override name = 'NotInLanguage';
}

type Model = Pick<ReadModel, 'steps' | 'numbers' | 'weights' | 'inputs' | 'outputs'>;

export interface ImportedGraph {
  inputs: Record<string, Tensor>;
  outputs: Record<string, Tensor>;
}

/**
 * @param given what goes in, by name
 * @param wanted the outputs that are needed, by name; null for all
 * @param leaf makes what a weight is: parameters of its name, unless it is said
 * @throws NotInLanguage
 */
export function importGraph(
  model: Model,
  given: Readonly<Record<string, Tensor>>,
  wanted: readonly string[] | null = null,
  leaf: (name: string, shape: Shape) => Tensor = (name, shape) =>
    parameter(name, shape, { kind: 'constant', value: 0 }),
): ImportedGraph {
  const known = new Map(Object.entries(given));
  const weightOf = new Map<string, Tensor>();
  /** Weights that are kept in halves are cast first: the same weight by another name. */
  const sameAs = new Map<string, string>();
  const named = (name: string): string => sameAs.get(name) ?? name;
  const tensorOf = (name: string): Tensor => {
    const made = known.get(name) ?? weightOf.get(named(name));
    if (made) return made;
    const weight = model.weights.get(named(name));
    if (!weight) throw new NotInLanguage(`"${name}", of which it does not say what it is`);
    const own = leaf(named(name), weight.shape);
    weightOf.set(named(name), own);
    return own;
  };
  const names = wanted ?? model.outputs.map(({ name }) => name);
  for (const step of stepsFor(model.steps, names)) {
    const at: At = {
      ...step,
      has: (i) => (step.inputs[i] ?? '') !== '',
      tensor: (i) => tensorOf(step.inputs[i]!),
      number: (i) => {
        const weight = known.has(step.inputs[i]!) ? undefined : model.weights.get(named(step.inputs[i]!));
        return weight?.data.length === 1 ? weight.data[0]! : null;
      },
      numbers: (i) => {
        const name = named(step.inputs[i]!);
        const numbers = model.numbers.get(name) ?? model.weights.get(name)?.data;
        if (!numbers) throw new NotInLanguage(`${step.operator} by numbers that it works out itself`);
        return [...numbers];
      },
    };
    if (step.operator === 'Cast' && model.weights.has(named(step.inputs[0]!))) {
      sameAs.set(step.outputs[0]!, named(step.inputs[0]!));
      continue;
    }
    if (!Object.hasOwn(READ, step.operator)) throw new NotInLanguage(`the operator ${step.operator}`);
    known.set(step.outputs[0]!, READ[step.operator]!(at));
  }
  return {
    inputs: { ...given },
    outputs: Object.fromEntries(names.map((name) => [name, tensorOf(name)])),
  };
}

/** Those that some results need. */
function stepsFor(steps: readonly OnnxStep[], results: readonly string[]): OnnxStep[] {
  const needed = new Set(results);
  return [...steps]
    .reverse()
    .filter(({ inputs, outputs }) => {
      const own = outputs.some((name) => needed.has(name));
      if (own) inputs.forEach((name) => needed.add(name));
      return own;
    })
    .reverse();
}

/** A step of a model, with what goes into it. */
interface At extends OnnxStep {
  has: (input: number) => boolean;
  tensor: (input: number) => Tensor;
  /** A constant that is a single number; null where it is none. */
  number: (input: number) => number | null;
  /** Constants that say how something is done. @throws NotInLanguage where they are worked out */
  numbers: (input: number) => number[];
}

const scalar = ({ attributes }: At, name: string, otherwise: number): number => {
  const value = attributes[name];
  return typeof value === 'number' ? value : otherwise;
};
const ints = ({ attributes }: At, name: string): readonly number[] | undefined => {
  const value = attributes[name];
  return Array.isArray(value) ? value : undefined;
};
const text = ({ attributes }: At, name: string, otherwise: string): string => {
  const value = attributes[name];
  return typeof value === 'string' ? value : otherwise;
};

function require(holds: boolean, what: string): void {
  if (!holds) throw new NotInLanguage(what);
}

/** Of each channel one number, so that it repeats over pictures. */
const asChannels = (x: Tensor): Tensor => reshape(x, { shape: [1, sizeOf(x.shape), 1, 1] });

const one =
  (apply: (x: Tensor) => Tensor) =>
  (at: At): Tensor =>
    apply(at.tensor(0));

/** Of two tensors, or of one and a number. */
const two =
  (both: (a: Tensor, b: Tensor) => Tensor, byNumber: (x: Tensor, by: number) => Tensor, turned?: typeof byNumber) =>
  (at: At): Tensor => {
    const [a, b] = [at.number(0), at.number(1)];
    if (b !== null) return byNumber(at.tensor(0), b);
    if (a !== null && turned) return turned(at.tensor(1), a);
    return both(at.tensor(0), at.tensor(1));
  };

function geometry(
  at: At,
  kernel: readonly number[],
): { stride: number; pads: readonly [number, number, number, number] } {
  const strides = ints(at, 'strides') ?? [1, 1];
  const pads = ints(at, 'pads') ?? [0, 0, 0, 0];
  require(kernel.length === 2 && strides.length === 2, `${at.operator} of other than pictures`);
  require(strides[0] === strides[1], `${at.operator} with strides of its own for rows and columns`);
  require((ints(at, 'dilations') ?? [1, 1]).every((each) => each === 1), `${at.operator} with dilations`);
  require(scalar(at, 'group', 1) === 1, `${at.operator} in groups`);
  require(['NOTSET', 'VALID'].includes(text(at, 'auto_pad', 'NOTSET')), `${at.operator} that pads by itself`);
  return { stride: strides[0]!, pads: pads as unknown as readonly [number, number, number, number] };
}

const biased = (at: At, x: Tensor): Tensor => (at.has(2) ? add(x, asChannels(at.tensor(2))) : x);

/** Repeats the outermost row (column) on each side. */
function repeated(x: Tensor, axis: number, before: number, after: number): Tensor {
  const edge = (begin: number, length: number): Tensor[] => {
    if (length === 0) return [];
    const line = slice(x, {
      begin: x.shape.map((_, i) => (i === axis ? begin : 0)),
      size: x.shape.map((size, i) => (i === axis ? 1 : size)),
    });
    return [broadcastTo(line, { shape: x.shape.map((size, i) => (i === axis ? length : size)) })];
  };
  const parts = [...edge(0, before), x, ...edge(x.shape[axis]! - 1, after)];
  return parts.length === 1 ? x : concat(parts, { axis });
}

function padded(at: At): Tensor {
  const x = at.tensor(0);
  const rank = x.shape.length;
  const all = ints(at, 'pads') ?? at.numbers(1);
  require(all.length === 2 * rank && all.every((n) => n >= 0), 'Pad that cuts, or of some axes');
  const pads = x.shape.map((_, i) => [all[i]!, all[i + rank]!] as const);
  switch (text(at, 'mode', 'constant')) {
    case 'constant':
      require(!at.has(2) || at.number(2) === 0, 'Pad with other than zeros');
      return pad(x, { pads });
    case 'edge':
      return pads.reduce((wide, [before, after], axis) => repeated(wide, axis, before, after), x);
    case 'reflect': {
      const by = pads.at(-1)![0];
      const even = rank === 4 && pads.every(([before, after], i) => before === after && before === (i < 2 ? 0 : by));
      require(even, 'Pad that reflects unevenly');
      return by === 0 ? x : reflectPad(x, { by });
    }
    default:
      throw new NotInLanguage(`Pad by "${text(at, 'mode', '')}"`);
  }
}

function sliced(at: At): Tensor {
  const x = at.tensor(0);
  const [starts, ends] = [ints(at, 'starts') ?? at.numbers(1), ints(at, 'ends') ?? at.numbers(2)];
  const axes = ints(at, 'axes') ?? (at.has(3) ? at.numbers(3) : starts.map((_, i) => i));
  require(!at.has(4) || at.numbers(4).every((step) => step === 1), 'Slice with steps');
  const [begin, end] = [x.shape.map(() => 0), [...x.shape]];
  axes.forEach((axis, i) => {
    const own = axis < 0 ? axis + x.shape.length : axis;
    const length = x.shape[own]!;
    const place = (n: number): number => Math.min(length, Math.max(0, n < 0 ? n + length : n));
    [begin[own], end[own]] = [place(starts[i]!), place(ends[i]!)];
  });
  return slice(x, { begin, size: end.map((to, i) => to - begin[i]!) });
}

function resized(at: At): Tensor {
  const x = at.tensor(0);
  require(at.operator === 'Upsample' || at.has(2), 'Resize to a size, not by a factor');
  const factors = at.numbers(at.operator === 'Upsample' ? 1 : 2);
  const factor = factors.at(-1)!;
  const whole = factors.length === 4 && factors[0] === 1 && factors[1] === 1 && factors[2] === factor;
  require(whole && Number.isInteger(factor), `${at.operator} by other than a whole number`);
  require(text(at, 'mode', 'nearest') === 'nearest', `${at.operator} that is not to the nearest`);
  // By a whole number all ways to find the nearest agree but those that round from the middles of pixels upwards.
  const [where, nearest] = [
    text(at, 'coordinate_transformation_mode', 'half_pixel'),
    text(at, 'nearest_mode', 'round_prefer_floor'),
  ];
  const floors = where === 'asymmetric' && nearest === 'floor';
  require(at.operator === 'Upsample' || floors || where.includes('half_pixel'), `Resize by ${where} and ${nearest}`);
  return factor === 1 ? x : upsample(x, { factor });
}

function shuffled(at: At): Tensor {
  const x = at.tensor(0);
  const factor = scalar(at, 'blocksize', 1);
  if (text(at, 'mode', 'DCR') === 'CRD') return pixelShuffle(x, { factor });
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  require(n === 1, 'DepthToSpace of several pictures');
  // Blocks outermost: channels are brought there.
  const [blocks, each] = [factor * factor, channels / (factor * factor)];
  const turned = transpose(reshape(x, { shape: [blocks, each, height, width] }), { order: [1, 0, 2, 3] });
  return pixelShuffle(reshape(turned, { shape: [1, channels, height, width] }), { factor });
}

const READ: Readonly<Record<string, (at: At) => Tensor>> = {
  Abs: one(abs),
  Add: two(add, (x, by) => offset(x, { by }), (x, by) => offset(x, { by })), // oxfmt-ignore
  BatchNormalization: (at) => {
    const [gain, shift, mean, variance] = [1, 2, 3, 4].map((i) => asChannels(at.tensor(i))) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const deviation = sqrt(offset(variance, { by: scalar(at, 'epsilon', 1e-5) }));
    return add(mul(sub(at.tensor(0), mean), div(gain, deviation)), shift);
  },
  Clip: (at) => {
    const bound = (i: number, name: string): number | null =>
      at.has(i) ? (at.number(i) ?? at.numbers(i)[0]!) : name in at.attributes ? scalar(at, name, 0) : null;
    const [least, most] = [bound(1, 'min'), bound(2, 'max')];
    const above = (x: Tensor, by: number): Tensor => offset(relu(offset(x, { by: -by })), { by });
    const x = least === null ? at.tensor(0) : above(at.tensor(0), least);
    return most === null ? x : neg(above(neg(x), -most));
  },
  Cast: (at) => {
    require(scalar(at, 'to', 1) === 1, 'Cast to other than float32');
    return at.tensor(0);
  },
  Concat: (at) => {
    const parts = at.inputs.map((_, i) => at.tensor(i));
    const axis = scalar(at, 'axis', 1);
    return concat(parts, { axis: axis < 0 ? axis + parts[0]!.shape.length : axis });
  },
  Conv: (at) => {
    const weight = at.tensor(1);
    return biased(at, conv2d(at.tensor(0), weight, geometry(at, weight.shape.slice(2))));
  },
  ConvTranspose: (at) => {
    const [x, weight] = [at.tensor(0), at.tensor(1)];
    const { stride, pads } = geometry(at, weight.shape.slice(2));
    require(ints(at, 'output_shape') === undefined, 'ConvTranspose to a size');
    const more = ints(at, 'output_padding') ?? [0, 0];
    const size = [0, 1].map(
      (i) => (x.shape[2 + i]! - 1) * stride + weight.shape[2 + i]! - pads[i]! - pads[2 + i]! + more[i]!,
    ) as [number, number];
    return biased(at, convTranspose2d(x, weight, { stride, pads, size }));
  },
  DepthToSpace: shuffled,
  Div: two(div, (x, by) => scale(x, { factor: 1 / by })),
  Dropout: one((x) => x),
  Exp: one(exp),
  GlobalAveragePool: one((x) => reduceMean(x, { axes: [2, 3] })),
  Identity: one((x) => x),
  InstanceNormalization: (at) => {
    const normal = standardize(at.tensor(0), { over: 'instance', epsilon: scalar(at, 'epsilon', 1e-5) });
    return add(mul(normal, asChannels(at.tensor(1))), asChannels(at.tensor(2)));
  },
  LeakyRelu: (at) => leakyRelu(at.tensor(0), { alpha: scalar(at, 'alpha', 0.01) }),
  Log: one(log),
  Mul: two(mul, (x, factor) => scale(x, { factor }), (x, factor) => scale(x, { factor })), // oxfmt-ignore
  Neg: one(neg),
  PRelu: (at) => prelu(at.tensor(0), asChannels(at.tensor(1))),
  Pad: padded,
  Relu: one(relu),
  Resize: resized,
  Sigmoid: one(sigmoid),
  Slice: sliced,
  Softplus: one(softplus),
  Sqrt: one(sqrt),
  Sub: two(sub, (x, by) => offset(x, { by: -by }), (x, by) => offset(neg(x), { by })), // oxfmt-ignore
  Tanh: one(tanh),
  Transpose: (at) => {
    const x = at.tensor(0);
    return transpose(x, { order: ints(at, 'perm') ?? x.shape.map((_, i) => x.shape.length - 1 - i) });
  },
  Upsample: resized,
};
