import { expect, it } from 'vitest';
import { Random } from '../../../models/graph/random.ts';
import { PicturePool } from './picture-pool.ts';

const show = (pool: PicturePool, picture: number, step: number): number => {
  const shown = new Float32Array(2);
  pool.exchange(Float32Array.of(picture, picture + 0.5), shown, new Random(3, 'pool', step));
  expect(shown[1]).toBe(shown[0]! + 0.5);
  return shown[0]!;
};

it('fills first, then shows as many kept pictures as new ones, each kept one once', () => {
  const pool = new PicturePool(10, 2);
  for (let i = 0; i < 10; i++) expect(show(pool, i, i)).toBe(i);
  expect(pool.filled).toBe(10);
  const shown = Array.from({ length: 2000 }, (_, i) => show(pool, i + 10, i + 10));
  const old = shown.filter((picture, i) => picture !== i + 10);
  expect(old.length).toBeGreaterThan(900);
  expect(old.length).toBeLessThan(1100);
  expect(new Set(old).size).toBe(old.length);
  // A picture stays for as long as chance wants: some come back after more than the pool's size of steps.
  expect(Math.max(...shown.map((picture, i) => i + 10 - picture))).toBeGreaterThan(30);
});

it('of no capacity shows what is new', () => {
  const pool = new PicturePool(0, 2);
  expect([1, 2, 3].map((picture) => show(pool, picture, picture))).toEqual([1, 2, 3]);
});
