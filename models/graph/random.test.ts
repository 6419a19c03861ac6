import { describe, expect, it } from 'vitest';
import { philox, Random } from './random.ts';

describe('Philox 4x32-10', () => {
  // The known answers of Random123 1.14 (kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('gives the published words for %s', (counter, key, words) => {
    const out = new Uint32Array(4);
    const [[c0, c1, c2, c3], [k0, k1]] = [counter, key];
    philox(out, c0, c1, c2, c3, k0, k1);
    expect([...out]).toEqual(words);
  });
});

describe('Random', () => {
  it('repeats itself, and differs by seed, stream and index', () => {
    const first = (seed: number, stream: string, index: number): number[] => {
      const random = new Random(seed, stream, index);
      return Array.from({ length: 9 }, () => random.uint32());
    };
    expect(first(1, 'a', 0)).toEqual(first(1, 'a', 0));
    const all = [
      first(1, 'a', 0),
      first(2, 'a', 0),
      first(1, 'b', 0),
      first(1, 'a', 1),
      first(1 + 2 ** 32, 'a', 0),
    ].map(String);
    expect(new Set(all).size).toBe(5);
  });

  it('is uniform in [0, 1) and normal with the asked mean and deviation', () => {
    const random = new Random(5, 'test');
    const uniform = Array.from({ length: 20_000 }, () => random.uniform());
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(uniform.reduce((a, b) => a + b) / uniform.length).toBeCloseTo(0.5, 2);
    const normal = new Random(5, 'test').normal(new Float32Array(20_001), 3, 0.5);
    const mean = normal.reduce((a, b) => a + b) / normal.length;
    expect(mean).toBeCloseTo(3, 1);
    expect(Math.sqrt(normal.reduce((a, b) => a + (b - mean) ** 2, 0) / normal.length)).toBeCloseTo(0.5, 1);
  });

  it('permutes: every number once', () => {
    expect([...new Random(1, 'order').permutation(100)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
});
