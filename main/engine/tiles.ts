/**
 * Pictures larger than the model: translated in overlapping tiles whose borders fade into each other. A picture that
 * wraps (a texture) is a torus: tiles go on over its edges, so that the result tiles as well.
 */
import type { Box } from '../../preload/contract/index.ts';

/** A picture as planes of values [C, H, W]. */
export interface Planes {
  data: Float32Array;
  channels: number;
  width: number;
  height: number;
}

/** Where a tile begins, in pixels of the picture; beyond its edges the picture is mirrored or goes round. */
export interface Tile {
  left: number;
  top: number;
}

/** How tiles of `size` x `size` lie over a picture. */
export class Tiling {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly wrap: boolean;
  readonly tiles: readonly Tile[];
  /** A tent over a tile: 1 in the middle, falling linearly towards its borders, never 0. */
  readonly #fade: Float32Array;

  constructor(width: number, height: number, size: number, wrap = false) {
    [this.width, this.height, this.size, this.wrap] = [width, height, size, wrap];
    const overlap = size >> 2;
    this.#fade = Float32Array.from({ length: size }, (_, i) =>
      Math.min(1, (Math.min(i, size - 1 - i) + 1) / (overlap + 1)),
    );
    const starts = wrap ? wrappedStarts : tileStarts;
    const lefts = starts(width, size, overlap);
    this.tiles = starts(height, size, overlap).flatMap((top) => lefts.map((left) => ({ left, top })));
  }

  /** The index in the picture of each of a tile's columns. */
  columns({ left }: Tile): Int32Array {
    return this.#indices(left, this.width);
  }

  /** The index in the picture of each of a tile's rows. */
  rows({ top }: Tile): Int32Array {
    return this.#indices(top, this.height);
  }

  /** Whether a change inside the box reaches the tile. */
  touches(tile: Tile, { left, top, width, height }: Box): boolean {
    const inside = (from: number, length: number) => (at: number) => at >= from && at < from + length;
    return this.columns(tile).some(inside(left, width)) && this.rows(tile).some(inside(top, height));
  }

  #indices(start: number, length: number): Int32Array {
    const at = this.wrap ? modulo : mirror;
    return Int32Array.from({ length: this.size }, (_, i) => at(start + i, length));
  }

  /** Adds a tile's result (planar, `size` x `size`) to what is being blended. */
  add({ box, total, weight, channels }: Blend, tile: Tile, result: Float32Array | Uint16Array): void {
    const { size } = this;
    const fade = this.#fade;
    const [columns, rows] = [this.#targets(tile.left, this.width), this.#targets(tile.top, this.height)];
    const [plane, area] = [box.width * box.height, size * size];
    for (let y = 0; y < size; y++) {
      const row = rows[y]! - box.top;
      if (rows[y]! < 0 || row < 0 || row >= box.height) continue;
      for (let x = 0; x < size; x++) {
        const column = columns[x]! - box.left;
        if (columns[x]! < 0 || column < 0 || column >= box.width) continue;
        const share = fade[y]! * fade[x]!;
        const at = row * box.width + column;
        weight[at]! += share;
        for (let to = at, from = y * size + x; to < plane * channels; to += plane, from += area)
          total[to]! += share * result[from]!;
      }
    }
  }

  /** Where a tile's pixels go: nowhere (-1) for those that were mirrored in from outside. */
  #targets(start: number, length: number): Int32Array {
    return Int32Array.from({ length: this.size }, (_, i) => {
      const at = start + i;
      return this.wrap ? modulo(at, length) : at < length ? at : -1;
    });
  }
}

/** A part of a result that is being put together from tiles. */
export class Blend {
  readonly box: Box;
  readonly channels: number;
  readonly total: Float32Array;
  readonly weight: Float32Array;

  constructor(box: Box, channels: number) {
    this.box = box;
    this.channels = channels;
    this.weight = new Float32Array(box.width * box.height);
    this.total = new Float32Array(this.weight.length * channels);
  }

  /** The blended values, planar. Every pixel must be covered by a tile. */
  finish(): Float32Array {
    const { total, weight, channels } = this;
    for (let c = 0; c < channels; c++)
      for (let at = 0; at < weight.length; at++) total[c * weight.length + at]! /= weight[at]!;
    return total;
  }
}

/** Where tiles of `size` begin along `length` pixels, each overlapping the last by at least `overlap`. */
export function tileStarts(length: number, size: number, overlap: number): number[] {
  if (length <= size) return [0];
  const count = Math.ceil((length - overlap) / (size - overlap));
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - size)) / (count - 1)));
}

/** The same around a circle of `length` pixels: the last tile overlaps the first. */
export function wrappedStarts(length: number, size: number, overlap: number): number[] {
  const count = Math.ceil(length / (size - overlap));
  return Array.from({ length: count }, (_, i) => Math.round((i * length) / count));
}

/** The index of a pixel mirrored into 0..length-1 (the edge itself is not repeated). */
export function mirror(at: number, length: number): number {
  if (length === 1) return 0;
  const folded = modulo(at, 2 * (length - 1));
  return folded < length ? folded : 2 * (length - 1) - folded;
}

const modulo = (at: number, length: number): number => ((at % length) + length) % length;

/**
 * Translates a picture of any size with a function that takes `size` x `size`. Small pictures are mirrored outwards, or
 * repeated where they wrap. Memory: the picture, the result and one weight a pixel.
 */
export async function translateTiled(
  { data, channels, width, height }: Planes,
  { size, wrap = false }: { size: number; wrap?: boolean },
  translate: (tile: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const tiling = new Tiling(width, height, size, wrap);
  const blend = new Blend({ left: 0, top: 0, width, height }, channels);
  const input = new Float32Array(channels * size * size);
  for (const tile of tiling.tiles) {
    const [columns, rows] = [tiling.columns(tile), tiling.rows(tile)];
    for (let c = 0, i = 0; c < channels; c++)
      for (const row of rows) {
        const start = (c * height + row) * width;
        for (const column of columns) input[i++] = data[start + column]!;
      }
    tiling.add(blend, tile, await translate(input));
  }
  return blend.finish();
}
