import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erased, over, times } from './blend.ts';

const byte = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 0xffffffff });
const channels = (pixel: number): number[] => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24];

describe('source-over', () => {
  it('with full alpha gives exactly the colour, and without any leaves the pixel', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 0, max: 0xffffff }), (below, colour) => {
        expect(over(below, colour, 255)).toBe((0xff000000 | colour) >>> 0);
        expect(over(below, colour, 0)).toBe(below);
      }),
    );
  });

  it('is within one step of the formula in real numbers', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 0, max: 0xffffff }), byte, (below, colour, alpha) => {
        const [under, top] = [(below >>> 24) / 255, alpha / 255];
        const sum = top + under * (1 - top);
        if (sum === 0) return;
        const got = channels(over(below, colour, alpha));
        expect(Math.abs(got[3]! - sum * 255)).toBeLessThanOrEqual(0.51);
        for (let i = 0; i < 3; i++) {
          const wanted = (channels(colour)[i]! * top + channels(below)[i]! * under * (1 - top)) / sum;
          expect(Math.abs(got[i]! - wanted)).toBeLessThanOrEqual(0.51);
        }
      }),
    );
  });
});

describe('erasing', () => {
  it('leaves no colour where it leaves no alpha', () => {
    expect(erased(0x80123456, 255)).toBe(0);
    expect(erased(0x80123456, 0)).toBe(0x80123456);
  });
});

describe('times', () => {
  it('is the rounded product for all bytes', () => {
    const wrong: [number, number][] = [];
    for (let a = 0; a < 256; a++)
      for (let b = 0; b < 256; b++) if (times(a, b) !== Math.round((a * b) / 255)) wrong.push([a, b]);
    expect(wrong).toEqual([]);
  });
});
