/**
 * Giving an enlarged picture the colours of its original: what is large in it, its tints and its light, comes from the
 * original, what is fine from the model. What the two differ by within each of the original's pixels is blurred and
 * enlarged in one go, and added to the result; colours of what is hardly there count as little as they are seen, so that
 * nothing bleeds over an edge.
 */
import { gaussian, resampleRows } from '../pictures/resample.ts';
import { nearest, whiteOf } from '../pictures/depth.ts';
import { modulo, type Raster } from './tiles.ts';

/**
 * How far colours are the original's, in its pixels. At more, its tones come back less and less; at less, the noise and the
 * softness that a network took out come back too. Measured: bench/RESULTS.md.
 */
const SIGMA = 2;

export interface KeepColours {
  /** The result is so many times as wide and high as its original; whole. */
  scale: number;
  /** The picture is a torus. */
  wrap: boolean;
  sigma?: number;
}

/** Changes the result in place; how much of it shows stays. Memory: a few rows of it for each pixel of the blur. */
export function keepColours(original: Raster, result: Raster, { scale, wrap, sigma = SIGMA }: KeepColours): void {
  const filter = gaussian(sigma);
  // A torus is worked on with what lies beyond its edges, as far as the blur reaches.
  const margin = wrap ? Math.ceil(filter.reach) : 0;
  const [width, height] = [original.width + 2 * margin, original.height + 2 * margin];
  const columns = new Int32Array(width).map((_, x) => modulo(x - margin, original.width));
  // Below a torus are its first rows again, as the model made them.
  const first = new Map<number, Float32Array>();
  const row = (y: number): Float32Array => {
    const at = modulo(y - margin, original.height);
    const found = first.get(at) ?? differences(original, result, { columns, at, scale });
    if (at < margin) first.set(at, found);
    return found;
  };
  const to = { width: width * scale, height: height * scale };
  const white = whiteOf(result.data);
  resampleRows({ width, height, row }, to, filter, (y, blurred) => {
    const line = y - margin * scale;
    if (line < 0 || line >= result.height) return;
    for (let x = 0, k = margin * scale * 4, at = line * result.width * 4; x < result.width; x++, k += 4, at += 4) {
      const weight = blurred[k + 3]!;
      if (weight > 0)
        for (let c = 0; c < 3; c++)
          result.data[at + c] = nearest(result.data[at + c]! + blurred[k + c]! / weight, white);
    }
  });
}

/**
 * By how much the colours of the original's pixels differ from what was made of them, and how much of both is seen, 0 to
 * 1, by which the differences are weighed: four values for each of the columns.
 */
function differences(
  original: Raster,
  result: Raster,
  { columns, at, scale }: { columns: Int32Array; at: number; scale: number },
): Float32Array {
  const row = new Float32Array(columns.length * 4);
  const white = whiteOf(original.data);
  const sum = new Float64Array(4);
  for (const [i, column] of columns.entries()) {
    sum.fill(0);
    for (let y = at * scale; y < (at + 1) * scale; y++)
      for (let x = 0, k = (y * result.width + column * scale) * 4; x < scale; x++, k += 4) {
        const alpha = result.data[k + 3]!;
        for (let c = 0; c < 3; c++) sum[c]! += alpha * result.data[k + c]!;
        sum[3]! += alpha;
      }
    if (sum[3] === 0) continue;
    const from = (at * original.width + column) * 4;
    const weight = (original.data[from + 3]! / white) * (sum[3]! / (white * scale * scale));
    for (let c = 0; c < 3; c++) row[i * 4 + c] = weight * (original.data[from + c]! - sum[c]! / sum[3]!);
    row[i * 4 + 3] = weight;
  }
  return row;
}
