import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Part, Recipe } from '../../../models/latent/recipe.ts';
import { ROOT } from '../../root.ts';
import { startRuntime } from '../cpu/ort.ts';
import { toPlanar } from '../pictures/pictures.ts';
import { Generator, seedAt, wishFor } from './generator.ts';

/** Where the faces of Characters have what. */
const PARTS = {
  eyes: { left: 0.3, top: 0.4, right: 0.7, bottom: 0.62 },
  hair: { left: 0.12, top: 0.06, right: 0.88, bottom: 0.36 },
};
/** Bases, and variants of each. */
const [BASES, VARIANTS] = [2, 4];

describe('a part that is held', () => {
  let generator: Generator;
  beforeAll(() => {
    startRuntime(1);
    generator = new Generator(readFileSync(join(ROOT, 'assets/models/characters/model.onnx')), 'Characters');
  });
  afterAll(() => generator.release());
  const seed = (n: number): Recipe => ({ kind: 'seed', seed: seedAt(9, n) });
  const planesOf = async (recipe: Recipe): Promise<Float32Array> => toPlanar(await generator.make(wishFor(recipe)));

  /** Mean absolute difference to the base, 0..1, within the part and outside it, over all variants. */
  async function apart(
    part: Part,
    made: (of: Recipe, seed: number) => Recipe,
  ): Promise<Record<'within' | 'outside', number>> {
    const { size } = generator.form;
    const sums = { within: { far: 0, n: 0 }, outside: { far: 0, n: 0 } };
    for (let b = 0; b < BASES; b++) {
      const base = await planesOf(seed(b));
      for (let v = 0; v < VARIANTS; v++) {
        const variant = await planesOf(made(seed(b), seedAt(10 + b, v)));
        for (const [i, value] of variant.entries()) {
          const [x, y] = [(i % size) / size, (Math.floor(i / size) % size) / size];
          const isWithin = x >= part.left && x < part.right && y >= part.top && y < part.bottom;
          const sum = sums[isWithin ? 'within' : 'outside'];
          sum.far += Math.abs(value - base[i]!) / 2;
          sum.n++;
        }
      }
    }
    return { within: sums.within.far / sums.within.n, outside: sums.outside.far / sums.outside.n };
  }
  const held =
    (part: Part, distance: number) =>
    (of: Recipe, drawn: number): Recipe => ({ kind: 'held', of, seed: drawn, distance, ...part });

  it.each(Object.entries(PARTS))(
    'changes at most half as much as where the rest changes as much: %s',
    async (_, part) => {
      const near = await apart(part, (of, drawn) => ({ kind: 'near', of, seed: drawn, distance: 0.1 }));
      const still = await apart(part, held(part, 0.3));
      expect(still.outside).toBeGreaterThan(0.02);
      expect(still.within / still.outside).toBeLessThan(near.within / near.outside / 2);
      // As far as it goes, the part stays, and the rest goes on changing.
      const far = await apart(part, held(part, 1));
      expect(far.within).toBeLessThan(0.035);
      expect(far.outside).toBeGreaterThan(1.1 * still.outside);
    },
  );

  it('is held in whatever is made of it, always alike', async () => {
    const one = held(PARTS.eyes, 0.6)(seed(1), 5);
    const again = new Generator(readFileSync(join(ROOT, 'assets/models/characters/model.onnx')), 'Characters');
    const first = await planesOf({ kind: 'between', from: one, to: seed(2), at: 0 });
    expect(toPlanar(await again.make(wishFor(one)))).toEqual(first);
    again.release();
  });
});
