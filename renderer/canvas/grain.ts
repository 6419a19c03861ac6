/**
 * Grounds that show through a brush: squares of noise that tile. Each level of a square is as frequent as any other, so
 * that how much of the ground is covered follows how strongly the brush covers.
 */
import type { Size } from './box.ts';
import type { GrainName } from './types.ts';

const SIDE = 128;

interface Ground {
  /** Cells of noise along a side, the coarse ones first, with their weights. */
  octaves: readonly (readonly [cells: number, weight: number])[];
  /** How deep it is, 0..1: how much a light stroke leaves of it. */
  depth: number;
}

const GROUNDS: Readonly<Record<Exclude<GrainName, 'none'>, Ground>> = {
  paper: {
    octaves: [
      [32, 0.5],
      [64, 1],
    ],
    depth: 0.6,
  },
  chalk: {
    octaves: [
      [12, 0.5],
      [32, 1],
      [64, 0.7],
    ],
    depth: 0.95,
  },
};

const made = new Map<GrainName, Uint8Array>();

/** What of a brush's coverage comes through the ground at each pixel of a document. */
export class Grain {
  readonly #levels: Uint8Array;
  readonly #depth: number;
  /** Where in the square each column and row lies. In wrap mode it is stretched a little, to go on over the edges. */
  readonly #columns: Uint8Array;
  readonly #rows: Uint8Array;

  /** Null for a brush that covers evenly. */
  static of(name: GrainName, document: Size & { wrap: boolean }): Grain | null {
    return name === 'none' ? null : new Grain(name, document);
  }

  private constructor(name: Exclude<GrainName, 'none'>, { width, height, wrap }: Size & { wrap: boolean }) {
    const ground = GROUNDS[name];
    let levels = made.get(name);
    if (!levels) made.set(name, (levels = square(ground)));
    this.#levels = levels;
    this.#depth = ground.depth;
    [this.#columns, this.#rows] = [places(width, wrap), places(height, wrap)];
  }

  /** @param covered 0..255 */
  through(covered: number, x: number, y: number): number {
    const level = this.#levels[this.#rows[y]! * SIDE + this.#columns[x]!]!;
    const left = (covered - (255 - level) * this.#depth) * (1 + this.#depth);
    return left <= 0 ? 0 : left >= 255 ? 255 : left | 0;
  }
}

function places(length: number, wrap: boolean): Uint8Array {
  const period = wrap ? Math.max(1, Math.round(length / SIDE)) * SIDE : length;
  return new Uint8Array(length).map((_, i) => Math.floor((i * period) / length) % SIDE);
}

function square({ octaves }: Ground): Uint8Array {
  const sum = new Float64Array(SIDE * SIDE);
  for (const [cells, weight] of octaves)
    for (let y = 0; y < SIDE; y++)
      for (let x = 0; x < SIDE; x++)
        sum[y * SIDE + x]! += weight * noise((x / SIDE) * cells, (y / SIDE) * cells, cells);
  const order = Uint32Array.from(sum.keys()).sort((a, b) => sum[a]! - sum[b]!);
  const levels = new Uint8Array(sum.length);
  order.forEach((place, rank) => (levels[place] = (rank * 256) / order.length));
  return levels;
}

/** Value noise (Perlin's lattice, random values at its points), which repeats after `cells`. */
function noise(x: number, y: number, cells: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const smooth = (t: number): number => t * t * (3 - 2 * t);
  const [u, v] = [smooth(x - left), smooth(y - top)];
  const at = (column: number, row: number): number =>
    scattered((row % cells) * cells + (column % cells) + cells * 7919);
  const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
  return mix(mix(at(left, top), at(left + 1, top), u), mix(at(left, top + 1), at(left + 1, top + 1), u), v);
}

/** 0..1, the same for the same number. */
function scattered(n: number): number {
  let h = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
