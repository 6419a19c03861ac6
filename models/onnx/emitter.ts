/** What an operator's ONNX form is written with: nodes, constants, and results shared between operators. */
import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';
import type { OnnxAttribute, OnnxTarget, OnnxWriter } from '../graph/tensor.ts';

const FLOAT = 1;
const INT64 = 7;

export class Emitter implements OnnxWriter {
  readonly target: OnnxTarget;
  readonly nodeProtos: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #shared = new Map<string, unknown>();
  /** The name that the next values get as their stem. */
  scope = 'v';
  #count = 0;

  readonly freeSize: boolean;

  constructor(target: OnnxTarget, freeSize = false) {
    this.target = target;
    this.freeSize = freeSize;
  }

  requireFixedSize(operator: string): void {
    if (this.freeSize) throw new Error(`${operator} has no form for pictures of any size`);
  }

  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.nodes(opType, inputs, 1, attributes)[0]!;
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    results: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string[] {
    const output = Array.from({ length: results }, () => `${this.scope}.${this.#count++}`);
    const name = output[0]!;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.nodeProtos.push(create(NodeProtoSchema, { opType, name, input: [...inputs], output, attribute }));
    return output;
  }

  shared<T>(key: string, make: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  }

  scalar(value: number): string {
    return this.shared(`scalar:${value}`, () => this.floatTensor(`const.${this.#count++}`, Float32Array.of(value), []));
  }

  floats(values: readonly number[]): string {
    return this.shared(`floats:${values.join()}`, () =>
      this.floatTensor(`const.${this.#count++}`, Float32Array.from(values), [values.length]),
    );
  }

  reshape(x: string, shape: readonly number[]): string {
    this.requireFixedSize('Reshape');
    return this.node('Reshape', [x, this.int64s(shape)]);
  }

  constant(key: string, shape: readonly number[], value: (index: number) => number): string {
    return this.shared(`constant:${key}:${shape.join()}`, () => {
      const size = shape.reduce((product, length) => product * length, 1);
      return this.floatTensor(
        `const.${this.#count++}`,
        new Float32Array(size).map((_, i) => value(i)),
        shape,
      );
    });
  }

  int64s(values: readonly number[]): string {
    return this.shared(`int64s:${values.join()}`, () => {
      const name = `shape.${this.#count++}`;
      const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      this.initializers.push(
        create(TensorProtoSchema, { name, dataType: INT64, dims: [BigInt(values.length)], rawData }),
      );
      return name;
    });
  }

  /** Adds an initialiser; gives its name. ONNX's raw data is little-endian, as every machine we run on is. */
  floatTensor(name: string, data: Float32Array, dims: readonly number[]): string {
    const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    this.initializers.push(create(TensorProtoSchema, { name, dataType: FLOAT, dims: dims.map(BigInt), rawData }));
    return name;
  }
}

export function attributeProto(name: string, value: OnnxAttribute): AttributeProto {
  if ('int' in value) return create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(value.int) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: value.float });
  if ('ints' in value) return create(AttributeProtoSchema, { name, type: Type.INTS, ints: value.ints.map(BigInt) });
  return create(AttributeProtoSchema, { name, type: Type.STRING, s: new TextEncoder().encode(value.string) });
}
