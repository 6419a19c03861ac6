/**
 * Bringing a picture to another size, in both directions: by Lanczos' filter of three lobes if nothing else is said.
 * Ours, as libvips places what it enlarges a quarter of a pixel beside where it was.
 */

import { blankAs, nearest, whiteOf, type Values } from './depth.ts';

/** Straight RGBA, rows from the top. */
interface Pixels<Data extends Values> {
  width: number;
  height: number;
  data: Data;
}

/** How much a pixel counts that is so far away; nothing from `reach` on. */
export interface Filter {
  reach: number;
  at: (distance: number) => number;
}

export const LANCZOS: Filter = {
  reach: 3,
  at: (x) => {
    if (x === 0) return 1;
    if (Math.abs(x) >= 3) return 0;
    const turn = Math.PI * x;
    return (3 * Math.sin(turn) * Math.sin(turn / 3)) / (turn * turn);
  },
};

/** Straight lines from pixel to pixel: nothing becomes more or less than its neighbours are. */
export const TENT: Filter = { reach: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };

/** Keys' cubic with a = -0.5: what the field calls bicubic. */
export const CUBIC: Filter = {
  reach: 2,
  at: (x) => {
    const d = Math.abs(x);
    if (d >= 2) return 0;
    return d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
  },
};

/** What a pixel of the result is made of: places of the old one from `first`, each with its share; they sum to 1. */
export interface Tap {
  first: number;
  shares: Float32Array;
}

/**
 * What each of `to` pixels is made of, where there were `from`. Pixels are squares with their centres at halves; beyond
 * the edges the outermost is repeated.
 */
export function tapsOf(from: number, to: number, { reach, at: filter }: Filter): Tap[] {
  const step = from / to;
  const wide = Math.max(1, step);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * step - 0.5;
    const [low, high] = [Math.ceil(centre - reach * wide), Math.floor(centre + reach * wide)];
    const [first, last] = [Math.max(0, low), Math.min(from - 1, high)];
    const shares = new Float32Array(last - first + 1);
    let sum = 0;
    for (let at = low; at <= high; at++) {
      const share = filter((at - centre) / wide);
      shares[Math.min(last, Math.max(first, at)) - first]! += share;
      sum += share;
    }
    return { first, shares: shares.map((share) => share / sum) };
  });
}

/** A blur of that many pixels, of the smaller of the two pictures. */
export const gaussian = (sigma: number): Filter => ({
  reach: 3 * sigma,
  at: (x) => Math.exp((-x * x) / (2 * sigma * sigma)),
});

/** Rows of four values a pixel; each is asked for once, from the top. */
interface Rows {
  width: number;
  height: number;
  row: (y: number) => Float32Array;
}

/** Rows at another size, handed on one by one from the top; what is handed on is overwritten by the next. */
export function resampleRows(
  { width, height, row }: Rows,
  to: { width: number; height: number },
  filter: Filter,
  finished: (y: number, row: Float32Array) => void,
): void {
  const [columns, rows] = [tapsOf(width, to.width, filter), tapsOf(height, to.height, filter)];
  const known = new Map<number, Float32Array>();
  const across = (y: number): Float32Array => {
    const from = row(y);
    const result = new Float32Array(to.width * 4);
    for (const [x, { first, shares }] of columns.entries()) {
      let [r, g, b, a] = [0, 0, 0, 0];
      for (let i = 0, at = first * 4; i < shares.length; i++, at += 4) {
        const share = shares[i]!;
        r += share * from[at]!;
        g += share * from[at + 1]!;
        b += share * from[at + 2]!;
        a += share * from[at + 3]!;
      }
      const at = x * 4;
      [result[at], result[at + 1], result[at + 2], result[at + 3]] = [r, g, b, a];
    }
    return result;
  };
  const sum = new Float32Array(to.width * 4);
  for (const [y, { first, shares }] of rows.entries()) {
    for (const at of known.keys()) if (at < first) known.delete(at);
    sum.fill(0);
    for (let i = 0; i < shares.length; i++) {
      let part = known.get(first + i);
      if (!part) known.set(first + i, (part = across(first + i)));
      const share = shares[i]!;
      for (let k = 0; k < sum.length; k++) sum[k]! += share * part[k]!;
    }
    finished(y, sum);
  }
}

/** The picture at another size, colours weighed by their alpha. Memory beside the result: a few of its rows. */
export function resample<Data extends Values>(
  { data, width, height }: Pixels<Data>,
  to: { width: number; height: number },
  filter = LANCZOS,
): Data {
  const result = blankAs(data, to.width * to.height * 4);
  const white = whiteOf(data);
  const weighed = new Float32Array(width * 4);
  const row = (y: number): Float32Array => {
    for (let k = 0, at = y * width * 4; k < weighed.length; k += 4, at += 4) {
      const alpha = (weighed[k + 3] = data[at + 3]!);
      for (let c = 0; c < 3; c++) weighed[k + c] = alpha * data[at + c]!;
    }
    return weighed;
  };
  resampleRows({ width, height, row }, to, filter, (y, sum) => {
    for (let k = 0, at = y * to.width * 4; k < sum.length; k += 4, at += 4) {
      const alpha = nearest(sum[k + 3]!, white);
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) result[at + c] = nearest(sum[k + c]! / sum[k + 3]!, white);
      result[at + 3] = alpha;
    }
  });
  return result;
}
