/**
 * Bringing a picture to another size by Lanczos' filter of three lobes, in both directions. Ours, as libvips places what
 * it enlarges a quarter of a pixel beside where it was.
 */

/** Straight RGBA, rows from the top. */
interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

const LOBES = 3;

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const turn = Math.PI * x;
  return (LOBES * Math.sin(turn) * Math.sin(turn / LOBES)) / (turn * turn);
}

/** What a pixel of the result is made of: places of the old one from `first`, each with its share; they sum to 1. */
interface Tap {
  first: number;
  shares: Float32Array;
}

/** Pixels are squares with their centres at halves; beyond the edges the outermost is repeated. */
function tapsOf(from: number, to: number): Tap[] {
  const step = from / to;
  const wide = Math.max(1, step);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * step - 0.5;
    const [low, high] = [Math.ceil(centre - LOBES * wide), Math.floor(centre + LOBES * wide)];
    const [first, last] = [Math.max(0, low), Math.min(from - 1, high)];
    const shares = new Float32Array(last - first + 1);
    let sum = 0;
    for (let at = low; at <= high; at++) {
      const share = lanczos((at - centre) / wide);
      shares[Math.min(last, Math.max(first, at)) - first]! += share;
      sum += share;
    }
    return { first, shares: shares.map((share) => share / sum) };
  });
}

const byte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value));

/** The picture at another size, colours weighed by their alpha. Memory beside the result: a few of its rows. */
export function resample({ data, width, height }: Pixels, to: { width: number; height: number }): Uint8Array {
  const [columns, rows] = [tapsOf(width, to.width), tapsOf(height, to.height)];
  const result = new Uint8Array(to.width * to.height * 4);
  const known = new Map<number, Float32Array>();
  const across = (y: number): Float32Array => {
    const row = new Float32Array(to.width * 4);
    for (const [x, { first, shares }] of columns.entries()) {
      let [r, g, b, a] = [0, 0, 0, 0];
      for (let i = 0, at = (y * width + first) * 4; i < shares.length; i++, at += 4) {
        const weight = shares[i]! * data[at + 3]!;
        r += weight * data[at]!;
        g += weight * data[at + 1]!;
        b += weight * data[at + 2]!;
        a += weight;
      }
      row.set([r, g, b, a], x * 4);
    }
    return row;
  };
  const sum = new Float32Array(to.width * 4);
  for (const [y, { first, shares }] of rows.entries()) {
    for (const at of known.keys()) if (at < first) known.delete(at);
    sum.fill(0);
    for (let i = 0; i < shares.length; i++) {
      let row = known.get(first + i);
      if (!row) known.set(first + i, (row = across(first + i)));
      for (let k = 0; k < sum.length; k++) sum[k]! += shares[i]! * row[k]!;
    }
    for (let k = 0, at = y * to.width * 4; k < sum.length; k += 4, at += 4) {
      const alpha = byte(sum[k + 3]!);
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) result[at + c] = byte(sum[k + c]! / sum[k + 3]!);
      result[at + 3] = alpha;
    }
  }
  return result;
}
