/**
 * How close pictures are to the truth: L1, PSNR and SSIM for each picture, and the sliced Wasserstein distance (swd.ts)
 * for the whole set. Pictures are planes (CHW) of numbers in 0..1; RGBA is premultiplied and its alpha counts as a channel.
 */
import type { PlaneShape } from './pyramid.ts';
import { SlicedWasserstein } from './swd.ts';

export type { PlaneShape } from './pyramid.ts';

export interface Scores {
  /** How many pictures were compared. */
  n: number;
  /** Mean absolute difference, 0..1. */
  l1: number;
  /** Mean over pictures of the peak signal-to-noise ratio, in dB, each capped at `PSNR_CAP`. */
  psnr: number;
  /** Mean structural similarity, -1..1. */
  ssim: number;
  /** Sliced Wasserstein distance x 1000, the mean over the levels of the pyramid. */
  swd: number;
}

/**
 * Identical pictures have no noise and an infinite ratio, which would swallow the mean and cannot be written as JSON:
 * they count as 100 dB, more than two different pictures of 8 bits and 256 px can have.
 */
export const PSNR_CAP = 100;

/** Adds up the scores of a set, a picture at a time; only what the sliced Wasserstein distance needs is kept. */
export class MetricsTotal {
  readonly #shape: PlaneShape;
  readonly #swd: SlicedWasserstein;
  #n = 0;
  #l1 = 0;
  #psnr = 0;
  #ssim = 0;

  /** @param shape of every picture; height and width at least 16 */
  constructor(shape: PlaneShape) {
    this.#shape = shape;
    this.#swd = new SlicedWasserstein(shape);
  }

  /** Compares one picture with the truth, both CHW in 0..1. */
  add(picture: Float32Array, truth: Float32Array): void {
    this.#n++;
    this.#l1 += l1(picture, truth);
    this.#psnr += psnr(picture, truth);
    this.#ssim += ssim(picture, truth, this.#shape);
    this.#swd.add(picture, truth);
  }

  /** The scores of all pictures so far. @throws RangeError before the first */
  scores(): Scores {
    const n = this.#n;
    if (n === 0) throw new RangeError('There is no picture to score');
    return { n, l1: this.#l1 / n, psnr: this.#psnr / n, ssim: this.#ssim / n, swd: this.#swd.distance() };
  }
}

/** Planes in [-1, 1], as networks give them, in the 0..1 that scores want. */
export const toUnit = (planes: Float32Array): Float32Array => planes.map((value) => (value + 1) / 2);

/** Mean absolute difference. */
export function l1(a: Float32Array, b: Float32Array): number {
  requireEqualLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** Peak signal-to-noise ratio in dB for a peak of 1: -10 log10 of the mean squared difference, at most `PSNR_CAP`. */
export function psnr(a: Float32Array, b: Float32Array): number {
  requireEqualLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.min(PSNR_CAP, -10 * Math.log10(sum / a.length));
}

const WINDOW = 11;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

/** A Gaussian of deviation 1.5 over the window, that sums to 1. */
const GAUSSIAN = normalised(
  Array.from({ length: WINDOW }, (_, i) => Math.exp(-((i - (WINDOW - 1) / 2) ** 2) / (2 * 1.5 ** 2))),
);

/**
 * Mean structural similarity (Wang et al. 2004): Gaussian window, K1 0.01, K2 0.03, only where the window fits wholly
 * into the picture, the mean over channels.
 * @throws RangeError for pictures smaller than the window
 */
export function ssim(a: Float32Array, b: Float32Array, { channels, height, width }: PlaneShape): number {
  requireEqualLength(a, b);
  if (a.length !== channels * height * width)
    throw new RangeError(`${a.length} numbers are not ${channels} planes of ${width} x ${height}`);
  if (height < WINDOW || width < WINDOW)
    throw new RangeError(`SSIM needs pictures of at least ${WINDOW} x ${WINDOW} pixels`);
  const plane = height * width;
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    const x = a.subarray(c * plane, (c + 1) * plane);
    const y = b.subarray(c * plane, (c + 1) * plane);
    const mean = (p: Float32Array, q?: Float32Array): Float64Array => windowMeans(p, q, height, width);
    sum += meanSimilarity(mean(x), mean(y), mean(x, x), mean(y, y), mean(x, y));
  }
  return sum / channels;
}

/** The formula, from the windows' means of x, y, x^2, y^2 and x y. */
function meanSimilarity(
  x: Float64Array,
  y: Float64Array,
  xx: Float64Array,
  yy: Float64Array,
  xy: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const [mx, my] = [x[i]!, y[i]!];
    const covariance = xy[i]! - mx * my;
    const variances = xx[i]! - mx * mx + (yy[i]! - my * my);
    sum += ((2 * mx * my + C1) * (2 * covariance + C2)) / ((mx * mx + my * my + C1) * (variances + C2));
  }
  return sum / x.length;
}

/**
 * The weighted mean of p, or of p x q, at every place where the window fits: (height - 10) x (width - 10).
 * In double precision, as a variance is the small difference of two such means. Columns first, then rows.
 */
function windowMeans(p: Float32Array, q: Float32Array | undefined, height: number, width: number): Float64Array {
  const [h, w] = [height - WINDOW + 1, width - WINDOW + 1];
  const values = Float64Array.from(p);
  if (q) for (let i = 0; i < values.length; i++) values[i] = values[i]! * q[i]!;
  const columns = new Float64Array(h * width);
  for (let k = 0; k < WINDOW; k++) {
    const weight = GAUSSIAN[k]!;
    for (let i = 0, from = k * width; i < columns.length; i++, from++)
      columns[i] = columns[i]! + weight * values[from]!;
  }
  const out = new Float64Array(h * w);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0, from = y * width + x; k < WINDOW; k++, from++) sum += GAUSSIAN[k]! * columns[from]!;
      out[y * w + x] = sum;
    }
  return out;
}

function requireEqualLength(a: Float32Array, b: Float32Array): void {
  if (a.length !== b.length || a.length === 0)
    throw new RangeError(`Cannot compare ${a.length} numbers with ${b.length}`);
}

function normalised(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight) => weight / total);
}
