/** Squares of a surface that are kept for undo: a stroke costs what it touched, not the whole layer. */
import { clip, isEmpty } from './box.ts';
import { words } from './pixels.ts';
import type { Box, Surface } from './types.ts';

export const TILE = 128;

/** Kept pixels of one surface by the number of the tile, row by row. */
export type Tiles = Map<number, Uint32Array>;

const columns = (surface: Surface): number => Math.ceil(surface.width / TILE);

export function tileBox(surface: Surface, tile: number): Box {
  const across = columns(surface);
  const box = { left: (tile % across) * TILE, top: Math.floor(tile / across) * TILE, width: TILE, height: TILE };
  return clip(box, surface);
}

/** The numbers of the tiles that meet a box. */
export function tilesOf(surface: Surface, box: Box): number[] {
  const inside = clip(box, surface);
  if (isEmpty(inside)) return [];
  const across = columns(surface);
  const numbers: number[] = [];
  const [right, bottom] = [inside.left + inside.width - 1, inside.top + inside.height - 1];
  for (let y = Math.floor(inside.top / TILE); y * TILE <= bottom; y++)
    for (let x = Math.floor(inside.left / TILE); x * TILE <= right; x++) numbers.push(y * across + x);
  return numbers;
}

/** Keeps the tiles that meet a box as they are now; those that were kept before stay. */
export function keep(tiles: Tiles, surface: Surface, box: Box): void {
  for (const tile of tilesOf(surface, box))
    if (!tiles.has(tile)) tiles.set(tile, read(surface, tileBox(surface, tile)));
}

function read(surface: Surface, { left, top, width, height }: Box): Uint32Array {
  const pixels = words(surface);
  const kept = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * surface.width + left;
    kept.set(pixels.subarray(start, start + width), y * width);
  }
  return kept;
}

/** Swaps kept and current pixels: done once it is undo, done again it is redo. */
export function swap(tiles: Tiles, surface: Surface): void {
  const pixels = words(surface);
  for (const [tile, kept] of tiles) {
    const { left, top, width, height } = tileBox(surface, tile);
    for (let y = 0; y < height; y++) {
      const row = pixels.subarray((top + y) * surface.width + left, (top + y) * surface.width + left + width);
      const other = kept.subarray(y * width, (y + 1) * width);
      const held = row.slice();
      row.set(other);
      other.set(held);
    }
  }
}

/** Forgets the tiles whose pixels are as they were. */
export function dropSame(tiles: Tiles, surface: Surface): void {
  const pixels = words(surface);
  for (const [tile, kept] of tiles) if (same(pixels, surface.width, kept, tileBox(surface, tile))) tiles.delete(tile);
}

function same(pixels: Uint32Array, stride: number, kept: Uint32Array, { left, top, width, height }: Box): boolean {
  for (let y = 0; y < height; y++) {
    const row = (top + y) * stride + left;
    for (let x = 0; x < width; x++) if (pixels[row + x] !== kept[y * width + x]) return false;
  }
  return true;
}
