/**
 * Reads ONNX models: ours, to translate and to train on from them, and other tools'. A model is hostile until it has
 * passed `readOnnx`: nothing that reaches outside the file, loops, or declares absurd sizes goes on to ONNX Runtime.
 */
import { fromBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  ModelProtoSchema,
  TensorProto_DataLocation,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type TensorProto,
  type TensorShapeProto_Dimension,
  type ValueInfoProto,
} from 'onnx-buf';
import { fromHalves, HALF } from './half.ts';

/** What is wrong with a model, in words for a person. */
export class ModelError extends Error {
  override name = 'ModelError';
}

export interface ModelInput {
  name: string;
  /** The type of its values, as ONNX numbers them; 0 where the model does not say, or where it is no tensor. */
  type: number;
  /** Lengths; a name where the model leaves one open, null where it says nothing. null where not even how many. */
  shape: (number | string | null)[] | null;
  /** What a single value is where it is not given. */
  preset?: number;
}

export interface ReadModel {
  inputs: ModelInput[];
  outputs: ModelInput[];
  metadata: Record<string, string>;
  opset: number;
  nodes: number;
  parameters: number;
  /** The float32 and float16 initialisers and constants, by name. */
  weights: Map<string, { shape: number[]; data: Float32Array }>;
  /** Whole numbers that say how something is done (lengths, axes), by name. */
  numbers: Map<string, readonly number[]>;
  /** What it does, in an order that works; constants are among the weights and the numbers. */
  steps: OnnxStep[];
}

export interface OnnxStep {
  operator: string;
  /** By name; empty for one that is left out. */
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

const MAX_NODES = 20_000;
const MAX_BYTES = 2 ** 31;
const FLOAT = 1;
const INT64 = 7;
/** Up to this version of the format every weight had to be an input, too. */
const WEIGHTS_ARE_INPUTS = 3n;
const DOMAINS = new Set(['', 'ai.onnx']);
const CONTROL_FLOW = new Set(['Loop', 'If', 'Scan']);

/** Reads a model. @throws ModelError saying what it is refused for */
export function readOnnx(bytes: Uint8Array): ReadModel {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new ModelError('it is not an ONNX file, or it is damaged', { cause: error });
  }
  const { graph } = model;
  if (!graph || graph.node.length === 0) throw new ModelError('it holds no graph');
  refuseHostile(model, graph);
  const weights = graph.initializer
    .filter(({ dataType }) => dataType === FLOAT || dataType === HALF)
    .map((tensor) => [tensor.name, readTensor(tensor)] as const);
  const constants = graph.node.flatMap(({ opType, output, attribute }) => {
    const value = opType === 'Constant' ? attribute.find(({ name }) => name === 'value')?.t : undefined;
    return value ? [[output[0]!, value] as const] : [];
  });
  const initialised = new Set(graph.initializer.map(({ name }) => name));
  const presets = model.irVersion > WEIGHTS_ARE_INPUTS ? presetsOf(weights) : new Map<string, number>();
  return {
    inputs: graph.input
      .filter(({ name }) => !initialised.has(name) || presets.has(name))
      .map((given) => {
        const preset = presets.get(given.name);
        return { ...readValueInfo(given), ...(preset !== undefined && { preset }) };
      }),
    outputs: graph.output.map(readValueInfo),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    opset: Number(model.opsetImport.find(({ domain }) => DOMAINS.has(domain))?.version ?? 0),
    nodes: graph.node.length,
    parameters: weights.reduce((total, [, { data }]) => total + data.length, 0),
    weights: new Map([
      ...weights,
      ...constants.filter(([, { dataType }]) => dataType === FLOAT).map(([name, t]) => [name, readTensor(t)] as const),
    ]),
    numbers: new Map(
      [...graph.initializer.map((tensor) => [tensor.name, tensor] as const), ...constants]
        .filter(([, { dataType }]) => dataType === INT64)
        .map(([name, tensor]) => [name, readNumbers(tensor)] as const),
    ),
    steps: graph.node
      .filter(({ opType, output }) => opType !== 'Constant' || !constants.some(([name]) => name === output[0]))
      .map(({ opType, input, output, attribute }) => ({
        operator: opType,
        inputs: input,
        outputs: output,
        attributes: Object.fromEntries(attribute.map((each) => [each.name, readAttribute(each)])),
      })),
  };
}

/** The weights that are one number: where they are inputs, too, they are what that input is by default. */
const presetsOf = (weights: readonly (readonly [string, { data: Float32Array }])[]): Map<string, number> =>
  new Map(weights.filter(([, { data }]) => data.length === 1).map(([name, { data }]) => [name, data[0]!]));

function refuseHostile(model: ModelProto, graph: GraphProto): void {
  if (model.functions.length > 0) throw new ModelError('it defines functions of its own, which are not supported');
  if (graph.node.length > MAX_NODES)
    throw new ModelError(`it has ${graph.node.length} nodes; at most ${MAX_NODES} are supported`);
  for (const { opType, domain, attribute } of graph.node) {
    if (!DOMAINS.has(domain)) throw new ModelError(`it uses ${domain}.${opType}, which is outside standard ONNX`);
    if (CONTROL_FLOW.has(opType) || attribute.some(({ g, graphs }) => g || graphs.length > 0))
      throw new ModelError(`it uses control flow (${opType}), which is not supported`);
    for (const { t, tensors, sparseTensor, sparseTensors } of attribute) {
      if (t) refuseTensor(t);
      tensors.forEach(refuseTensor);
      if (sparseTensor || sparseTensors.length > 0)
        throw new ModelError('it uses sparse weights, which are not supported');
    }
  }
  graph.initializer.forEach(refuseTensor);
  if (graph.sparseInitializer.length > 0) throw new ModelError('it uses sparse weights, which are not supported');
}

function refuseTensor({ name, dims, externalData, dataLocation }: TensorProto): void {
  if (externalData.length > 0 || dataLocation !== TensorProto_DataLocation.DEFAULT)
    throw new ModelError(`it keeps "${name}" in another file; save it as one file`);
  const elements = dims.reduce((product, length) => product * Number(length), 1);
  if (!(elements >= 0 && elements * 4 <= MAX_BYTES)) throw new ModelError(`"${name}" declares ${elements} values`);
}

function readTensor({ name, dims, dataType, rawData, floatData, int32Data }: TensorProto): {
  shape: number[];
  data: Float32Array;
} {
  const shape = dims.map(Number);
  const size = shape.reduce((product, length) => product * length, 1);
  if (rawData.length % (dataType === HALF ? 2 : 4) !== 0) throw new ModelError(`"${name}" has a broken length`);
  // Raw data may lie at any byte of the file; a copy aligns it. (Not `slice`: of a Node Buffer it is no copy.)
  const raw = Uint8Array.from(rawData).buffer;
  const data =
    dataType === HALF
      ? fromHalves(rawData.length > 0 ? new Uint16Array(raw) : Uint16Array.from(int32Data))
      : rawData.length > 0
        ? new Float32Array(raw)
        : Float32Array.from(floatData);
  if (data.length !== size) throw new ModelError(`"${name}" has ${data.length} values where its shape needs ${size}`);
  return { shape, data };
}

function readNumbers({ name, rawData, int64Data }: TensorProto): number[] {
  if (rawData.length % 8 !== 0) throw new ModelError(`"${name}" has a broken length`);
  const raw = new BigInt64Array(Uint8Array.from(rawData).buffer);
  return Array.from(rawData.length > 0 ? raw : int64Data, Number);
}

const UTF8 = new TextDecoder();

function readAttribute({ type, f, i, s, floats, ints }: AttributeProto): number | string | readonly number[] {
  switch (type) {
    case AttributeProto_AttributeType.FLOAT:
      return f;
    case AttributeProto_AttributeType.STRING:
      return UTF8.decode(s);
    case AttributeProto_AttributeType.FLOATS:
      return floats;
    case AttributeProto_AttributeType.INTS:
      return ints.map(Number);
    default:
      return Number(i);
  }
}

function readValueInfo({ name, type }: ValueInfoProto): ModelInput {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined;
  // A length of 0 or below is how some converters write one that is free.
  const lengthOf = ({ value }: TensorShapeProto_Dimension): number | string | null =>
    value.case === 'dimParam'
      ? value.value
      : value.case === 'dimValue' && value.value > 0n
        ? Number(value.value)
        : null;
  return { name, type: tensor?.elemType ?? 0, shape: tensor?.shape?.dim.map(lengthOf) ?? null };
}
