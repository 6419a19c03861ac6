import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { area, clip, copies, intersect, Touched, union } from './box.ts';
import type { Box } from './types.ts';

const box = (left: number, top: number, width: number, height: number): Box => ({ left, top, width, height });
const anyBox = fc.record({
  left: fc.integer({ min: -40, max: 40 }),
  top: fc.integer({ min: -40, max: 40 }),
  width: fc.integer({ min: 1, max: 30 }),
  height: fc.integer({ min: 1, max: 30 }),
});

describe('boxes', () => {
  it('unite and intersect', () => {
    expect(union(box(0, 0, 2, 2), box(5, 1, 1, 4))).toEqual(box(0, 0, 6, 5));
    expect(intersect(box(0, 0, 4, 4), box(2, 1, 9, 2))).toEqual(box(2, 1, 2, 2));
    expect(area(intersect(box(0, 0, 2, 2), box(5, 5, 1, 1)))).toBe(0);
  });

  it('without wrap mode have at most themselves as a copy', () => {
    expect(copies(box(-3, 0, 4, 4), { width: 10, height: 10 }, false)).toEqual([{ x: 0, y: 0 }]);
    expect(copies(box(-9, 0, 4, 4), { width: 10, height: 10 }, false)).toEqual([]);
  });

  it('in wrap mode cover each pixel of the document as often as the torus does', () => {
    fc.assert(
      fc.property(anyBox, (one) => {
        const size = { width: 12, height: 9 };
        const inside = copies(one, size, true)
          .map(({ x, y }) => area(clip({ ...one, left: one.left + x, top: one.top + y }, size)))
          .reduce((sum, part) => sum + part, 0);
        expect(inside).toBe(area(one));
      }),
    );
  });

  it('that were touched are all covered, whatever is joined', () => {
    fc.assert(
      fc.property(fc.array(anyBox, { minLength: 1, maxLength: 40 }), (boxes) => {
        const touched = new Touched();
        for (const one of boxes) touched.add(one);
        for (const one of boxes)
          expect(touched.boxes.some((held) => area(intersect(held, one)) === area(one))).toBe(true);
      }),
    );
  });
});
