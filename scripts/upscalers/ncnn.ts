/**
 * Reads networks of ncnn (Tencent, BSD-3): a `.param` file names the layers, a `.bin` file holds their weights one after
 * the other. Only what the upscalers use is known; anything else is refused by name.
 * Format: https://github.com/Tencent/ncnn/wiki/param-and-model-file-structure
 */
import { fromHalves } from '../../models/onnx/half.ts';

export interface NcnnLayer {
  type: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  /** Its numbers by their key; lists (keys below -23300 in the file) by the key that they stand for. */
  options: ReadonlyMap<number, number | readonly number[]>;
  /** Convolution: [out, in, kh, kw]; deconvolution: [out, in, kh, kw]; inner product: [out, in]. */
  weight: Float32Array;
  bias: Float32Array;
  /** Of a PReLU, one a channel. */
  slope: Float32Array;
}

const MAGIC = '7767517';
/** Marks weights in half precision. */
const HALVES = 0x01306b47;
const NONE: Float32Array = new Float32Array(0);

/** @throws Error for what it does not know, and where weights are missing or left over */
export function readNcnn(param: string, bin: Buffer): NcnnLayer[] {
  const lines = param.trim().split('\n');
  if (lines[0]?.trim() !== MAGIC) throw new Error('this is no ncnn param file');
  const weights = new Weights(bin);
  const layers = lines.slice(2).map((line) => layerOf(line.trim().split(/\s+/), weights));
  if (!weights.atEnd) throw new Error('the bin file holds more than the layers take');
  return layers;
}

class Weights {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  floats(count: number): Float32Array {
    return new Float32Array(this.#take(count * 4).buffer);
  }

  /** Preceded by a word that says how they are kept. */
  tagged(count: number): Float32Array {
    const tag = this.#take(4).readUInt32LE(0);
    if (tag === 0) return this.floats(count);
    if (tag !== HALVES) throw new Error(`weights are kept as ${tag.toString(16)}, which is not known here`);
    const halves = fromHalves(new Uint16Array(this.#take(count * 2).buffer));
    this.#at += (4 - (this.#at % 4)) % 4;
    return halves;
  }

  /** A copy, so that it is aligned. */
  #take(count: number): Buffer<ArrayBuffer> {
    if (this.#at + count > this.#bytes.length) throw new Error('the bin file holds less than the layers take');
    const bytes = Buffer.from(new ArrayBuffer(count));
    this.#bytes.copy(bytes, 0, this.#at, (this.#at += count));
    return bytes;
  }
}

function layerOf([type, name, ins, outs, ...rest]: string[], weights: Weights): NcnnLayer {
  const [inCount, outCount] = [Number(ins), Number(outs)];
  const options = optionsOf(rest.slice(inCount + outCount));
  const number = (key: number): number => Number(options.get(key) ?? 0);
  const layer = {
    ...{ type: type!, name: name!, inputs: rest.slice(0, inCount), outputs: rest.slice(inCount, inCount + outCount) },
    ...{ options, weight: NONE, bias: NONE, slope: NONE },
  };
  if (type === 'Convolution' || type === 'Deconvolution') {
    layer.weight = weights.tagged(number(6));
    if (number(5)) layer.bias = weights.floats(number(0));
  } else if (type === 'InnerProduct') {
    layer.weight = weights.tagged(number(2));
    if (number(1)) layer.bias = weights.floats(number(0));
  } else if (type === 'PReLU') layer.slope = weights.floats(number(0));
  return layer;
}

function optionsOf(pairs: readonly string[]): Map<number, number | readonly number[]> {
  const options = new Map<number, number | readonly number[]>();
  for (const pair of pairs) {
    const [key, value] = pair.split('=') as [string, string];
    if (Number(key) > -23300) options.set(Number(key), Number(value));
    else options.set(-23300 - Number(key), value.split(',').slice(1).map(Number));
  }
  return options;
}

/** What is done to a layer's results, by the number that ncnn has for it. */
export type Activation = { kind: 'none' } | { kind: 'relu' } | { kind: 'leaky'; alpha: number } | { kind: 'sigmoid' };

/** @throws Error for one that is not known */
export function activationOf({ options, name }: NcnnLayer): Activation {
  const kind = options.get(9) ?? 0;
  if (kind === 0) return { kind: 'none' };
  if (kind === 1) return { kind: 'relu' };
  if (kind === 2) return { kind: 'leaky', alpha: (options.get(10) as readonly number[])[0]! };
  if (kind === 4) return { kind: 'sigmoid' };
  throw new Error(`${name} has activation ${String(kind)}, which is not known here`);
}
