/** Models for tests, written by hand: of any size, of other tools, and hostile ones that must be refused in words. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { values } from './values.ts';

type Dims = readonly (number | string)[];

const FLOAT = 1;
const INT64 = 7;

export function valueInfo(name: string, dims: Dims, elemType = FLOAT): ValueInfoProto {
  const dim = dims.map((length) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof length === 'number' ? { case: 'dimValue', value: BigInt(length) } : { case: 'dimParam', value: length },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, { elemType, shape: create(TensorShapeProtoSchema, { dim }) });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}

export const floats = (name: string, dims: readonly number[], data: readonly number[] | Float32Array): TensorProto =>
  create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: FLOAT, floatData: [...data] });

export const int64s = (name: string, data: readonly number[]): TensorProto =>
  create(TensorProtoSchema, { name, dims: [BigInt(data.length)], dataType: INT64, int64Data: data.map(BigInt) });

export function node(
  opType: string,
  input: readonly string[],
  output: string,
  attribute: AttributeProto[] = [],
  domain = '',
): NodeProto {
  return create(NodeProtoSchema, { opType, name: output, input: [...input], output: [output], attribute, domain });
}

export const ints = (name: string, list: readonly number[]): AttributeProto =>
  create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: list.map(BigInt) });
const text = (name: string, value: string): AttributeProto =>
  create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.STRING,
    s: new TextEncoder().encode(value),
  });

interface Parts {
  nodes: NodeProto[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
  weights?: TensorProto[];
  metadata?: Record<string, string>;
}

export function model({ nodes, inputs, outputs, weights = [], metadata = {} }: Parts): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'a test',
      opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 17n })],
      graph: create(GraphProtoSchema, { name: 'g', node: nodes, initializer: weights, input: inputs, output: outputs }),
      metadataProps: Object.entries(metadata).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      ),
    }),
  );
}

export const FREE = [1, 3, 'height', 'width'] as const;

/**
 * A model of ours of any size, as a ResNet generator is: halved, instance-normalised, doubled again, with random
 * weights. Height and width must be even.
 */
export function freeModel({ size = 32, direction = 'AtoB', seed = 1 } = {}): Uint8Array {
  const wide = 8;
  const random = (name: string, dims: number[], most: number): TensorProto =>
    floats(name, dims, values(seed, name, dims, [-most, most]));
  return model({
    nodes: [
      node('Conv', ['input', 'w1'], 'a', [
        ints('kernel_shape', [3, 3]),
        ints('strides', [2, 2]),
        ints('pads', [1, 1, 1, 1]),
      ]),
      node('InstanceNormalization', ['a', 'ones', 'zeros'], 'b'),
      node('Relu', ['b'], 'c'),
      node('ConvTranspose', ['c', 'w2'], 'd', [
        ints('kernel_shape', [4, 4]),
        ints('strides', [2, 2]),
        ints('pads', [1, 1, 1, 1]),
      ]),
      node('Tanh', ['d'], 'output'),
    ],
    weights: [
      random('w1', [wide, 3, 3, 3], 0.5),
      floats('ones', [wide], new Float32Array(wide).fill(1)),
      floats('zeros', [wide], new Float32Array(wide)),
      random('w2', [wide, 3, 4, 4], 0.2),
    ],
    inputs: [valueInfo('input', FREE)],
    outputs: [valueInfo('output', FREE)],
    metadata: {
      ...{ 'maquette.format': '1', 'maquette.family': 'cyclegan', 'maquette.size': String(size) },
      ...{ 'maquette.channels': '3', 'maquette.range': '-1..1', 'maquette.multiple': '2' },
      ...{ 'maquette.direction': direction, 'maquette.settings': '{}' },
    },
  });
}

/** A model of another tool that gives the complement of what it is given: NCHW, values 0..1, any size. */
export const invertingModel = (dims: Dims = FREE): Uint8Array =>
  model({
    nodes: [node('Sub', ['one', 'input'], 'd'), node('Clip', ['d', 'zero', 'one'], 'output')],
    weights: [floats('one', [], [1]), floats('zero', [], [0])],
    inputs: [valueInfo('input', dims)],
    outputs: [valueInfo('output', dims)],
  });

/** The same model with its first weight (a list of floats) in a file of that name beside it, as PyTorch keeps them. */
export function weightApart(bytes: Uint8Array, location: string): { model: Uint8Array; weights: Uint8Array } {
  const proto = fromBinary(ModelProtoSchema, bytes);
  const weight = proto.graph!.initializer[0]!;
  const weights = new Uint8Array(Float32Array.from(weight.floatData).buffer);
  [weight.floatData, weight.dataLocation] = [[], TensorProto_DataLocation.EXTERNAL];
  weight.externalData = [create(StringStringEntryProtoSchema, { key: 'location', value: location })];
  return { model: toBinary(ModelProtoSchema, proto), weights };
}

/** The Einsum that kills ONNX Runtime when its session is made: nobody may notice but who tried it. */
const einsum = (): Uint8Array =>
  model({
    nodes: [node('Einsum', ['a', 'b'], 'c', [text('equation', '...ij,...jk->...ik')])],
    weights: [floats('b', [2, 3, 3], new Float32Array(18))],
    inputs: [valueInfo('a', [3, 3])],
    outputs: [valueInfo('c', [2, 3, 3])],
  });

/** The same with the shapes of a picture before it, so that nothing but opening it tells what it does. */
const einsumOfPictures = (): Uint8Array =>
  model({
    nodes: [
      node('Reshape', ['input', 'flat'], 'a'),
      node('Einsum', ['a', 'b'], 'c', [text('equation', '...ij,...jk->...ik')]),
      node('ReduceMean', ['c'], 'd'),
      node('Add', ['input', 'd'], 'output'),
    ],
    weights: [int64s('flat', [-1, 3]), floats('b', [2, 3, 3], new Float32Array(18))],
    inputs: [valueInfo('input', [1, 3, 32, 32])],
    outputs: [valueInfo('output', [1, 3, 32, 32])],
  });

const elsewhere = (name: string): TensorProto =>
  create(TensorProtoSchema, {
    ...{ name, dims: [1n], dataType: FLOAT, dataLocation: TensorProto_DataLocation.EXTERNAL },
    externalData: [create(StringStringEntryProtoSchema, { key: 'location', value: 'secret.bin' })],
  });

const addTo = (weight: TensorProto, nodes: NodeProto[] = []): Uint8Array =>
  model({
    nodes: [...nodes, node('Add', ['input', weight.name], 'output')],
    weights: nodes.length > 0 ? [] : [weight],
    inputs: [valueInfo('input', [1, 3, 32, 32])],
    outputs: [valueInfo('output', [1, 3, 32, 32])],
  });

const attributed = (attribute: AttributeProto): Uint8Array =>
  addTo(floats('w', [1], [0]), [node('Constant', [], 'w', [attribute])]);

function endless(): Uint8Array {
  const body = create(GraphProtoSchema, {
    name: 'body',
    node: [node('Identity', ['go'], 'on'), node('Identity', ['v'], 'w')],
    input: [valueInfo('i', [], INT64), valueInfo('go', [], 9), valueInfo('v', FREE)],
    output: [valueInfo('on', [], 9), valueInfo('w', FREE)],
  });
  const loop = node('Loop', ['', 'yes', 'input'], 'output', [
    create(AttributeProtoSchema, { name: 'body', type: AttributeProto_AttributeType.GRAPH, g: body }),
  ]);
  const yes = create(TensorProtoSchema, { name: 'yes', dims: [], dataType: 9, int32Data: [1] });
  return model({
    nodes: [loop],
    weights: [yes],
    inputs: [valueInfo('input', FREE)],
    outputs: [valueInfo('output', FREE)],
  });
}

/** Adds a constant of so many elements to its picture. */
const huge = (dims: readonly number[]): Uint8Array =>
  model({
    nodes: [
      node('ConstantOfShape', ['dims'], 'a'),
      node('ReduceMean', ['a'], 'b'),
      node('Add', ['input', 'b'], 'output'),
    ],
    weights: [int64s('dims', dims)],
    inputs: [valueInfo('input', [1, 3, 32, 32])],
    outputs: [valueInfo('output', [1, 3, 32, 32])],
  });

const shaped = (given: Dims, result: Dims = given, elemType = FLOAT): Uint8Array =>
  model({
    nodes: [node('Identity', ['input'], 'output')],
    inputs: [valueInfo('input', given, elemType)],
    outputs: [valueInfo('output', result, elemType)],
  });

/** Works for minutes on every picture: each of its products of 3000 x 3000 takes about a second. */
export function slowModel(): Uint8Array {
  const side = 3000;
  const products = Array.from({ length: 200 }, (_, i) => node('MatMul', [`m${i}`, `m${i}`], `m${i + 1}`));
  return model({
    nodes: [
      node('ReduceMean', ['input'], 'mean'),
      node('Expand', ['mean', 'dims'], 'wide'),
      node('Mul', ['wide', 'small'], 'm0'),
      ...products,
      node('ReduceMean', ['m200'], 'b'),
      node('Add', ['input', 'b'], 'output'),
    ],
    weights: [int64s('dims', [1, 1, side, side]), floats('small', [], [1e-4])],
    inputs: [valueInfo('input', [1, 3, 8, 8])],
    outputs: [valueInfo('output', [1, 3, 8, 8])],
  });
}

const enlarging = (): Uint8Array =>
  model({
    nodes: [node('Resize', ['input', '', 'scales'], 'output', [text('mode', 'nearest')])],
    weights: [floats('scales', [4], [1, 1, 2, 2])],
    inputs: [valueInfo('input', ['n', 3, 'h', 'w'])],
    outputs: [valueInfo('output', ['n', 3, 'h2', 'w2'])],
  });

/** Files that must be refused, with what is said of each. */
export const hostileModels: Record<string, { bytes: () => Uint8Array; says: RegExp }> = {
  'no ONNX at all': {
    bytes: () => new TextEncoder().encode('hello, this is a text'),
    says: /not an ONNX file|no graph/,
  },
  'a truncated file': { bytes: () => freeModel().subarray(0, 700), says: /./ },
  'an empty file': { bytes: () => new Uint8Array(0), says: /no graph/ },
  'an Einsum that crashes the runtime': { bytes: einsumOfPictures, says: /the process that tried it out/ },
  'an Einsum that is no picture either': { bytes: einsum, says: /dimensions/ },
  'external data': {
    bytes: () => addTo(elsewhere('w')),
    says: /keeps its weights in "secret.bin"; put that file beside it/,
  },
  'external data in an attribute': {
    bytes: () =>
      attributed(
        create(AttributeProtoSchema, {
          ...{ name: 'value', type: AttributeProto_AttributeType.TENSOR, t: elsewhere('hidden') },
        }),
      ),
    says: /keeps its weights in "secret.bin"; put that file beside it/,
  },
  'external data in a list of tensors': {
    bytes: () =>
      attributed(
        create(AttributeProtoSchema, {
          ...{ name: 'value', type: AttributeProto_AttributeType.TENSORS, tensors: [elsewhere('hidden')] },
        }),
      ),
    says: /keeps its weights in "secret.bin"; put that file beside it/,
  },
  'an endless loop': { bytes: endless, says: /control flow/ },
  'a constant of 40 G elements': { bytes: () => huge([200_000, 200_000]), says: /./ },
  'a constant that fills the memory': { bytes: () => huge([50_000, 60_000]), says: /./ },
  'absurd dims': {
    bytes: () => addTo(create(TensorProtoSchema, { name: 'w', dims: [1n << 50n], dataType: FLOAT, floatData: [1] })),
    says: /declares/,
  },
  'too many nodes': {
    bytes: () =>
      model({
        nodes: Array.from({ length: 20_001 }, (_, i) => node('Relu', [i === 0 ? 'input' : `r${i - 1}`], `r${i}`)),
        inputs: [valueInfo('input', [1, 3, 32, 32])],
        outputs: [valueInfo('r20000', [1, 3, 32, 32])],
      }),
    says: /20001 nodes/,
  },
  'an operator of another domain': {
    bytes: () =>
      model({
        nodes: [node('FusedConv', ['input'], 'output', [], 'com.microsoft')],
        inputs: [valueInfo('input', FREE)],
        outputs: [valueInfo('output', FREE)],
      }),
    says: /outside standard ONNX/,
  },
  'two inputs': {
    bytes: () =>
      model({
        nodes: [node('Add', ['a', 'b'], 'output')],
        inputs: [valueInfo('a', FREE), valueInfo('b', FREE)],
        outputs: [valueInfo('output', FREE)],
      }),
    says: /it takes .* and .*; it can be given one picture only/,
  },
  'an input of text': { bytes: () => shaped([1, 3, 32, 32], [1, 3, 32, 32], 8), says: /no numbers/ },
  'pictures of five dimensions': { bytes: () => shaped([1, 1, 3, 32, 32]), says: /four dimensions/ },
  'a picture of 7 channels': { bytes: () => shaped([1, 7, 32, 32]), says: /3 channels or 1/ },
  'a model that enlarges': { bytes: enlarging, says: /2 times as large.*Upscale/ },
  'a batch of eight': { bytes: () => shaped([8, 3, 32, 32]), says: /8 pictures at a time/ },
};
