/** Pixels on their way between the canvas, the studio and small pictures. Straight RGBA, rows from the top. */
import type { Box, Region } from '../../../preload/contract/index.ts';
import type { Surface } from '../../canvas/types.ts';

/** The smallest box around both. */
export function unionOf(a: Box | null, b: Box): Box {
  if (!a) return b;
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)];
  return {
    ...{ left, top },
    width: Math.max(a.left + a.width, b.left + b.width) - left,
    height: Math.max(a.top + a.height, b.top + b.height) - top,
  };
}

/** What of a box lies inside a frame; null for nothing. */
export function within(box: Box, { width, height }: { width: number; height: number }): Box | null {
  const [left, top] = [Math.max(0, Math.floor(box.left)), Math.max(0, Math.floor(box.top))];
  const right = Math.min(width, Math.ceil(box.left + box.width));
  const bottom = Math.min(height, Math.ceil(box.top + box.height));
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : null;
}

/** A pixel that is not empty: the first from the top; null where there is none. */
export function firstPainted({ width, data }: Surface): { left: number; top: number } | null {
  const at = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2).findIndex((pixel) => pixel !== 0);
  return at < 0 ? null : { left: at % width, top: Math.floor(at / width) };
}

/** A piece of a surface, copied: it can be handed over. */
export function cropped(surface: Surface, box: Box): Region {
  const bytes = new Uint8Array(box.width * box.height * 4);
  for (let y = 0; y < box.height; y++) {
    const from = ((box.top + y) * surface.width + box.left) * 4;
    bytes.set(surface.data.subarray(from, from + box.width * 4), y * box.width * 4);
  }
  return { ...box, bytes };
}

/** A whole surface as it crosses, at a place. */
export const regionOf = ({ width, height, data }: Surface, { left, top } = { left: 0, top: 0 }): Region => ({
  ...{ left, top, width, height },
  bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/** What crossed, as a surface of its own. */
export function surfaceOf({ width, height, bytes }: Region): Surface {
  const data = new Uint8ClampedArray(width * height * 4);
  data.set(bytes);
  return { width, height, data };
}

/** A region laid into an empty frame. */
export function framed(region: Region, { width, height }: { width: number; height: number }): Surface {
  const data = new Uint8ClampedArray(width * height * 4);
  const inside = within(region, { width, height });
  for (let y = 0; inside && y < inside.height; y++) {
    const from = (inside.top - region.top + y) * region.width + inside.left - region.left;
    data.set(region.bytes.subarray(from * 4, (from + inside.width) * 4), ((inside.top + y) * width + inside.left) * 4);
  }
  return { width, height, data };
}

/** Nothing, as a region. */
export const NOTHING: Region = { left: 0, top: 0, width: 0, height: 0, bytes: new Uint8Array(0) };

/** The size of a picture that fits into a square, never enlarged. */
export function fitted(
  { width, height }: { width: number; height: number },
  side: number,
): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** "#rrggbb" of three bytes. */
export const hexOf = (r: number, g: number, b: number): string =>
  `#${[r, g, b].map((byte) => Math.round(byte).toString(16).padStart(2, '0')).join('')}`;

/** Samples a side of a cell: enough that thin lines are not lost. */
const SAMPLES = 4;

/** A small picture of a large one, quickly: each of its pixels is the mean of a few. */
export function sampled(surface: Surface, width: number, height: number): Surface {
  const data = new Uint8ClampedArray(width * height * 4);
  const source = surface.data;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0, 0];
      for (let j = 0; j < SAMPLES; j++)
        for (let i = 0; i < SAMPLES; i++) {
          const sx = Math.floor(((x + (i + 0.5) / SAMPLES) * surface.width) / width);
          const sy = Math.floor(((y + (j + 0.5) / SAMPLES) * surface.height) / height);
          const at = (sy * surface.width + sx) * 4;
          const alpha = source[at + 3]!;
          for (let c = 0; c < 3; c++) sum[c]! += source[at + c]! * alpha;
          sum[3]! += alpha;
        }
      const at = (y * width + x) * 4;
      if (sum[3]! > 0) for (let c = 0; c < 3; c++) data[at + c] = sum[c]! / sum[3]!;
      data[at + 3] = sum[3]! / SAMPLES ** 2;
    }
  return { width, height, data };
}
