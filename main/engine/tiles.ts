/** Pictures larger than the model: translated in overlapping tiles whose borders fade into each other. */

export interface Planes {
  data: Float32Array;
  channels: number;
  width: number;
  height: number;
}

/** Where tiles of `size` begin along `length` pixels, each overlapping the last by at least `overlap`. */
export function tileStarts(length: number, size: number, overlap: number): number[] {
  if (length <= size) return [0];
  const count = Math.ceil((length - overlap) / (size - overlap));
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - size)) / (count - 1)));
}

/** The index of a pixel mirrored into 0..length-1 (the edge itself is not repeated). */
export function mirror(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const folded = ((at % period) + period) % period;
  return folded < length ? folded : period - folded;
}

/** A tent: 1 in the middle of a tile, falling linearly towards its borders, never 0. */
function fade(at: number, size: number, overlap: number): number {
  return Math.min(1, (Math.min(at, size - 1 - at) + 1) / (overlap + 1));
}

/**
 * Translates a picture of any size with a function that takes `size` x `size`. Small pictures are mirrored outwards.
 * Memory: the picture, the result and one weight a pixel.
 */
export async function translateTiled(
  { data, channels, width, height }: Planes,
  size: number,
  translate: (tile: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const overlap = size >> 2;
  const total = new Float32Array(data.length);
  const weight = new Float32Array(width * height);
  const tile = new Float32Array(channels * size * size);
  for (const top of tileStarts(height, size, overlap))
    for (const left of tileStarts(width, size, overlap)) {
      for (let c = 0, i = 0; c < channels; c++)
        for (let y = 0; y < size; y++) {
          const row = (c * height + mirror(top + y, height)) * width;
          for (let x = 0; x < size; x++) tile[i++] = data[row + mirror(left + x, width)]!;
        }
      const result = await translate(tile);
      for (let y = 0; y < Math.min(size, height - top); y++)
        for (let x = 0; x < Math.min(size, width - left); x++) {
          const share = fade(y, size, overlap) * fade(x, size, overlap);
          const at = (top + y) * width + left + x;
          weight[at]! += share;
          for (let c = 0; c < channels; c++)
            total[c * width * height + at]! += share * result[(c * size + y) * size + x]!;
        }
    }
  for (let c = 0; c < channels; c++)
    for (let at = 0; at < weight.length; at++) total[c * weight.length + at]! /= weight[at]!;
  return total;
}
