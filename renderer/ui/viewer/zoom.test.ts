import { describe, expect, it } from 'vitest';
import { fit, MOST, zoomAt } from './zoom.ts';

describe('looking closely', () => {
  it('fits a large picture and enlarges a small one by whole numbers', () => {
    expect(fit({ width: 2000, height: 1000 }, { width: 1048, height: 800 })).toEqual({ scale: 0.5, x: 24, y: 150 });
    expect(fit({ width: 64, height: 64 }, { width: 400, height: 400 })).toEqual({ scale: 5, x: 40, y: 40 });
  });
  it('keeps the point under the pointer', () => {
    const at = { x: 130, y: 70 };
    const [before, after] = [{ scale: 1, x: 10, y: 20 }, zoomAt({ scale: 1, x: 10, y: 20 }, 3, at)];
    const point = (view: typeof before) => [(at.x - view.x) / view.scale, (at.y - view.y) / view.scale];
    expect(after.scale).toBe(3);
    expect(point(after)).toEqual(point(before));
  });
  it('has limits', () => expect(zoomAt({ scale: 60, x: 0, y: 0 }, 10, { x: 0, y: 0 }).scale).toBe(MOST));
});
