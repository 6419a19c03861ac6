import { describe, expect, it } from 'vitest';
import { cornerIn, diameterIn, fitted, inside, lensAfterKey, MOST_ZOOM, zoomAfterWheel } from './lens.ts';

const box = { width: 400, height: 300 };

describe('the lens', () => {
  it('has what is under the pointer in the middle of both halves', () => {
    const { left, top } = cornerIn({ x: 100, y: 50 }, 200, 4);
    expect([left + 100 * 4, top + 50 * 4]).toEqual([50, 100]);
  });
  it('is never most of the picture, and never tiny', () => {
    expect(diameterIn(box)).toBe(186);
    expect(diameterIn({ width: 2000, height: 2000 })).toBe(360);
    expect(diameterIn({ width: 90, height: 90 })).toBe(160);
  });
  it('enlarges two to eight times', () => {
    expect(zoomAfterWheel(3, -100)).toBeCloseTo(3 * Math.exp(0.15), 9);
    expect(zoomAfterWheel(3, -1e4)).toBe(MOST_ZOOM);
    expect(zoomAfterWheel(3, 1e4)).toBe(2);
  });
  it.each([
    ['ArrowRight', { at: { x: 112, y: 50 }, zoom: 3 }],
    ['ArrowUp', { at: { x: 100, y: 38 }, zoom: 3 }],
    ['+', { at: { x: 100, y: 50 }, zoom: 4 }],
    ['-', { at: { x: 100, y: 50 }, zoom: 2 }],
    ['a', null],
  ])('is led by the key %s', (key, after) =>
    expect(lensAfterKey(key, { at: { x: 100, y: 50 }, zoom: 3 }, box)).toEqual(after),
  );
  it('stays over the picture', () => {
    expect(inside({ x: -5, y: 999 }, box)).toEqual({ x: 0, y: 300 });
  });
});

describe('the easel', () => {
  it('shows the whole picture as large as it can', () => {
    expect(fitted({ width: 64, height: 64 }, { width: 700, height: 500 })).toEqual({ width: 500, height: 500 });
    expect(fitted({ width: 4000, height: 1000 }, { width: 700, height: 500 })).toEqual({ width: 700, height: 175 });
  });
});
