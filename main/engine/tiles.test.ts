import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seamScore, TILED } from './seams.ts';
import { mirror, tileStarts, Tiling, translateTiled, wrappedStarts } from './tiles.ts';
import { values } from './testing.ts';

const picture = (width: number, height: number, seed = 1) => ({
  ...{ channels: 3, width, height },
  data: values(seed, 'picture', [3, height, width]),
});
const identity = (tile: Float32Array): Promise<Float32Array> => Promise.resolve(tile.slice());
const sizes = fc.record({
  width: fc.integer({ min: 1, max: 90 }),
  height: fc.integer({ min: 1, max: 90 }),
  size: fc.constantFrom(8, 16, 32),
});

describe('tiles', () => {
  it('cover every pixel, overlapping by at least a quarter', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.constantFrom(8, 32, 64), (length, size) => {
        const starts = tileStarts(length, size, size >> 2);
        expect(starts[0]).toBe(0);
        if (length > size) expect(starts.at(-1)).toBe(length - size);
        starts.slice(1).forEach((start, i) => expect(start - starts[i]!).toBeLessThanOrEqual(size - (size >> 2)));
      }),
    );
  });
  it('go round a picture that wraps, the last overlapping the first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.constantFrom(8, 32, 64), (length, size) => {
        const starts = [...wrappedStarts(length, size, size >> 2), length];
        starts.slice(1).forEach((start, i) => expect(start - starts[i]!).toBeLessThanOrEqual(size - (size >> 2)));
      }),
    );
  });
  it('mirror beyond the edges without repeating them', () => {
    expect([-2, -1, 0, 1, 2, 3, 4, 5].map((at) => mirror(at, 4))).toEqual([2, 1, 0, 1, 2, 3, 2, 1]);
  });
  it.each([false, true])('give a picture back as it was when nothing is changed (wrap: %s)', async (wrap) => {
    await fc.assert(
      fc.asyncProperty(sizes, async ({ width, height, size }) => {
        const given = picture(width, height);
        const same = await translateTiled(given, { size, wrap }, identity);
        same.forEach((value, i) => expect(value).toBeCloseTo(given.data[i]!, 5));
      }),
      { numRuns: 40 },
    );
  });
  it('of a picture that wraps do not know where it begins', async () => {
    // Rolled by the distance of two tiles, everything is the same, rolled.
    const [size, side] = [16, 36];
    const blur = (tile: Float32Array): Promise<Float32Array> =>
      Promise.resolve(tile.map((value, i) => 0.5 * (value + tile[i === 0 ? 0 : i - 1]!)));
    const given = picture(side, side);
    const step = wrappedStarts(side, size, size >> 2)[1]!;
    const roll = (data: Float32Array): Float32Array =>
      data.map((_, i) => data[i - (i % side) + (((i % side) + step) % side)]!);
    const [first, second] = [
      await translateTiled(given, { size, wrap: true }, blur),
      await translateTiled({ ...given, data: roll(given.data) }, { size, wrap: true }, blur),
    ];
    roll(first).forEach((value, i) => expect(second[i]).toBeCloseTo(value, 5));
  });
  it('say which of them a change touches, also over the edge', () => {
    const tiling = new Tiling(64, 64, 32, true);
    const touched = tiling.tiles.filter((tile) => tiling.touches(tile, { left: 0, top: 0, width: 1, height: 1 }));
    expect(touched.map(({ left, top }) => [left, top])).toEqual([
      [0, 0],
      [43, 0],
      [0, 43],
      [43, 43],
    ]);
  });
});

describe('the seam score', () => {
  const grey = (width: number, height: number, at: (x: number, y: number) => number) => ({
    ...{ width, height, channels: 1 },
    data: Float32Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width))),
  });
  it('is 1 for noise and for a flat picture', () => {
    const noise = values(3, 'noise', [200, 200]);
    expect(seamScore({ width: 200, height: 200, channels: 1, data: noise }, TILED)).toBeCloseTo(1, 1);
    expect(
      seamScore(
        grey(8, 8, () => 3),
        TILED,
      ),
    ).toBe(1);
  });
  it('is large where a gradient meets its other end, and says where', () => {
    const ramp = grey(64, 64, (x) => x);
    expect(seamScore(ramp, { columns: [0], rows: [] })).toBe(63);
    expect(seamScore(ramp, { columns: [20], rows: [] })).toBe(1);
  });
});
