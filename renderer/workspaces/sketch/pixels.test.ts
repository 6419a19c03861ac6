import { describe, expect, it } from 'vitest';
import { cropped, firstPainted, fitted, framed, hexOf, surfaceOf, unionOf, within } from './pixels.ts';

const surface = (width: number, height: number, ...bytes: number[]) => ({
  ...{ width, height },
  data: Uint8ClampedArray.from(bytes),
});
const box = (left: number, top: number, width: number, height: number) => ({ left, top, width, height });

describe('pixels on their way', () => {
  it('lie in boxes', () => {
    expect(unionOf(null, box(1, 2, 3, 4))).toEqual(box(1, 2, 3, 4));
    expect(unionOf(box(0, 0, 2, 2), box(5, 1, 1, 6))).toEqual(box(0, 0, 6, 7));
    expect(within(box(-3, -3, 10, 5), { width: 4, height: 4 })).toEqual(box(0, 0, 4, 2));
    expect(within(box(4, 0, 2, 2), { width: 4, height: 4 })).toBeNull();
  });
  it('are found where there is paint', () => {
    expect(firstPainted(surface(2, 2, ...new Array<number>(16).fill(0)))).toBeNull();
    expect(firstPainted(surface(2, 2, ...new Array<number>(12).fill(0), 9, 0, 0, 1))).toEqual({ left: 1, top: 1 });
    expect(firstPainted(surface(0, 0))).toBeNull();
  });
  it('are cut out and laid into a frame', () => {
    const four = surface(2, 2, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4);
    const right = cropped(four, box(1, 0, 1, 2));
    expect([...right.bytes]).toEqual([2, 2, 2, 2, 4, 4, 4, 4]);
    expect([...framed(right, { width: 2, height: 2 }).data]).toEqual([0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0, 4, 4, 4, 4]);
    expect(surfaceOf(right)).toMatchObject({ width: 1, height: 2 });
  });
  it('shrink into a square and are named as colours', () => {
    expect(fitted({ width: 1024, height: 512 }, 256)).toEqual({ width: 256, height: 128 });
    expect(fitted({ width: 64, height: 32 }, 256)).toEqual({ width: 64, height: 32 });
    expect(hexOf(168, 67, 28)).toBe('#a8431c');
  });
});
