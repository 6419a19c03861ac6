/** Surfaces: the pixels of layers and pieces. A pixel without alpha is 0,0,0,0, so that equal pictures are equal bytes. */
import { type Size } from './box.ts';
import type { Box, Surface } from './types.ts';

export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

export function createSurface({ width, height }: Size): Surface {
  return { width, height, data: new Uint8ClampedArray(width * height * 4) };
}

const seen = new WeakMap<ArrayBuffer, Uint32Array<ArrayBuffer>>();

/** The same bytes, one word a pixel: 0xAABBGGRR (every machine that runs this is little-endian). */
export function words({ data }: Surface): Uint32Array<ArrayBuffer> {
  if (data.byteOffset !== 0) return new Uint32Array(data.buffer, data.byteOffset, data.length >> 2);
  let view = seen.get(data.buffer);
  if (view?.length !== data.length >> 2)
    seen.set(data.buffer, (view = new Uint32Array(data.buffer, 0, data.length >> 2)));
  return view;
}

/** @throws RangeError where it is not `#rrggbb`. */
export function parseColour(colour: string): Colour {
  const value = /^#[0-9a-f]{6}$/i.test(colour) ? parseInt(colour.slice(1), 16) : NaN;
  if (Number.isNaN(value)) throw new RangeError(`not a colour: ${colour}`);
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255 };
}

export const formatColour = ({ r, g, b }: Colour): string =>
  `#${((r << 16) | (g << 8) | b).toString(16).padStart(6, '0')}`;

/** A surface of its own with the bytes put right: no colour without alpha, and at no odd place of a buffer. */
export function normalised(surface: Surface): Surface {
  const copy = { ...surface, data: surface.data.slice() };
  const pixels = words(copy);
  for (let i = 0; i < pixels.length; i++) if (pixels[i]! < 0x01000000) pixels[i] = 0;
  return copy;
}

/** The pixels of a box, which has to lie inside. */
export function crop(surface: Surface, box: Box): Surface {
  const part = createSurface(box);
  const [from, to] = [words(surface), words(part)];
  for (let y = 0; y < box.height; y++) {
    const start = (box.top + y) * surface.width + box.left;
    to.set(from.subarray(start, start + box.width), y * box.width);
  }
  return part;
}

/** The smallest box with all pixels that are not fully transparent, or null. */
export function contentBox(surface: Surface): Box | null {
  const { width, height } = surface;
  const pixels = words(surface);
  let top = 0;
  while (top < height && blank(pixels, top * width, (top + 1) * width)) top++;
  if (top === height) return null;
  let bottom = height;
  while (blank(pixels, (bottom - 1) * width, bottom * width)) bottom--;
  let [left, right] = [width, 0];
  for (let y = top; y < bottom; y++) {
    const row = y * width;
    for (let x = 0; x < left; x++) if (pixels[row + x] !== 0) left = x;
    for (let x = width; x > right; x--) if (pixels[row + x - 1] !== 0) right = x;
  }
  return { left, top, width: right - left, height: bottom - top };
}

function blank(pixels: Uint32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (pixels[i] !== 0) return false;
  return true;
}
