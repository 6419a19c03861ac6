/**
 * Models of other tools whose pictures go in or come out as other numbers than float32 (half precision, bytes): the same
 * model with a conversion at its border, so that whoever runs it deals with float32 alone.
 */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from 'onnx-buf';

const FLOAT = 1;

/** Types of values that a picture or a number can be converted to and from, as ONNX numbers them. */
export const CONVERTED: Readonly<Record<number, { name: string; whole: boolean }>> = {
  2: { name: 'uint8', whole: true },
  5: { name: 'int16', whole: true },
  4: { name: 'uint16', whole: true },
  6: { name: 'int32', whole: true },
  7: { name: 'int64', whole: true },
  9: { name: 'bool', whole: true },
  10: { name: 'float16', whole: false },
  11: { name: 'double', whole: false },
  12: { name: 'uint32', whole: true },
  13: { name: 'uint64', whole: true },
  16: { name: 'bfloat16', whole: false },
};

/** The model with float32 at its border, under the same names; the bytes themselves where it has that already. */
export function withFloatBorder(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { graph } = model;
  if (!graph) return bytes;
  const presets = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter((given) => !presets.has(given.name) && typeToConvert(given) !== null);
  const outputs = graph.output.filter((given) => typeToConvert(given) !== null);
  if (inputs.length === 0 && outputs.length === 0) return bytes;
  const casts = [
    ...inputs.map((given) => castInput(graph, given)),
    ...outputs.map((given) => castOutput(graph, given)),
  ];
  graph.node = [...casts.slice(0, inputs.length), ...graph.node, ...casts.slice(inputs.length)];
  return toBinary(ModelProtoSchema, model);
}

function typeToConvert({ type }: ValueInfoProto): number | null {
  const elements = type?.value.case === 'tensorType' ? type.value.value.elemType : FLOAT;
  return elements in CONVERTED ? elements : null;
}

/** What reads the input reads the converted one from now on. */
function castInput(graph: GraphProto, given: ValueInfoProto): NodeProto {
  const inner = `${given.name}/converted`;
  const type = typeToConvert(given)!;
  for (const node of graph.node) node.input = node.input.map((name) => (name === given.name ? inner : name));
  becomeFloat(given);
  return cast(given.name, inner, type);
}

/** What made the output makes the one that is converted; so does what else reads it. */
function castOutput(graph: GraphProto, given: ValueInfoProto): NodeProto {
  const inner = `${given.name}/unconverted`;
  const renamed = (name: string): string => (name === given.name ? inner : name);
  for (const node of graph.node) [node.input, node.output] = [node.input.map(renamed), node.output.map(renamed)];
  for (const info of [...graph.initializer, ...graph.valueInfo]) info.name = renamed(info.name);
  becomeFloat(given);
  return cast(inner, given.name, FLOAT);
}

function becomeFloat({ type }: ValueInfoProto): void {
  if (type?.value.case === 'tensorType') type.value.value.elemType = FLOAT;
}

const cast = (from: string, to: string, type: number): NodeProto =>
  create(NodeProtoSchema, {
    ...{ opType: 'Cast', name: `convert/${from}`, input: [from], output: [to] },
    attribute: [create(AttributeProtoSchema, { name: 'to', type: Type.INT, i: BigInt(type) })],
  });
