/** Flood fill: the region of like colours around a pixel. */
import type { Coverage } from './coverage.ts';
import { words } from './pixels.ts';
import type { Point, Surface } from './types.ts';

export interface FloodOptions {
  /** What is looked at. */
  picture: Surface;
  /** 0..255: how far any channel, and alpha, may be from the pixel that was clicked (colours premultiplied). */
  tolerance: number;
  wrap: boolean;
}

/**
 * Covers the region fully, line by line from a stack of starts (Smith, "Tint Fill", 1979).
 * @returns the pixels just outside, at which the region ends: the soft edges of lines.
 */
export function flood(coverage: Coverage, at: Point, { picture, tolerance, wrap }: FloodOptions): number[] {
  const { width, height, bytes } = coverage;
  const pixels = words(picture);
  const [startX, startY] = [Math.floor(at.x), Math.floor(at.y)];
  if (startX < 0 || startY < 0 || startX >= width || startY >= height) return [];
  const seed = pixels[startY * width + startX]!;
  const like = (index: number): boolean => pixels[index] === seed || difference(pixels[index]!, seed) <= tolerance;
  const rim = new Set<number>();
  const open = (index: number): boolean => {
    if (bytes[index] !== 0) return false;
    if (like(index)) return true;
    rim.add(index);
    return false;
  };
  const across = (x: number): number => (wrap ? (x + width) % width : x);
  const stack = [startY * width + startX];
  let [left, top, right, bottom] = [width, height, 0, 0];
  while (stack.length > 0) {
    const start = stack.pop()!;
    if (bytes[start] !== 0) continue;
    const y = Math.floor(start / width);
    const row = y * width;
    let from = start - row;
    // Open pixels are never covered, so a line around the whole picture ends where it began.
    let length = 1;
    while (length < width && (wrap || from > 0) && open(row + across(from - 1))) {
      from = across(from - 1);
      length++;
    }
    while (length < width && (wrap || from + length < width) && open(row + across(from + length))) length++;
    for (let i = 0; i < length; i++) bytes[row + across(from + i)] = 255;
    const over = from + length > width;
    [left, right] = [over ? 0 : Math.min(left, from), over ? width : Math.max(right, from + length)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
    for (const next of [y - 1, y + 1]) {
      if (!wrap && (next < 0 || next >= height)) continue;
      const other = ((next + height) % height) * width;
      let inRun = false;
      for (let i = 0; i < length; i++) {
        const index = other + across(from + i);
        const isOpen = open(index);
        if (isOpen && !inRun) stack.push(index);
        inRun = isOpen;
      }
    }
  }
  coverage.draw({ left, top, width: right - left, height: bottom - top }, false, (box) => coverage.markBox(box));
  return [...rim];
}

/** The largest difference of two pixels in a channel, 0..255, colours premultiplied. */
export function difference(a: number, b: number): number {
  const [alphaA, alphaB] = [a >>> 24, b >>> 24];
  let most = Math.abs(alphaA - alphaB) * 255;
  for (let shift = 0; shift < 24; shift += 8)
    most = Math.max(most, Math.abs(((a >> shift) & 255) * alphaA - ((b >> shift) & 255) * alphaB));
  return most / 255;
}

/**
 * A pixel at the edge of a filled region with its share of the region's old colour replaced by the new one. An
 * anti-aliased pixel of a line is such a mixture, so the fill goes on under the line and no pale seam stays.
 * @param share how much of the pixel is the old colour, 0..1
 */
export function recolour(pixel: number, old: number, colour: number, share: number): number {
  const [alpha, oldAlpha, newAlpha] = [pixel >>> 24, old >>> 24, colour >>> 24];
  const sum = Math.max(0, Math.min(255, alpha + share * (newAlpha - oldAlpha)));
  const rounded = Math.round(sum);
  if (rounded === 0) return 0;
  let word = (rounded << 24) >>> 0;
  for (let shift = 0; shift < 24; shift += 8) {
    const channel = (of: number, strength: number): number => ((of >> shift) & 255) * strength;
    const value = channel(pixel, alpha) + share * (channel(colour, newAlpha) - channel(old, oldAlpha));
    word |= Math.max(0, Math.min(255, Math.round(value / sum))) << shift;
  }
  return word >>> 0;
}
