import { describe, expect, it } from 'vitest';
import { largerSize, placeOf, sizeAt, smallerSize } from './brush-size.ts';

describe('the size of a brush', () => {
  it.each([
    [1, 2],
    [9, 10],
    [10, 15],
    [12, 15],
    [50, 60],
    [100, 125],
    [300, 400],
    [1000, 1000],
  ])('%d grows to %d', (from, to) => expect(largerSize(from)).toBe(to));
  it.each([
    [1, 1],
    [10, 9],
    [15, 10],
    [12, 10],
    [60, 50],
    [125, 100],
    [400, 300],
    [1000, 900],
  ])('%d shrinks to %d', (from, to) => expect(smallerSize(from)).toBe(to));
  it.each([1, 8, 24, 250, 1000])('%d comes back from a slider', (size) => expect(sizeAt(placeOf(size))).toBe(size));
});
