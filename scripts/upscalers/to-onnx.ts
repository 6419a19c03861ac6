/** Networks that others trained as models of ours: ONNX, pictures in [-1, 1], any height and width. */
import { Emitter } from '../../models/onnx/emitter.ts';
import { sealOnnx } from '../../models/onnx/write.ts';
import { activationOf, type NcnnLayer } from './ncnn.ts';
import { cropOf } from './plain.ts';

export interface UpscalerForm {
  /** What comes out is so many times as wide and high. */
  scale: number;
  /** Pixels that are mirrored outwards first, for networks that pad nothing themselves. */
  mirrored: number;
  /**
   * So many pixels are added around the picture, each as the nearest one at its edge, and cut off from the result again: for
   * networks that pad with zeros and show it, by darker edges.
   */
  margin: number;
  /** Height and width are multiples of it. */
  multiple: number;
  /** How far a pixel of the result looks, in pixels of the input; tiles overlap by twice as much. */
  reach: number;
  /** Its largest tile, in pixels of the input: what it computes at the size of the result takes memory. */
  tile: number;
  /** Its pictures are in [0, white]. */
  white: number;
  /** Of the card: the network's name. */
  name: string;
}

/** Smaller pictures are mirrored outwards to it: more than any network mirrors itself. */
const SMALLEST = 64;

/** Writes a layer's nodes; gives the names of its results. */
export type Write<Layer> = (layer: Layer, inputs: readonly string[], emit: Emitter) => string | string[];

const number = ({ options }: NcnnLayer, key: number, otherwise = 0): number => Number(options.get(key) ?? otherwise);

function activated(layer: NcnnLayer, x: string, emit: Emitter): string {
  const act = activationOf(layer);
  if (act.kind === 'none') return x;
  if (act.kind === 'relu') return emit.node('Relu', [x]);
  if (act.kind === 'sigmoid') return emit.node('Sigmoid', [x]);
  return emit.node('LeakyRelu', [x], { alpha: { float: act.alpha } });
}

/** Stride, padding and kernel as ONNX has them, with the weights and the bias as inputs. */
function convolution(layer: NcnnLayer, [x]: readonly string[], emit: Emitter, transposed: boolean): string {
  const [outputs, kernel] = [number(layer, 0), number(layer, 1)];
  const [stride, padding] = [number(layer, 3, 1), number(layer, 4)];
  const inputs = layer.weight.length / (outputs * kernel * kernel);
  const weight = transposed ? swapped(layer.weight, outputs, inputs, kernel * kernel) : layer.weight;
  const dims = transposed ? [inputs, outputs, kernel, kernel] : [outputs, inputs, kernel, kernel];
  const given = [x!, emit.floatTensor(`${layer.name}.weight`, weight, dims)];
  if (layer.bias.length > 0) given.push(emit.floatTensor(`${layer.name}.bias`, layer.bias, [outputs]));
  const result = emit.node(transposed ? 'ConvTranspose' : 'Conv', given, {
    kernel_shape: { ints: [kernel, kernel] },
    strides: { ints: [stride, stride] },
    pads: { ints: [padding, padding, padding, padding] },
  });
  return activated(layer, result, emit);
}

/** Rows and columns from a place to another, which is counted from the end where it is negative. */
const sliced = (x: string, from: readonly number[], to: readonly number[], emit: Emitter): string =>
  emit.node('Slice', [x, ...[from, to, [2, 3]].map((each) => emit.int64s(each))]);

/** [a, b, n] as [b, a, n]. */
function swapped(from: Float32Array, a: number, b: number, n: number): Float32Array {
  const to = new Float32Array(from.length);
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++) to.set(from.subarray((i * b + j) * n, (i * b + j + 1) * n), (j * a + i) * n);
  return to;
}

const LAYERS: Readonly<Record<string, Write<NcnnLayer>>> = {
  Split: ({ outputs }, [x]) => outputs.map(() => x!),
  Concat: (_, inputs, emit) => emit.node('Concat', inputs, { axis: { int: 1 } }),
  Convolution: (layer, inputs, emit) => convolution(layer, inputs, emit, false),
  Deconvolution: (layer, inputs, emit) => convolution(layer, inputs, emit, true),
  PReLU: ({ name, slope }, [x], emit) =>
    emit.node('PRelu', [x!, emit.floatTensor(`${name}.slope`, slope, [slope.length, 1, 1])]),
  PixelShuffle: (layer, [x], emit) =>
    emit.node('DepthToSpace', [x!], { blocksize: { int: number(layer, 0) }, mode: { string: 'CRD' } }),
  Interp: (layer, [x], emit) => {
    const scales = emit.floats([1, 1, number(layer, 1), number(layer, 2)]);
    const how =
      number(layer, 0) === 1
        ? {
            mode: { string: 'nearest' },
            coordinate_transformation_mode: { string: 'asymmetric' },
            nearest_mode: { string: 'floor' },
          }
        : { mode: { string: 'cubic' }, cubic_coeff_a: { float: -0.75 } };
    return emit.node('Resize', [x!, '', scales], how);
  },
  BinaryOp: (layer, inputs, emit) => emit.node(number(layer, 0) === 2 ? 'Mul' : 'Add', inputs),
  Eltwise: ({ options }, [a, b], emit) => {
    const [first, second] = (options.get(1) as readonly number[] | undefined) ?? [1, 1];
    const times = (x: string, by: number): string => (by === 1 ? x : emit.node('Mul', [x, emit.scalar(by)]));
    return emit.node('Add', [times(a!, first!), times(b!, second!)]);
  },
  Crop: ({ options }, [x], emit) => {
    const [[, top, left], [, bottom, right]] = cropOf(options);
    return sliced(x!, [top, left], [-bottom, -right], emit);
  },
  Pooling: (_, [x], emit) => emit.node('GlobalAveragePool', [x!]),
  // A mean is a picture of one pixel: what is computed from it is a convolution of one pixel.
  InnerProduct: (layer, [x], emit) => {
    const outputs = number(layer, 0);
    const dims = [outputs, layer.weight.length / outputs, 1, 1];
    const given = [x!, emit.floatTensor(`${layer.name}.weight`, layer.weight, dims)];
    if (layer.bias.length > 0) given.push(emit.floatTensor(`${layer.name}.bias`, layer.bias, [outputs]));
    return activated(layer, emit.node('Conv', given), emit);
  },
};

/** @throws Error for layers that are not known here */
export const ncnnToOnnx = (layers: readonly NcnnLayer[], form: UpscalerForm): Uint8Array =>
  upscalerToOnnx(layers, LAYERS, { ...form, input: 'Input' });

/** A layer of any network, in the order in which they are computed; its inputs are results of those before it. */
interface SomeLayer {
  type: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
}

/** `input` is the type of the layer that stands for the picture. @throws Error for layers that the table does not know */
export function upscalerToOnnx<Layer extends SomeLayer>(
  layers: readonly Layer[],
  table: Readonly<Record<string, Write<Layer>>>,
  { scale, mirrored, margin, multiple, reach, tile, white, name, input }: UpscalerForm & { input: string },
): Uint8Array {
  const emit = new Emitter('export');
  const half = emit.scalar(white / 2);
  let first = emit.node('Add', [emit.node('Mul', ['picture', half]), half]);
  for (const [by, mode] of [
    [mirrored, 'reflect'],
    [margin, 'edge'],
  ] as const)
    if (by > 0)
      first = emit.node('Pad', [first, emit.int64s([0, 0, by, by, 0, 0, by, by])], { mode: { string: mode } });
  const known = new Map<string, string>();
  let last = first;
  for (const layer of layers) {
    if (layer.type === input) {
      known.set(layer.outputs[0]!, first);
      continue;
    }
    const write = table[layer.type];
    if (!write) throw new Error(`a layer ${layer.type} is not known here`);
    emit.scope = layer.name;
    const results = write(
      layer,
      layer.inputs.map((each) => known.get(each)!),
      emit,
    );
    for (const [i, result] of (Array.isArray(results) ? results : [results]).entries()) {
      known.set(layer.outputs[i]!, result);
      last = result;
    }
  }
  emit.scope = 'return';
  if (margin > 0) last = sliced(last, [margin * scale, margin * scale], [-margin * scale, -margin * scale], emit);
  const scaled = emit.node('Sub', [emit.node('Mul', [last, emit.scalar(2 / white)]), emit.scalar(1)]);
  emit.nodeProtos.at(-1)!.output[0] = 'upscaled';
  if (scaled === 'upscaled') throw new Error('a layer has the name of the result');
  return sealOnnx(emit, {
    inputs: [{ name: 'picture', shape: [1, 3, 'height', 'width'] }],
    outputs: [{ name: 'upscaled', shape: [1, 3, `${scale} height`, `${scale} width`] }],
    metadata: {
      'maquette.family': name,
      'maquette.does': 'upscale',
      'maquette.range': '-1..1',
      'maquette.size': String(SMALLEST),
      'maquette.scale': String(scale),
      'maquette.multiple': String(multiple),
      'maquette.reach': String(reach),
      'maquette.tile': String(tile),
    },
  });
}
