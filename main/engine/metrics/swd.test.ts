import { describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { Random } from '../../../models/graph/random.ts';
import { laplacianPyramid, pyramidShapes } from './pyramid.ts';
import { slicedDistance, SlicedWasserstein } from './swd.ts';

startRuntime(1);

const square = (size: number, channels = 1) => ({ channels, height: size, width: size });

function noise(length: number, name: string): Float32Array {
  return new Random(1, name).normal(new Float32Array(length), 0.5, 0.1);
}

describe('the Laplacian pyramid', () => {
  it('halves down to 16 pixels, also from odd sizes', () => {
    const sides = (size: number): number[] => pyramidShapes(square(size), 16).map(({ height }) => height);
    expect([sides(256), sides(64), sides(31), sides(33), sides(16)]).toEqual([
      [256, 128, 64, 32, 16],
      [64, 32, 16],
      [31, 16],
      [33, 17],
      [16],
    ]);
    expect(() => sides(15)).toThrow(/16 x 16 are needed/);
  });

  it('has nothing but zero in the details of a flat picture, and the picture in the rest', () => {
    const shapes = pyramidShapes(square(32, 3), 16);
    const [details, rest] = laplacianPyramid(new Float32Array(3 * 32 * 32).fill(0.7), shapes) as [
      Float32Array,
      Float32Array,
    ];
    // Enlarging a flat picture keeps it flat, also at the border: the mirror puts pixels where pixels were.
    expect(Math.max(...details.map(Math.abs))).toBeLessThan(1e-6);
    for (const value of rest) expect(value).toBeCloseTo(0.7, 6);
  });

  it('blurs one bright pixel with [1 4 6 4 1] / 16 along each axis', () => {
    const picture = new Float32Array(32 * 32);
    picture[8 * 32 + 8] = 1;
    const [details, rest] = laplacianPyramid(picture, pyramidShapes(square(32), 16)) as [Float32Array, Float32Array];
    expect([0, 1, 2].map((x) => rest[4 * 16 + 4 + x]! * 256)).toEqual([36, 6, 0]); // 6 x 6, 6 x 1, and none two away
    // Along one axis the pixel comes back as 2 (6 x 6 + 1 + 1) / 256 of itself; what is missing is detail.
    expect(details[8 * 32 + 8]).toBeCloseTo(1 - ((2 * 38) / 256) ** 2, 6);
  });
});

describe('slicedDistance', () => {
  it('is the shift itself in one dimension', () => {
    const points = noise(1000, 'points');
    const shifted = points.map((value) => value + 0.25);
    expect(slicedDistance(points, shifted, 1, new Random(1, 'd'))).toBeCloseTo(0.25, 5);
    expect(slicedDistance(points, Float32Array.from(points).reverse(), 1, new Random(1, 'd'))).toBe(0);
  });

  it('knows two Gaussians: equal but for their deviations, they are E|z| times the difference apart', () => {
    const [narrow, wide] = [1, 3].map((deviation, i) =>
      new Random(2, `g${i}`).normal(new Float32Array(20_000), 0, deviation),
    ) as [Float32Array, Float32Array];
    expect(slicedDistance(narrow, wide, 1, new Random(1, 'd'))).toBeCloseTo(2 * Math.sqrt(2 / Math.PI), 1);
  });

  it('averages |cos| of the angle to a shift in two dimensions: 2 / pi of it', () => {
    const points = noise(400, 'plane');
    const shifted = points.map((value, i) => value + (i % 2 === 0 ? 3 : 4)); // by a vector of length 5
    expect(slicedDistance(points, shifted, 2, new Random(1, 'd')) / 5).toBeCloseTo(2 / Math.PI, 1);
  });

  it('refuses sets of different sizes', () => {
    expect(() => slicedDistance(new Float32Array(4), new Float32Array(6), 2, new Random(1, 'd'))).toThrow(RangeError);
  });
});

describe('SlicedWasserstein', () => {
  const distance = (pairs: readonly (readonly [Float32Array, Float32Array])[]): SlicedWasserstein => {
    const swd = new SlicedWasserstein(square(32, 3));
    for (const [a, b] of pairs) swd.add(a, b);
    return swd;
  };
  const pictures = [0, 1, 2, 3].map((i) => noise(3 * 32 * 32, `p${i}`));
  const soften = (p: Float32Array): Float32Array => p.map((value, i) => (value + (p[i + 1] ?? value)) / 2);

  it('is 0 for identical sets, and unmoved by brightness and contrast, which are normalised away', () => {
    expect(distance(pictures.map((p) => [p, p])).distance()).toBe(0);
    expect(distance(pictures.map((p) => [p, p.map((value) => 0.5 * value + 0.1)])).distance()).toBeLessThan(0.01);
  });

  it('is the same each time, and grows with the loss of detail', () => {
    const once = distance(pictures.map((p) => [soften(p), p]));
    const twice = distance(pictures.map((p) => [soften(soften(p)), p]));
    expect(distance(pictures.map((p) => [soften(p), p])).levels()).toEqual(once.levels());
    expect(once.levels()).toHaveLength(2);
    expect(once.distance()).toBeGreaterThan(1);
    expect(twice.distance()).toBeGreaterThan(once.distance());
  });

  it('takes flat pictures, which have no deviation', () => {
    const flat = new Float32Array(3 * 32 * 32).fill(0.5);
    expect(distance([[flat, flat]]).distance()).toBe(0);
  });
});
