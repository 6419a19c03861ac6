import { describe, expect, it } from 'vitest';
import { spread } from './strip.ts';

describe('a strip', () => {
  it('has all of few', () => expect(spread([1, 2, 3], 40)).toEqual([1, 2, 3]));
  it('is evenly spread over many, first and last among them', () => {
    const steps = Array.from({ length: 101 }, (_, i) => i * 10);
    expect(spread(steps, 5)).toEqual([0, 250, 500, 750, 1000]);
    expect(new Set(spread(steps, 40)).size).toBe(40);
  });
});
