/**
 * Pictures larger than the model: translated in overlapping tiles whose borders fade into each other. A picture that
 * wraps (a texture) is a torus: tiles go on over its edges, so that the result tiles as well.
 */
import type { Box } from '../../../preload/contract/index.ts';
import { whiteOf, type Values } from '../pictures/depth.ts';

export interface Size {
  width: number;
  height: number;
}

/** A picture: straight RGBA of 8 or 16 bits, rows from the top. */
export interface Raster<Data extends Values = Values> extends Size {
  data: Data;
}

/** Where a tile begins, in pixels of the picture; beyond its edges the picture is mirrored or goes round. */
export interface Tile {
  left: number;
  top: number;
}

export interface TilingOptions {
  /** The picture is a torus. */
  wrap?: boolean;
  /**
   * Tiles begin at multiples of it: a model that halves its picture treats even and odd pixels differently, and the
   * pattern that this leaves must go on from tile to tile. Where a picture wraps they cannot.
   */
  multiple?: number;
  /** Results are so many times as wide and high. */
  scale?: number;
  /**
   * How far a pixel of the result looks, in pixels of the picture, where a model looks no further: what lies nearer to a
   * tile's border than that is not used, and tiles overlap by no more than it takes. Null: by a quarter, all of it used.
   */
  reach?: number | null;
}

/** How tiles of one size lie over a picture, row by row from the top. Results may be larger than the picture. */
export class Tiling {
  readonly width: number;
  readonly height: number;
  readonly tile: Size;
  readonly wrap: boolean;
  readonly scale: number;
  readonly tiles: readonly Tile[];
  readonly #fadeX: Float32Array;
  readonly #fadeY: Float32Array;
  /** A tile is right as far as the picture's own edges, where its model sees what it would see of the whole. */
  readonly #rightAtEdges: boolean;

  constructor(
    { width, height }: Size,
    tile: Size,
    { wrap = false, multiple = 1, scale = 1, reach = null }: TilingOptions = {},
  ) {
    [this.width, this.height, this.tile, this.wrap] = [width, height, { width: tile.width, height: tile.height }, wrap];
    this.scale = scale;
    this.#rightAtEdges = reach !== null && !wrap;
    const overlapOf = (side: number): number => (reach === null ? side >> 2 : Math.min(overlapFor(reach), side >> 1));
    const fade = (side: number): Float32Array =>
      fadeOf(side * scale, overlapOf(side) * scale, Math.min(reach ?? 0, (overlapOf(side) - 1) >> 1) * scale);
    [this.#fadeX, this.#fadeY] = [fade(tile.width), fade(tile.height)];
    const starts = (length: number, side: number): number[] =>
      wrap ? wrappedStarts(length, side, overlapOf(side)) : tileStarts(length, side, overlapOf(side), multiple);
    const lefts = starts(width, tile.width);
    this.tiles = starts(height, tile.height).flatMap((top) => lefts.map((left) => ({ left, top })));
  }

  /** The index in the picture of each of a tile's columns. */
  columns({ left }: Tile): Int32Array {
    return this.#indices(left, this.tile.width, this.width);
  }

  /** The index in the picture of each of a tile's rows. */
  rows({ top }: Tile): Int32Array {
    return this.#indices(top, this.tile.height, this.height);
  }

  /** Whether a change inside the box reaches the tile. */
  touches(tile: Tile, { left, top, width, height }: Box): boolean {
    const inside = (from: number, length: number) => (at: number) => at >= from && at < from + length;
    return this.columns(tile).some(inside(left, width)) && this.rows(tile).some(inside(top, height));
  }

  #indices(start: number, count: number, length: number): Int32Array {
    const at = this.wrap ? modulo : mirror;
    return new Int32Array(count).map((_, i) => at(start + i, length));
  }

  /** Adds a tile's result (planar, `scale` times the tile's size) to what is being blended. */
  add({ box, total, weight, channels }: Blend, { left, top }: Tile, result: Float32Array | Uint16Array): void {
    const { scale } = this;
    const [width, height] = [this.tile.width * scale, this.tile.height * scale];
    const columns = this.#targets(left * scale, width, this.width * scale);
    const rows = this.#targets(top * scale, height, this.height * scale);
    const fadeX = this.#fadeOf(this.#fadeX, left, this.width);
    const fadeY = this.#fadeOf(this.#fadeY, top, this.height);
    const [plane, area] = [box.width * box.height, width * height];
    for (let y = 0; y < height; y++) {
      const row = rows[y]! - box.top;
      if (rows[y]! < 0 || row < 0 || row >= box.height) continue;
      for (let x = 0; x < width; x++) {
        const column = columns[x]! - box.left;
        if (columns[x]! < 0 || column < 0 || column >= box.width) continue;
        const share = fadeY[y]! * fadeX[x]!;
        const at = row * box.width + column;
        weight[at]! += share;
        for (let to = at, from = y * width + x; to < plane * channels; to += plane, from += area)
          total[to]! += share * result[from]!;
      }
    }
  }

  /** How much a tile that begins at `start` counts along its length. */
  #fadeOf(fade: Float32Array, start: number, length: number): Float32Array {
    if (!this.#rightAtEdges) return fade;
    const middle = fade.length >> 1;
    const [first, last] = [start === 0, start * this.scale + fade.length >= length * this.scale];
    return fade.map((share, i) => ((i < middle ? first : last) ? 1 : share));
  }

  /** Where a tile's pixels go: nowhere (-1) for those that were mirrored in from outside. */
  #targets(start: number, count: number, length: number): Int32Array {
    return new Int32Array(count).map((_, i) => {
      const at = start + i;
      return this.wrap ? modulo(at, length) : at < length ? at : -1;
    });
  }
}

/** Over so many pixels tiles fade into each other where their models look no further than a reach. */
const FADE = 8;
/** By how much tiles overlap then. */
export const overlapFor = (reach: number): number => 2 * reach + FADE;
/**
 * The side of the tiles that cover a length with the least work: as few as a largest one allows, all of one size, which is
 * no larger than it must be.
 */
export function evenSide(length: number, largest: number, reach: number): number {
  if (length <= largest) return length;
  const overlap = overlapFor(reach);
  const count = Math.ceil((length - overlap) / (largest - overlap));
  return Math.ceil((length + (count - 1) * overlap) / count);
}
/** What is not to be used counts so little, as at the picture's own edges there is nothing else. */
const HARDLY = 1e-6;

/**
 * How much a tile counts along its length: 1 in the middle, falling smoothly towards its borders, never quite 0. Smoothly,
 * as a model sees nothing beyond a border: its outermost pixels are its worst, and where they come in with a jump or a
 * bend, a line is seen.
 * @param unused so many pixels at either end count for nothing beside another tile's
 */
function fadeOf(length: number, overlap: number, unused: number): Float32Array {
  return new Float32Array(length).map((_, i) => {
    const within = (Math.min(i, length - 1 - i) + 0.5 - unused) / (overlap - 2 * unused);
    const inside = Math.min(1, Math.max(0, within));
    return Math.max(HARDLY, inside * inside * (3 - 2 * inside));
  });
}

/** A part of a result that is being put together from tiles. */
export class Blend {
  readonly box: Box;
  readonly channels: number;
  readonly total: Float32Array;
  readonly weight: Float32Array;

  constructor(box: Box, channels: number) {
    this.box = { ...box };
    this.channels = channels;
    this.weight = new Float32Array(box.width * box.height);
    this.total = new Float32Array(this.weight.length * channels);
  }

  /** The blended values of so many rows, planar. Every pixel of them must be covered by a tile. */
  rows(from: number, count: number): Float32Array {
    const { total, weight, channels, box } = this;
    const [start, length] = [from * box.width, count * box.width];
    const rows = new Float32Array(channels * length);
    for (let c = 0; c < channels; c++)
      for (let at = 0; at < length; at++)
        rows[c * length + at] = total[c * weight.length + start + at]! / weight[start + at]!;
    return rows;
  }

  /** Goes down the picture: the first rows are left behind, and as many come in below. */
  advance(count: number): void {
    const { total, weight, channels, box } = this;
    const gone = count * box.width;
    for (const plane of [
      weight,
      ...Array.from({ length: channels }, (_, c) => total.subarray(c * weight.length, (c + 1) * weight.length)),
    ]) {
      plane.copyWithin(0, gone);
      plane.fill(0, plane.length - gone);
    }
    box.top += count;
  }
}

/**
 * Where tiles of `size` begin along `length` pixels, each overlapping the last by at least `overlap`, less what it takes
 * to begin at a multiple. The last may reach beyond the end.
 */
export function tileStarts(length: number, size: number, overlap: number, multiple = 1): number[] {
  if (length <= size) return [0];
  const count = Math.ceil((length - overlap) / (size - overlap));
  return Array.from(
    { length: count },
    (_, i) => Math.ceil(Math.round((i * (length - size)) / (count - 1)) / multiple) * multiple,
  );
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

/** An index that goes round. */
export const modulo = (at: number, length: number): number => ((at % length) + length) % length;

/**
 * A tile of a picture as a model wants it: planar [C, height, width] in [-1, 1]; 3 channels lie over a grey
 * (0 to 255, white if nothing is said), 4 are premultiplied. Small pictures are mirrored outwards, or repeated where they wrap.
 */
export function tileOf({ data, width }: Raster, tiling: Tiling, tile: Tile, channels: 3 | 4, grey = 255): Float32Array {
  const [columns, rows] = [tiling.columns(tile), tiling.rows(tile)];
  const plane = columns.length * rows.length;
  const planes = new Float32Array(channels * plane);
  const [white, half] = [whiteOf(data), whiteOf(data) / 2];
  let at = 0;
  for (const row of rows)
    for (const column of columns) {
      const from = (row * width + column) * 4;
      const opacity = data[from + 3]!;
      const alpha = opacity / (white * half);
      const ground = (channels === 3 ? ((white - opacity) * (grey / 255)) / half : 0) - 1;
      planes[at] = data[from]! * alpha + ground;
      planes[plane + at] = data[from + 1]! * alpha + ground;
      planes[2 * plane + at] = data[from + 2]! * alpha + ground;
      if (channels === 4) planes[3 * plane + at] = opacity / half - 1;
      at++;
    }
  return planes;
}

const FEW_ROWS = 64;

/** Rows of a result that no further tile reaches, planar; `top` counts its own rows. */
export interface FinishedRows {
  top: number;
  count: number;
  planes: Float32Array;
}

/**
 * Translates a picture tile by tile and hands on its rows as they are finished, from the top. Memory: one row of tiles,
 * however high the picture is; all of it where it wraps, as its last tiles reach its first rows.
 */
export async function translateTiled(
  tiling: Tiling,
  channels: number,
  translate: (tile: Tile) => Promise<Float32Array>,
  finished: (rows: FinishedRows) => void,
): Promise<void> {
  const { wrap, scale, tiles } = tiling;
  const [width, height, side] = [tiling.width * scale, tiling.height * scale, tiling.tile.height * scale];
  const band = new Blend({ left: 0, top: 0, width, height: wrap ? height : Math.min(height, side) }, channels);
  // Some rows at a time: of a wide picture, all that a row of tiles finishes would be as large again.
  const handOn = (count: number): void => {
    for (let from = 0; from < count; from += FEW_ROWS) {
      const some = Math.min(FEW_ROWS, count - from);
      finished({ top: band.box.top + from, count: some, planes: band.rows(from, some) });
    }
  };
  for (const each of tiles) {
    const passed = wrap ? 0 : each.top * scale - band.box.top;
    if (passed > 0) {
      handOn(passed);
      band.advance(passed);
    }
    tiling.add(band, each, await translate(each));
  }
  handOn(height - band.box.top);
}
