import { describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { Random } from '../../../models/graph/random.ts';
import { l1, MetricsTotal, psnr, PSNR_CAP, ssim, type PlaneShape } from './metrics.ts';

startRuntime(1);

const shape: PlaneShape = { channels: 3, height: 20, width: 24 };
const length = shape.channels * shape.height * shape.width;

/** Smooth structure with noise on it, 0..1. */
function picture(seed: number, noise: number): Float32Array {
  const random = new Random(seed, 'picture');
  return new Float32Array(length).map((_, i) => 0.5 + 0.3 * Math.sin(i / 7) + noise * (random.uniform() - 0.5));
}

/** SSIM as the paper writes it: at every place the weighted means, variances and covariance of one two-dimensional window. */
function naiveSsim(a: Float32Array, b: Float32Array, { channels, height, width }: PlaneShape): number {
  const weight = (dy: number, dx: number): number => Math.exp(-(dy * dy + dx * dx) / (2 * 1.5 * 1.5));
  const offsets = Array.from({ length: 121 }, (_, k) => [Math.floor(k / 11) - 5, (k % 11) - 5] as const);
  const total = offsets.reduce((sum, [dy, dx]) => sum + weight(dy, dx), 0);
  let [sum, count] = [0, 0];
  for (let c = 0; c < channels; c++)
    for (let y = 5; y < height - 5; y++)
      for (let x = 5; x < width - 5; x++) {
        const mean = (f: (at: number) => number): number =>
          offsets.reduce((s, [dy, dx]) => s + (weight(dy, dx) / total) * f((c * height + y + dy) * width + x + dx), 0);
        const [ma, mb] = [mean((at) => a[at]!), mean((at) => b[at]!)];
        const va = mean((at) => (a[at]! - ma) ** 2);
        const vb = mean((at) => (b[at]! - mb) ** 2);
        const cov = mean((at) => (a[at]! - ma) * (b[at]! - mb));
        sum += ((2 * ma * mb + 1e-4) * (2 * cov + 9e-4)) / ((ma * ma + mb * mb + 1e-4) * (va + vb + 9e-4));
        count++;
      }
  return sum / count;
}

describe('l1 and psnr', () => {
  it('agree with values worked out by hand', () => {
    const [a, b] = [Float32Array.of(0, 0.5, 1, 0.25), Float32Array.of(0.5, 0.5, 0.5, 0.25)];
    expect(l1(a, b)).toBe(0.25);
    expect(psnr(a, b)).toBeCloseTo(9.0309, 4); // mean square 1/8: 10 log10 8
    expect(psnr(Float32Array.of(0), Float32Array.of(1))).toBeCloseTo(0, 12);
  });

  it('caps the ratio of identical pictures', () => {
    expect(psnr(picture(1, 1), picture(1, 1))).toBe(PSNR_CAP);
  });

  it('refuse what cannot be compared', () => {
    for (const metric of [l1, psnr]) {
      expect(() => metric(new Float32Array(3), new Float32Array(4))).toThrow(RangeError);
      expect(() => metric(new Float32Array(0), new Float32Array(0))).toThrow(RangeError);
    }
  });
});

describe('ssim', () => {
  it.each([0.05, 0.5, 1])('agrees with the direct formula (noise %d)', (noise) => {
    const [a, b] = [picture(1, noise), picture(2, noise)];
    expect(ssim(a, b, shape)).toBeCloseTo(naiveSsim(a, b, shape), 10);
  });

  it('is 1 for identical pictures, and known for flat ones', () => {
    expect(ssim(picture(1, 1), picture(1, 1), shape)).toBeCloseTo(1, 12);
    const [dark, light] = [0.25, 0.75].map((value) => new Float32Array(length).fill(value)) as [
      Float32Array,
      Float32Array,
    ];
    // No variance: only the luminance term is left.
    expect(ssim(dark, light, shape)).toBeCloseTo((2 * 0.1875 + 1e-4) / (0.0625 + 0.5625 + 1e-4), 9);
  });

  it('refuses pictures smaller than its window, and wrong lengths', () => {
    const small = { channels: 1, height: 10, width: 20 };
    expect(() => ssim(new Float32Array(200), new Float32Array(200), small)).toThrow(/at least 11 x 11/);
    expect(() => ssim(picture(1, 1), picture(1, 1), small)).toThrow(RangeError);
  });
});

describe('MetricsTotal', () => {
  it('gives the mean over pictures of each score', () => {
    const pairs = [0.1, 0.4, 0.8].map((noise, i) => [picture(i, noise), picture(i + 10, noise)] as const);
    const total = new MetricsTotal(shape);
    for (const [a, b] of pairs) total.add(a, b);
    const mean = (metric: (a: Float32Array, b: Float32Array) => number): number =>
      pairs.reduce((sum, [a, b]) => sum + metric(a, b), 0) / 3;
    const { n, swd, ...scores } = total.scores();
    expect(n).toBe(3);
    expect(swd).toBeGreaterThan(0);
    expect(scores.l1).toBeCloseTo(mean(l1), 12);
    expect(scores.psnr).toBeCloseTo(mean(psnr), 12);
    expect(scores.ssim).toBeCloseTo(
      mean((a, b) => ssim(a, b, shape)),
      12,
    );
  });

  it('has no score without pictures', () => {
    expect(() => new MetricsTotal(shape).scores()).toThrow(RangeError);
  });
});
