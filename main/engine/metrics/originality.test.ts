import { describe, expect, it } from 'vitest';
import { Random } from '../../../models/graph/random.ts';
import { Originality } from './originality.ts';

const shape = { channels: 3, height: 32, width: 32 };
const length = 3 * 32 * 32;
/** Pictures of noise, all unlike each other. */
const noise = (n: number): Float32Array => {
  const random = new Random(n, 'picture');
  return new Float32Array(length).map(() => random.uniform() * 2 - 1);
};
const some = (from: number, count: number): Float32Array[] => Array.from({ length: count }, (_, i) => noise(from + i));

describe('what a generator makes while it trains', () => {
  const watch = new Originality(shape);
  const learned = some(0, 12);
  const batch = new Float32Array(12 * length);
  learned.forEach((picture, i) => batch.set(picture, i * length));

  it('has no figures before anything was learned from', () => {
    expect(watch.judge(some(50, 4), some(60, 4))).toBeNull();
  });

  it('is as varied as real pictures, and no copy, where each is a new one', () => {
    watch.learn(
      learned.map((_, i) => `picture ${i}`),
      batch,
    );
    const { variety, copies } = watch.judge(some(50, 4), some(60, 4))!;
    expect(variety).toBeCloseTo(1, 1);
    expect(copies).toBe(0);
  });

  it('is found out where it makes the same again, or what it learned from', () => {
    const same = noise(70);
    expect(watch.judge([same, same, same], some(60, 4))!.variety).toBe(0);
    const copied = learned[5]!.map((value) => value * 0.98);
    expect(watch.judge([copied, noise(80)], some(60, 4))!.copies).toBe(0.5);
  });
});
