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
import type { Tensor } from '../graph/tensor.ts';

/** The value of a node's attribute, tagged with its ONNX type. */
export type Attribute = { int: number } | { float: number } | { ints: readonly number[] } | { string: string };

const FLOAT = 1;
const INT64 = 7;

/**
 * What a model is for. A `training` graph is written in the forms that run fastest with weights that change; an
 * `export` in the plain operators that other programs know best and fold with constant weights.
 */
export type Purpose = 'training' | 'export';

/** Which tensors of the graph that is written read each tensor. */
export type Users = ReadonlyMap<Tensor, readonly Tensor[]>;

export class Emitter {
  readonly purpose: Purpose;
  readonly #users: Users;
  readonly nodeProtos: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #shared = new Map<string, unknown>();
  /** The name that the next values get as their stem. */
  scope = 'v';
  #count = 0;

  /** Whether height and width of the pictures are open: no node may hold them. */
  readonly freeSize: boolean;

  constructor(purpose: Purpose = 'training', users: Users = new Map(), freeSize = false) {
    this.purpose = purpose;
    this.#users = users;
    this.freeSize = freeSize;
  }

  /** @throws Error where height and width are open: `operator` would write the trained ones into the model */
  requireFixedSize(operator: string): void {
    if (this.freeSize) throw new Error(`${operator} has no form for pictures of any size`);
  }

  /** The tensors of this graph that read `tensor`: its form may depend on what else is made of its inputs. */
  usersOf(tensor: Tensor): readonly Tensor[] {
    return this.#users.get(tensor) ?? [];
  }

  /** Adds a node with one result; gives the result's name. An empty input name is an omitted optional input. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.nodes(opType, inputs, 1, attributes)[0]!;
  }

  /** Adds a node with several results. */
  nodes(
    opType: string,
    inputs: readonly string[],
    results: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const output = Array.from({ length: results }, () => `${this.scope}.${this.#count++}`);
    const name = output[0]!;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
    this.nodeProtos.push(create(NodeProtoSchema, { opType, name, input: [...inputs], output, attribute }));
    return output;
  }

  /** Makes a value once and gives the same one for the same key ever after. */
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

  /** `x` with another shape. */
  reshape(x: string, shape: readonly number[]): string {
    this.requireFixedSize('Reshape');
    return this.node('Reshape', [x, this.int64s(shape)]);
  }

  /** A constant tensor that is made once for its key. */
  constant(key: string, shape: readonly number[], value: (index: number) => number): string {
    return this.shared(`constant:${key}:${shape.join()}`, () => {
      const size = shape.reduce((product, length) => product * length, 1);
      return this.floatTensor(
        `const.${this.#count++}`,
        Float32Array.from({ length: size }, (_, i) => value(i)),
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

function attributeProto(name: string, value: Attribute): AttributeProto {
  if ('int' in value) return create(AttributeProtoSchema, { name, type: Type.INT, i: BigInt(value.int) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: value.float });
  if ('ints' in value) return create(AttributeProtoSchema, { name, type: Type.INTS, ints: value.ints.map(BigInt) });
  return create(AttributeProtoSchema, { name, type: Type.STRING, s: new TextEncoder().encode(value.string) });
}
