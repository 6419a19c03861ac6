/** Writes a graph as an ONNX model (opset 17, IR 8): weights as inputs for training, as initialisers for export. */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type ValueInfoProto,
} from 'onnx-buf';
import { topological } from '../graph/graph.ts';
import { isLeaf, type OnnxTarget, type Shape, type Tensor } from '../graph/tensor.ts';
import { Emitter } from './emitter.ts';

export const OPSET = 17;
const IR_VERSION = 8n;

export interface OnnxOptions {
  target: OnnxTarget;
  /** Parameters to store in the model, by name; those not given become inputs. */
  weights?: ReadonlyMap<string, Float32Array>;
  /** Tensors that are given from outside, with the name under which they are: they become inputs, whatever made them. */
  given?: ReadonlyMap<Tensor, string>;
  metadata?: Readonly<Record<string, string>>;
  /** Leaves height and width of pictures [N, C, H, W] open, where the graph does not depend on them. */
  freeSize?: boolean;
}

/** A model as bytes, and what it takes and gives. */
export interface OnnxModel {
  bytes: Uint8Array;
  inputs: { name: string; shape: Shape }[];
  outputs: { name: string; shape: Shape }[];
}

/** Writes the graph of `outputs`, named by their keys. */
export function writeOnnx(
  outputs: Readonly<Record<string, Tensor>>,
  { target, weights = new Map(), given = new Map(), metadata = {}, freeSize = false }: OnnxOptions,
): OnnxModel {
  const order = topological(Object.values(outputs), given);
  const emit = new Emitter(target, freeSize);
  const names = new Map<Tensor, string>(given);
  const inputs: OnnxModel['inputs'] = [...given].map(([{ shape }, name]) => ({ name, shape }));
  for (const tensor of order) {
    if (isLeaf(tensor)) {
      const data = weights.get(tensor.name);
      if (data) emit.floatTensor(tensor.name, data, tensor.shape);
      else inputs.push({ name: tensor.name, shape: tensor.shape });
      names.set(tensor, tensor.name);
      continue;
    }
    emit.scope = tensor.operator.name;
    names.set(
      tensor,
      tensor.operator.onnx(
        emit,
        tensor.inputs.map((input) => names.get(input)!),
        tensor.attributes,
        tensor,
      ),
    );
  }
  const results = Object.entries(outputs).map(([name, tensor]) => ({ name, tensor, shape: tensor.shape }));
  for (const { name, tensor } of results)
    emit.nodeProtos.push(
      create(NodeProtoSchema, {
        opType: 'Identity',
        name: `return/${name}`,
        input: [names.get(tensor)!],
        output: [name],
      }),
    );
  const first = inputs.find(({ shape }) => shape.length === 4)?.shape;
  /** Free sides are so many times those of the first picture that goes in. */
  const sides = (shape: Shape): Dimension[] => {
    if (!freeSize || shape.length !== 4) return [...shape];
    const times = shape[2]! / first![2]!;
    return [shape[0]!, shape[1]!, ...['height', 'width'].map((side) => (times === 1 ? side : `${times} ${side}`))];
  };
  const nodes = forwardResults(
    emit.nodeProtos,
    new Set(inputs.map(({ name }) => name)),
    new Set(emit.initializers.map(({ name }) => name)),
  );
  return {
    bytes: sealOnnx(
      { nodeProtos: nodes, initializers: emit.initializers },
      {
        inputs: inputs.map(({ name, shape }) => ({ name, shape: sides(shape) })),
        outputs: results.map(({ name, shape }) => ({ name, shape: sides(shape) })),
        metadata,
      },
    ),
    inputs,
    outputs: results.map(({ name, shape }) => ({ name, shape })),
  };
}

/** A length, or the name of one that is free. */
type Dimension = number | string;

/** What a model takes and gives, and what is written about it. */
interface Border {
  inputs: readonly { name: string; shape: readonly Dimension[] }[];
  outputs: readonly { name: string; shape: readonly Dimension[] }[];
  metadata: Readonly<Record<string, string>>;
}

/** The file of a model whose nodes and constants are written. */
export function sealOnnx(
  emit: Pick<Emitter, 'nodeProtos' | 'initializers'>,
  { inputs, outputs, metadata }: Border,
): Uint8Array {
  const graph = create(GraphProtoSchema, {
    name: 'maquette',
    node: emit.nodeProtos,
    initializer: emit.initializers,
    input: inputs.map(({ name, shape }) => valueInfo(name, shape)),
    output: outputs.map(({ name, shape }) => valueInfo(name, shape)),
  });
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'maquette',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(OPSET) })],
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
  return toBinary(ModelProtoSchema, model);
}

type Node = Emitter['nodeProtos'][number];

/** Lets a node write straight to the result's name instead of through a copy, where it has that name to itself. */
function forwardResults(
  nodes: readonly Node[],
  inputs: ReadonlySet<string>,
  initializers: ReadonlySet<string>,
): Node[] {
  const renamed = new Map<string, string>();
  for (const node of nodes) {
    const from = node.input[0]!;
    if (node.name.startsWith('return/') && !renamed.has(from) && !inputs.has(from) && !initializers.has(from))
      renamed.set(from, node.output[0]!);
  }
  const kept = nodes.filter(
    (node) => !(node.name.startsWith('return/') && renamed.get(node.input[0]!) === node.output[0]),
  );
  for (const node of kept) {
    node.input = node.input.map((name) => renamed.get(name) ?? name);
    node.output = node.output.map((name) => renamed.get(name) ?? name);
  }
  return kept;
}

function valueInfo(name: string, shape: readonly Dimension[]): ValueInfoProto {
  const dim = shape.map((length) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof length === 'string' ? { case: 'dimParam', value: length } : { case: 'dimValue', value: BigInt(length) },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, { elemType: 1, shape: create(TensorShapeProtoSchema, { dim }) });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}
