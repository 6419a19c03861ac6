/** Squares of a surface that are kept for undo: a stroke costs what it touched, not the whole layer. */
import { clip, isEmpty } from './box.ts';
import { words } from './pixels.ts';
import type { Box, Surface } from './types.ts';

export const PATCH = 128;

/** Kept pixels of one surface by the number of the patch, row by row. */
export type Patches = Map<number, Uint32Array>;

const columns = (surface: Surface): number => Math.ceil(surface.width / PATCH);

export function patchBox(surface: Surface, patch: number): Box {
  const across = columns(surface);
  const box = { left: (patch % across) * PATCH, top: Math.floor(patch / across) * PATCH, width: PATCH, height: PATCH };
  return clip(box, surface);
}

/** The numbers of the patches that meet a box. */
export function patchesOf(surface: Surface, box: Box): number[] {
  const inside = clip(box, surface);
  if (isEmpty(inside)) return [];
  const across = columns(surface);
  const numbers: number[] = [];
  const [right, bottom] = [inside.left + inside.width - 1, inside.top + inside.height - 1];
  for (let y = Math.floor(inside.top / PATCH); y * PATCH <= bottom; y++)
    for (let x = Math.floor(inside.left / PATCH); x * PATCH <= right; x++) numbers.push(y * across + x);
  return numbers;
}

/** Keeps the patches that meet a box as they are now; those that were kept before stay. */
export function keep(patches: Patches, surface: Surface, box: Box): void {
  for (const patch of patchesOf(surface, box))
    if (!patches.has(patch)) patches.set(patch, read(surface, patchBox(surface, patch)));
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
export function swap(patches: Patches, surface: Surface): void {
  const pixels = words(surface);
  for (const [patch, kept] of patches) {
    const { left, top, width, height } = patchBox(surface, patch);
    for (let y = 0; y < height; y++) {
      const row = pixels.subarray((top + y) * surface.width + left, (top + y) * surface.width + left + width);
      const other = kept.subarray(y * width, (y + 1) * width);
      const held = row.slice();
      row.set(other);
      other.set(held);
    }
  }
}

/** Forgets the patches whose pixels are as they were. */
export function dropSame(patches: Patches, surface: Surface): void {
  const pixels = words(surface);
  for (const [patch, kept] of patches)
    if (same(pixels, surface.width, kept, patchBox(surface, patch))) patches.delete(patch);
}

function same(pixels: Uint32Array, stride: number, kept: Uint32Array, { left, top, width, height }: Box): boolean {
  for (let y = 0; y < height; y++) {
    const row = (top + y) * stride + left;
    for (let x = 0; x < width; x++) if (pixels[row + x] !== kept[y * width + x]) return false;
  }
  return true;
}
