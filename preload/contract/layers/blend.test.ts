import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atop, BLENDS, erased, mix, mixWords, over, times, type Blend } from './blend.ts';

const byte = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 0xffffffff });
const rgb = fc.integer({ min: 0, max: 0xffffff });
// Doubles would nearly all be near nothing.
const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const channels = (pixel: number): number[] => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255, pixel >>> 24];

const mixed = (blend: Blend, below: readonly number[], above: readonly number[], alpha = 1): number[] => {
  const out = new Float64Array(4);
  mix(blend, Float64Array.from(below), Float64Array.from(above), { alpha, out });
  return [...out];
};
const grey = (blend: Blend, below: number, above: number): number =>
  mixed(blend, [below, below, below, 1], [above, above, above])[0]!;
const light = ([r, g, b]: readonly number[]): number => 0.3 * r! + 0.59 * g! + 0.11 * b!;

describe('source-over', () => {
  it('with full alpha gives exactly the colour, and without any leaves the pixel', () => {
    fc.assert(
      fc.property(word, rgb, (below, colour) => {
        expect(over(below, colour, 255)).toBe((0xff000000 | colour) >>> 0);
        expect(over(below, colour, 0)).toBe(below);
      }),
    );
  });

  it('in whole numbers is the normal mode in real ones, rounded', () => {
    fc.assert(
      fc.property(word, rgb, byte, (below, colour, alpha) => {
        const wanted = mixed(
          'normal',
          channels(below).map((value) => value / 255),
          channels(colour).map((value) => value / 255),
          alpha / 255,
        );
        if (wanted[3] === 0) return;
        channels(over(below, colour, alpha)).forEach((got, c) =>
          expect(Math.abs(got - wanted[c]! * 255)).toBeLessThanOrEqual(0.51),
        );
      }),
    );
  });

  it('atop what is there keeps its alpha', () => {
    fc.assert(
      fc.property(word, rgb, byte, (below, colour, alpha) => {
        const got = channels(atop(below, colour, alpha));
        const exact = channels(mixWords('normal', below, colour, { alpha, atop: true }));
        if (below >>> 24 === 0) expect(got).toEqual([0, 0, 0, 0]);
        else got.forEach((value, c) => expect(Math.abs(value - exact[c]!)).toBeLessThanOrEqual(c < 3 ? 1 : 0));
      }),
    );
  });
});

describe('modes', () => {
  it('follow the formulas of the specification', () => {
    // Worked out by hand: below 0.25, above 0.6 and 0.4.
    const cases: [Blend, number, number][] = [
      ['multiply', 0.15, 0.1],
      ['screen', 0.7, 0.55],
      ['overlay', 0.3, 0.2],
      ['add', 0.85, 0.65],
      ['darken', 0.25, 0.25],
      ['lighten', 0.6, 0.4],
      ['soft-light', 0.25 + 0.2 * (0.5 - 0.25), 0.25 - 0.2 * 0.25 * 0.75],
    ];
    for (const [blend, first, second] of cases) {
      expect(grey(blend, 0.25, 0.6), blend).toBeCloseTo(first, 10);
      expect(grey(blend, 0.25, 0.4), blend).toBeCloseTo(second, 10);
    }
    expect(grey('overlay', 0.75, 0.6)).toBeCloseTo(1 - 2 * 0.25 * 0.4, 10);
    expect(grey('soft-light', 0.64, 0.75)).toBeCloseTo(0.64 + 0.5 * (0.8 - 0.64), 10);
    expect(grey('add', 0.75, 0.6)).toBe(1);
  });

  it('have colours that change nothing', () => {
    const still: [Blend, number][] = [
      ['multiply', 1],
      ['screen', 0],
      ['overlay', 0.5],
      ['add', 0],
      ['darken', 1],
      ['lighten', 0],
      ['soft-light', 0.5],
    ];
    fc.assert(
      fc.property(share, (below) => {
        for (const [blend, above] of still) expect(grey(blend, below, above), blend).toBeCloseTo(below, 10);
      }),
    );
  });

  it('of colour and light take the one from above and the other from below', () => {
    const colour = fc.tuple(share, share, share);
    fc.assert(
      fc.property(colour, colour, (below, above) => {
        expect(light(mixed('colour', [...below, 1], above))).toBeCloseTo(light(below), 6);
        expect(light(mixed('luminosity', [...below, 1], above))).toBeCloseTo(light(above), 6);
      }),
    );
    // Grey paint takes the colour away, and leaves the light.
    const [r, g, b] = mixed('colour', [0.9, 0.2, 0.1, 1], [0.4, 0.4, 0.4]);
    expect(Math.max(Math.abs(r! - g!), Math.abs(g! - b!))).toBeLessThan(1e-9);
  });

  it('show the colour itself where nothing is below, and nothing where it has no alpha', () => {
    fc.assert(
      fc.property(fc.constantFrom(...BLENDS), word, rgb, byte, (blend, below, colour, alpha) => {
        const wanted = alpha === 0 ? 0 : ((alpha << 24) | colour) >>> 0;
        expect(mixWords(blend, 0, colour, { alpha, atop: false })).toBe(wanted);
        if (below >>> 24 > 0) expect(mixWords(blend, below, colour, { alpha: 0, atop: false })).toBe(below);
      }),
    );
  });

  it('never leave what a channel can be', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...BLENDS),
        fc.tuple(share, share, share, share),
        fc.tuple(share, share, share),
        share,
        (blend, below, above, alpha) => {
          for (const value of mixed(blend, below, above, alpha)) {
            expect(value).toBeGreaterThanOrEqual(-1e-9);
            expect(value).toBeLessThanOrEqual(1 + 1e-9);
          }
        },
      ),
      { numRuns: 3000 },
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
