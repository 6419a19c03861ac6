/**
 * Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * A value depends on (seed, stream, position) alone, so a run is repeatable without any state to save:
 * noise, dropout masks, the order of the data and augmentation are all functions of the step.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High and low 32 bits of a 32 x 32 bit product, by 16-bit halves (numbers hold 53 bits, the product 64). */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const low = al * bl;
  const mid1 = ah * bl + (low >>> 16);
  const mid2 = al * bh + (mid1 & 0xffff);
  return (ah * bh + Math.floor(mid1 / 65536) + Math.floor(mid2 / 65536)) >>> 0;
}

/**
 * One Philox block: four 32-bit words for a 128-bit counter and a 64-bit key, written to `out`. Without arrays inside:
 * the first weights of a large network are some hundred million words.
 */
export function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const high1 = mulHigh(M1, c2);
    const low0 = Math.imul(M0, c0);
    const low1 = Math.imul(M1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a, 32 bits: turns the name of a stream ("dropout/up3", "order") into a key. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A stream of random numbers, named by a seed, a name and an index (usually the step). */
export class Random {
  readonly #seed: number;
  readonly #stream: number;
  readonly #index: number;
  readonly #high: number;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #used = 4;

  constructor(seed: number, stream: string, index = 0) {
    this.#seed = seed >>> 0;
    this.#stream = hashName(stream);
    this.#index = index >>> 0;
    this.#high = Math.floor(seed / 2 ** 32) >>> 0;
  }

  /** The next 32-bit unsigned integer. */
  uint32(): number {
    if (this.#used === 4) {
      philox(this.#words, this.#block++, 0, this.#index, this.#high, this.#seed, this.#stream);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Uniform in [0, 1), 24 bits: every value is exact in float32. */
  uniform(): number {
    return (this.uint32() >>> 8) / 2 ** 24;
  }

  /** Uniform integer in [0, n). The bias is below n / 2^32. */
  below(n: number): number {
    return Math.floor((this.uint32() / 2 ** 32) * n);
  }

  /** Fills `out` with N(mean, deviation) by Box and Muller (1958). */
  normal(out: Float32Array, mean = 0, deviation = 1): Float32Array {
    for (let i = 0; i < out.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      out[i] = mean + deviation * radius * Math.cos(angle);
      if (i + 1 < out.length) out[i + 1] = mean + deviation * radius * Math.sin(angle);
    }
    return out;
  }

  /** Fills `out` with a mask of inverted dropout (Srivastava et al. 2014): 0 with probability `rate`, else 1 / (1 - rate). */
  dropout(out: Float32Array, rate: number): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = this.uniform() < rate ? 0 : 1 / (1 - rate);
    return out;
  }

  /** A random order of 0..n-1 (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n).map((_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}
