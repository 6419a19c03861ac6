import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depthOf, foundAt, latentOf, paceOf, pathThrough, type Recipe } from './recipe.ts';

const shape = { levels: 3, length: 16 };
const seed = (n: number): Recipe => ({ kind: 'seed', seed: n });
const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
const length = (a: Float32Array): number => distance(a, new Float32Array(a.length));
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('a recipe', () => {
  it('of a seed leads all levels alike, always the same, and unlike another seed', () => {
    const latent = latentOf(seed(5), shape);
    expect(latent.subarray(0, 16)).toEqual(latent.subarray(32));
    expect(latentOf(seed(5), shape)).toEqual(latent);
    expect(distance(latent, latentOf(seed(6), shape))).toBeGreaterThan(1);
  });

  it('between two begins at one, ends at the other, and leaves neither their size nor the way', () => {
    fc.assert(
      fc.property(seeds, seeds, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, at) => {
        const [from, to] = [latentOf(seed(a), shape), latentOf(seed(b), shape)];
        const middle = latentOf({ kind: 'between', from: seed(a), to: seed(b), at }, shape);
        const [low, high] = [length(from), length(to)].sort((x, y) => x - y) as [number, number];
        expect(length(middle)).toBeGreaterThan(low - 1e-3);
        expect(length(middle)).toBeLessThan(high + 1e-3);
      }),
    );
    const ends = [0, 1].map((at) => latentOf({ kind: 'between', from: seed(1), to: seed(2), at }, shape));
    expect(distance(ends[0]!, latentOf(seed(1), shape))).toBeLessThan(1e-5);
    expect(distance(ends[1]!, latentOf(seed(2), shape))).toBeLessThan(1e-5);
  });

  it('of a point that was found leads there, also from text, and to no latent of another shape', () => {
    const point = new Float32Array(48).map((_, i) => 15 * Math.sin(i));
    const recipe = JSON.parse(JSON.stringify(foundAt(point))) as Recipe;
    expect(Math.max(...latentOf(recipe, shape).map((value, i) => Math.abs(value - point[i]!)))).toBeLessThan(1 / 2048);
    expect(() => latentOf(recipe, { levels: 2, length: 16 })).toThrow(/another latent/);
  });

  it('near one goes further with the distance', () => {
    const from = latentOf(seed(1), shape);
    const far = [0, 0.2, 0.5, 1].map((away) =>
      distance(from, latentOf({ kind: 'near', of: seed(1), seed: 9, distance: away }, shape)),
    );
    expect(far[0]).toBeLessThan(1e-5);
    expect([...far].sort((a, b) => a - b)).toEqual(far);
  });

  it('mixed has the coarse levels of one and the fine ones of the other', () => {
    const mixed = latentOf({ kind: 'mix', coarse: seed(1), fine: seed(2), level: 1 }, shape);
    expect(mixed.subarray(0, 16)).toEqual(latentOf(seed(1), shape).subarray(0, 16));
    expect(mixed.subarray(16)).toEqual(latentOf(seed(2), shape).subarray(16));
    expect(depthOf({ kind: 'near', of: { kind: 'mix', coarse: seed(1), fine: seed(2), level: 1 }, seed: 1, distance: 1 })).toBe(3); // oxfmt-ignore
  });
});

describe('a path', () => {
  const latents = (loop: boolean, frames: number) =>
    pathThrough([seed(1), seed(2), seed(3)], { frames, loop }).map((recipe) => latentOf(recipe, shape));

  it('passes its keys, and ends at the last one', () => {
    const [path, last] = [latents(false, 21), latentOf(seed(3), shape)];
    expect(path).toHaveLength(21);
    expect(distance(path[10]!, latentOf(seed(2), shape))).toBeLessThan(1e-5);
    expect(distance(path[20]!, last)).toBeLessThan(1e-5);
  });

  it('goes at the pace of each leg, and keeps its keys', () => {
    // The first half of the way is three times as far as the second: it takes three quarters of the time.
    const pace = paceOf([3, 1]);
    expect([0, 0.375, 0.75, 0.875, 1].map(pace)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(paceOf([0, 0])(0.3)).toBe(0.3);
    const path = pathThrough([seed(1), seed(2), seed(3)], { frames: 9, loop: false, paces: [pace, paceOf([1])] });
    expect(path.map((recipe) => (recipe.kind === 'between' ? recipe.at : NaN))).toEqual([0, 1 / 6, 1 / 3, 0.5, 0, 0.25, 0.5, 0.75, 1]); // oxfmt-ignore
  });

  it('that loops is as far from its end to its beginning as between frames', () => {
    const path = latents(true, 30);
    const steps = path.map((latent, i) => distance(latent, path[(i + 1) % path.length]!));
    expect(Math.max(...steps)).toBeLessThan(2 * Math.min(...steps));
  });
});
