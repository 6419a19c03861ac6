import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seamScore, TILED } from '../metrics/seams.ts';
import {
  evenSide,
  Blend,
  mirror,
  tileOf,
  tileStarts,
  Tiling,
  translateTiled,
  wrappedStarts,
  type Raster,
} from './tiles.ts';
import { values } from '../testing/testing.ts';

const picture = (width: number, height: number, seed = 1): Raster<Uint8Array> => ({
  ...{ width, height },
  data: Uint8Array.from(values(seed, 'picture', [height, width, 4], [0, 255]), (value, i) =>
    i % 4 === 3 ? 255 : value,
  ),
});
/** A picture as planes, and what comes of it tile by tile. */
const planesOf = (given: Raster): Float32Array => tileOf(given, new Tiling(given, given), { left: 0, top: 0 }, 3);
async function translated(
  given: Raster,
  tiling: Tiling,
  change: (tile: Float32Array) => Float32Array = (tile) => tile,
): Promise<Float32Array> {
  const { width, height } = given;
  const whole = new Float32Array(3 * width * height);
  let next = 0;
  await translateTiled(
    tiling,
    3,
    (tile) => Promise.resolve(change(tileOf(given, tiling, tile, 3))),
    ({ top, count, planes }) => {
      expect(top).toBe(next);
      next += count;
      for (let c = 0; c < 3; c++)
        whole.set(planes.subarray(c * count * width, (c + 1) * count * width), (c * height + top) * width);
    },
  );
  expect(next).toBe(height);
  return whole;
}
const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
/** The mean of what lies up to `reach` away in a row, with nothing beyond the tile. */
const blurred =
  (reach: number, { width }: { width: number }) =>
  (tile: Float32Array): Float32Array =>
    tile.map((_, at) => {
      const x = at % width;
      let sum = 0;
      for (let i = Math.max(-x, -reach); i <= Math.min(width - 1 - x, reach); i++) sum += tile[at + i]!;
      return sum / (2 * reach + 1);
    });
const square = (size: number) => ({ width: size, height: size });
const sizes = fc.record({
  width: fc.integer({ min: 1, max: 90 }),
  height: fc.integer({ min: 1, max: 90 }),
  multiple: fc.constantFrom(1, 2, 4),
  tile: fc.record({ width: fc.constantFrom(8, 16, 32), height: fc.constantFrom(8, 16, 32) }),
});

describe('tiles', () => {
  it('of a model that looks no further than it says give what it gives at once, wherever they begin', async () => {
    const cases = fc.record({
      ...{ width: fc.integer({ min: 40, max: 120 }), reach: fc.integer({ min: 1, max: 9 }) },
      side: fc.constantFrom(40, 48, 64),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ width, reach, side }) => {
        const given = picture(width, 5);
        const tile = { width: Math.min(side, width), height: 5 };
        const tiled = await translated(given, new Tiling(given, tile, { reach }), blurred(reach, tile));
        const whole = await translated(given, new Tiling(given, given), blurred(reach, given));
        expect(largestDifference(tiled, whole)).toBeLessThan(1e-4);
      }),
      { numRuns: 200 },
    );
  });

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
  it('begin where it is said, and the last may reach beyond the end', () => {
    expect(tileStarts(1301, 512, 128, 4)).toEqual([0, 264, 528, 792]);
    expect(tileStarts(512, 512, 128, 4)).toEqual([0]);
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
      fc.asyncProperty(sizes, async ({ width, height, tile, multiple }) => {
        const given = picture(width, height);
        const [same, was] = [await translated(given, new Tiling(given, tile, { wrap, multiple })), planesOf(given)];
        expect(largestDifference(same, was)).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });
  it('of a picture that wraps do not know where it begins', async () => {
    // Rolled by the distance of two tiles, everything is the same, rolled.
    const [size, side] = [16, 36];
    const blur = (tile: Float32Array): Float32Array =>
      tile.map((value, i) => 0.5 * (value + tile[i === 0 ? 0 : i - 1]!));
    const given = picture(side, side);
    const step = wrappedStarts(side, size, size >> 2)[1]!;
    const roll = <Data extends Float32Array | Uint8Array>(data: Data, unit: number): Data =>
      data.map((_, i) => {
        const at = Math.floor(i / unit);
        return data[(at - (at % side) + (((at % side) + step) % side)) * unit + (i % unit)]!;
      }) as Data;
    const tiling = new Tiling(given, square(size), { wrap: true });
    const [first, second] = [
      await translated(given, tiling, blur),
      await translated({ ...given, data: roll(given.data, 4) }, tiling, blur),
    ];
    expect(largestDifference(roll(first, 1), second)).toBeLessThan(1e-5);
  });
  it('say which of them a change touches, also over the edge', () => {
    const tiling = new Tiling(square(64), square(32), { wrap: true });
    const touched = tiling.tiles.filter((tile) => tiling.touches(tile, { left: 0, top: 0, width: 1, height: 1 }));
    expect(touched.map(({ left, top }) => [left, top])).toEqual([
      [0, 0],
      [43, 0],
      [0, 43],
      [43, 43],
    ]);
  });
});

describe('a picture that is put together', () => {
  it('holds no more than one row of tiles at a time', async () => {
    const given = picture(20, 400);
    const tiling = new Tiling(given, square(16));
    const counts: number[] = [];
    await translateTiled(
      tiling,
      3,
      (tile) => Promise.resolve(tileOf(given, tiling, tile, 3)),
      ({ count }) => counts.push(count),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(16);
    expect(counts.reduce((sum, count) => sum + count)).toBe(400);
  });
  it('moves on down with what is below', () => {
    const blend = new Blend({ left: 0, top: 0, width: 2, height: 3 }, 1);
    blend.weight.fill(1);
    blend.total.set([1, 2, 3, 4, 5, 6]);
    blend.advance(2);
    expect([blend.box.top, [...blend.total], [...blend.weight]]).toEqual([2, [5, 6, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]]);
  });
});

describe('the seam score', () => {
  const grey = (width: number, height: number, at: (x: number, y: number) => number) => ({
    ...{ width, height, channels: 1 },
    data: new Float32Array(width * height).map((_, i) => at(i % width, Math.floor(i / width))),
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

describe('even tiles', () => {
  it.each([
    [1024, 576, 18],
    [1025, 256, 32],
    [577, 576, 18],
    [9000, 576, 18],
  ])('cover %i pixels with no more of %i than it takes, at a reach of %i', (length, largest, reach) => {
    const side = evenSide(length, largest, reach);
    expect(side).toBeLessThanOrEqual(largest);
    const starts = new Tiling({ width: length, height: 1 }, { width: side, height: 1 }, { reach }).tiles;
    const fewest = Math.ceil((length - 2 * reach - 8) / (largest - 2 * reach - 8));
    expect(starts).toHaveLength(fewest);
    expect(starts.at(-1)!.left + side - length).toBeLessThan(2);
  });
});
