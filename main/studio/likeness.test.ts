import { describe, expect, it } from 'vitest';
import { Random } from '../../models/graph/random.ts';
import { alike, groupAlike, THUMB, thumbOf, type Thumb } from './likeness.ts';

/** A smooth picture of a few random waves. */
function waves(seed: number): Uint8Array {
  const random = new Random(seed, 'waves');
  const parts = Array.from(
    { length: 6 },
    () => [random.uniform() * 6, random.uniform() * 6, random.uniform() * 7] as const,
  );
  return new Uint8Array(THUMB * THUMB * 3).map((_, i) => {
    const [x, y] = [(Math.floor(i / 3) % THUMB) / THUMB, Math.floor(i / 3 / THUMB) / THUMB];
    return 128 + parts.reduce((sum, [fx, fy, phase]) => sum + 20 * Math.sin(6 * (fx * x + fy * y) + phase), 0);
  });
}

/** The same picture with a little noise, as compression leaves it. */
function noisy(data: Uint8Array, seed: number): Uint8Array {
  const random = new Random(seed, 'noise');
  return data.map((value) => Math.min(255, Math.max(0, value + random.below(9) - 4)));
}

describe('alike', () => {
  it('sees through noise, and tells other pictures apart', () => {
    const pictures = [1, 2, 3, 4, 5].map(waves);
    for (const [i, one] of pictures.entries()) {
      expect(alike(thumbOf(one), thumbOf(noisy(one, i)))).toBe(true);
      for (const other of pictures.slice(i + 1)) expect(alike(thumbOf(one), thumbOf(other))).toBe(false);
    }
  });

  it('does not take a changed spot for the same picture', () => {
    const white = new Uint8Array(THUMB * THUMB * 3).fill(255);
    const spot = white.slice();
    for (let y = 14; y < 18; y++) spot.fill(0, (y * THUMB + 14) * 3, (y * THUMB + 18) * 3);
    expect(alike(thumbOf(white), thumbOf(spot))).toBe(false);
  });
});

describe('groupAlike', () => {
  it('finds what comparing each with every other finds', () => {
    const thumbs = Array.from({ length: 60 }, (_, i) => thumbOf(noisy(waves(i % 40), i)));
    expect(groupAlike(thumbs)).toEqual(Array.from({ length: 20 }, (_, i) => [i, i + 40]));
  });

  it('looks at 10,000 pictures in seconds, also when thousands are blank', () => {
    const random = new Random(1, 'many');
    const blank = thumbOf(new Uint8Array(THUMB * THUMB * 3).fill(255));
    const noise = (): Thumb => ({
      data: new Uint8Array(3072).map(() => random.below(256)),
      high: random.uint32(),
      low: random.uint32(),
    });
    const thumbs = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? blank : noise()));
    const began = performance.now();
    expect(groupAlike(thumbs).map(({ length }) => length)).toEqual([3334]);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
