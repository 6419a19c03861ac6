/** What the host draws for the leaves of a step that follows from random numbers alone. */
import type { Random } from './random.ts';
import type { Feed, Shape } from './tensor.ts';

/** A feed that needs nothing but random numbers: all but the pictures of the past. */
export type DrawnFeed = Exclude<Feed, { kind: 'pastPictures' }>;

type Draw<F> = (data: Float32Array, random: Random, feed: F, shape: Shape) => void;

const DRAWS: { [K in DrawnFeed['kind']]: Draw<Extract<DrawnFeed, { kind: K }>> } = {
  dropout: (data, random, { rate }) => void random.dropout(data, rate),
  noise: (data, random) => void random.normal(data),
  places: (data, random, { among }) => data.set(random.permutation(among).subarray(0, data.length)),
  categories: (data, random, _, shape) => {
    const length = shape.at(-1)!;
    data.fill(0);
    for (let row = 0; row < data.length; row += length) data[row + random.below(length)] = 1;
  },
  distances: (data, random, { most }) => {
    for (let i = 0; i < data.length; i++) data[i] = random.below(2 * most + 1) - most;
  },
  cutouts: (data, random, { side }, shape) => {
    const [n, , height, width] = shape as [number, number, number, number];
    data.fill(1);
    for (let i = 0; i < n; i++) {
      const [top, left] = [random.below(height) - (side >> 1), random.below(width) - (side >> 1)];
      for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
        const row = (i * height + y) * width;
        data.fill(0, row + Math.max(0, left), row + Math.min(width, left + side));
      }
    }
  },
};

/** Fills `data`, the values of a leaf of this shape, with what its feed draws from `random`. */
export function drawFeed(feed: DrawnFeed, random: Random, { data, shape }: { data: Float32Array; shape: Shape }): void {
  // The row of the feed's own kind takes that kind.
  (DRAWS[feed.kind] as Draw<DrawnFeed>)(data, random, feed, shape);
}
