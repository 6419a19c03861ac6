/** Models at half their size: weights kept in half precision (IEEE 754 binary16), computed with in single precision. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, NodeProtoSchema, TensorProtoSchema, type TensorProto } from 'onnx-buf';
import { attributeProto } from './emitter.ts';

const FLOAT = 1;
export const HALF = 10;
/** Smaller tensors are left as they are: constants, biases, lengths; they weigh nothing and count for much. */
const WORTHWHILE = 1024;

/** The nearest halves, ties to even; what is too large becomes infinite, as the standard has it. */
export function toHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  // Not `from` with a function, which takes ten times as long: there are millions.
  return new Uint16Array(bits.map(nearestHalf));
}

/** @param word the bits of a float */
function nearestHalf(word: number): number {
  const [sign, exponent, fraction] = [(word >>> 16) & 0x8000, (word >>> 23) & 0xff, word & 0x7fffff];
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const power = exponent - 112;
  if (power >= 31) return sign | 0x7c00;
  if (power < -10) return sign;
  // Below the smallest normal half the fraction is shifted further, its leading one made visible.
  const [whole, shift] = power > 0 ? [(power << 23) | fraction, 13] : [fraction | 0x800000, 14 - power];
  const half = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0));
}

/** What each of the 65,536 halves stands for: looked up, a model of millions of weights opens in no time. */
let table: Float32Array | undefined;
const tabulated = (): Float32Array =>
  new Float32Array(2 ** 16).map((_, half) => {
    const [sign, exponent, fraction] = [half & 0x8000 ? -1 : 1, (half >> 10) & 31, half & 0x3ff];
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  });

/** Exact. */
export function fromHalves(halves: Uint16Array): Float32Array {
  const floats = (table ??= tabulated());
  return new Float32Array(halves.length).map((_, i) => floats[halves[i]!]!);
}

/**
 * A model with the same graph, whose weights are halves that are cast to floats when the model is opened. Names of
 * weights stay, so that a training can start from it. Only for models that `readOnnx` let pass.
 */
export function halveModel(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const graph = model.graph!;
  const given = new Set(graph.input.map(({ name }) => name));
  const floats = new Map<string, string>();
  graph.initializer = graph.initializer.map((tensor) => {
    const values = given.has(tensor.name) ? null : worthwhile(tensor);
    if (values === null) return tensor;
    floats.set(tensor.name, `${tensor.name}/float`);
    const { name, dims } = tensor;
    return create(TensorProtoSchema, { name, dims, dataType: HALF, rawData: bytesOf(toHalves(values)) });
  });
  for (const node of graph.node) node.input = node.input.map((name) => floats.get(name) ?? name);
  const casts = [...floats].map(([half, float]) =>
    create(NodeProtoSchema, {
      ...{ opType: 'Cast', name: float, input: [half], output: [float] },
      attribute: [attributeProto('to', { int: FLOAT })],
    }),
  );
  graph.node = [...casts, ...graph.node];
  return toBinary(ModelProtoSchema, model);
}

/** The values of a large float tensor; null for all others. */
function worthwhile({ dataType, rawData, floatData }: TensorProto): Float32Array | null {
  if (dataType !== FLOAT || Math.max(rawData.length / 4, floatData.length) < WORTHWHILE) return null;
  return rawData.length > 0 ? new Float32Array(Uint8Array.from(rawData).buffer) : Float32Array.from(floatData);
}

const bytesOf = ({ buffer }: Uint16Array): Uint8Array<ArrayBuffer> => new Uint8Array(buffer as ArrayBuffer);
