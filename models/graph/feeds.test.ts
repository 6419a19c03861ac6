import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFeed, type DrawnFeed } from './feeds.ts';
import { Random } from './random.ts';
import { sizeOf, type Shape } from './tensor.ts';

function drawn(feed: DrawnFeed, shape: Shape, seed = 1): Float32Array {
  const data = new Float32Array(sizeOf(shape)).fill(NaN);
  drawFeed(feed, new Random(seed, 'feed'), { data, shape });
  return data;
}

describe('what the host draws', () => {
  it('follows from the random numbers alone', () => {
    const feeds: [DrawnFeed, Shape][] = [
      [{ kind: 'noise' }, [2, 5]],
      [{ kind: 'dropout', rate: 0.5 }, [2, 5]],
      [{ kind: 'places', among: 30 }, [7]],
      [{ kind: 'categories' }, [4, 3]],
      [{ kind: 'distances', most: 3 }, [4, 2]],
      [{ kind: 'cutouts', side: 4 }, [2, 1, 8, 8]],
    ];
    for (const [feed, shape] of feeds) {
      expect(drawn(feed, shape), feed.kind).toEqual(drawn(feed, shape));
      expect(drawn(feed, shape).some(Number.isNaN), feed.kind).toBe(false);
      expect(drawn(feed, shape, 2), feed.kind).not.toEqual(drawn(feed, shape, 3));
    }
  });

  it('categories: one in each row, each as often as any other', () => {
    const rows = drawn({ kind: 'categories' }, [6000, 3]);
    const counts = [0, 1, 2].map((k) => rows.filter((value, i) => i % 3 === k && value === 1).length);
    expect(counts.reduce((a, b) => a + b)).toBe(6000);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(150);
  });

  it('distances: whole numbers up to both ends', () => {
    const all = drawn({ kind: 'distances', most: 2 }, [500, 2]);
    expect([...new Set(all)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('cutouts: a square in each mask, cut off where it leaves the picture', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 0, max: 1e6 }), (side, seed) => {
        const mask = drawn({ kind: 'cutouts', side }, [1, 1, 9, 12], seed);
        const holes = [...mask.keys()].filter((i) => mask[i] === 0);
        const [rows, columns] = [holes.map((i) => Math.floor(i / 12)), holes.map((i) => i % 12)];
        const span = (all: number[]): number => Math.max(...all) - Math.min(...all) + 1;
        expect(span(rows)).toBeLessThanOrEqual(side);
        expect(span(columns)).toBeLessThanOrEqual(side);
        expect(holes).toHaveLength(span(rows) * span(columns));
      }),
    );
  });
});
