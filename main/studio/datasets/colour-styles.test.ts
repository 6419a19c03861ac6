/** Flats and hints: properties that hold for whatever picture, and what is suggested for real ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { encodePng, type Picture } from '../../engine/pictures/pictures.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { temporary } from '../../testing/folder.ts';
import { writeSample } from '../samples.ts';
import { areasOf, PAPER, strokesOn } from './colour-styles.ts';
import { openModel, sketchOf } from './drawing.ts';
import { suggestStyles } from './sketches.ts';
import type { Tones } from './line-styles.ts';

const place = temporary();
const renders = place.path('renders');
beforeAll(() => writeSample('renders', renders, { count: 6 }));
afterAll(() => place.remove());

const SIDE = 64;
interface Disc {
  x: number;
  y: number;
  radius: number;
  colour: readonly [number, number, number];
}

/** Shaded discs on a ground that is paper, or has a colour of its own. */
function tonesOf(discs: readonly Disc[], ground: readonly number[] | null): Tones {
  const plane = () => ({ width: SIDE, height: SIDE, data: new Float32Array(SIDE * SIDE) });
  const [colours, alpha] = [[plane(), plane(), plane()], plane()];
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const disc = discs.findLast((one) => Math.hypot(x - one.x, y - one.y) < one.radius);
    const shade = disc ? 1 - 0.1 * ((x - disc.x) / disc.radius) : 1;
    alpha.data[i] = disc || ground ? 1 : 0;
    colours.forEach(({ data }, c) => (data[i] = Math.min(1, shade * (disc?.colour[c] ?? ground?.[c] ?? 1))));
  }
  const light = { ...colours[0]!, data: colours[0]!.data.slice() };
  return { colours, light, liveliness: light, alpha: ground ? undefined : alpha, seed: 7 };
}

const channel = fc.double({ min: 0, max: 0.9, noNaN: true });
const colour = fc.tuple(channel, channel, channel);
const disc = fc.record({
  ...{ x: fc.integer({ min: 8, max: 56 }), y: fc.integer({ min: 8, max: 56 }) },
  ...{ radius: fc.integer({ min: 8, max: 20 }), colour },
});
const pictures = fc
  .tuple(fc.array(disc, { minLength: 1, maxLength: 5 }), fc.option(colour))
  .map(([discs, ground]) => tonesOf(discs, ground));
const strength = fc.constantFrom(0, 0.5, 1);
const RUNS = { numRuns: 60, seed: 17 };

describe('areas of even colour', () => {
  it('are of few colours, each near to the picture over what it covers, and leave the paper free', () => {
    fc.assert(
      fc.property(pictures, strength, (tones, strength) => {
        const { labels, colours } = areasOf(tones, strength);
        expect(colours.length).toBeLessThanOrEqual(Math.round(6 + 10 * strength));
        labels.forEach((label, i) => expect(label === PAPER).toBe(tones.alpha?.data[i] === 0));
        for (const [label, mean] of colours.entries()) {
          const at = [...labels.keys()].filter((i) => labels[i] === label);
          for (const c of [0, 1, 2] as const)
            if (at.length > 0)
              expect(mean[c]).toBeCloseTo(at.reduce((sum, i) => sum + tones.colours[c]!.data[i]!, 0) / at.length, 4);
        }
        const off = [...labels.keys()].filter((i) => labels[i] !== PAPER);
        const error = off.reduce((sum, i) => {
          const even = colours[labels[i]!]!;
          return sum + Math.hypot(...even.map((v, c) => v - tones.colours[c]!.data[i]!));
        }, 0);
        expect(error / Math.max(1, off.length)).toBeLessThan(0.12);
      }),
      RUNS,
    );
  });

  it('are of one colour where the picture has one', () => {
    const { colours, labels } = areasOf(tonesOf([], [0.2, 0.5, 0.8]), 1);
    expect(colours).toHaveLength(1);
    expect(new Set(labels)).toEqual(new Set([0]));
  });

  it('are none too small to fill by hand', () => {
    const speck: Disc = { x: 32, y: 32, radius: 1.2, colour: [1, 0, 0] };
    const large: Disc = { x: 30, y: 30, radius: 20, colour: [0, 0.4, 0.8] };
    const { labels, colours } = areasOf(tonesOf([large, speck], null), 0);
    expect(colours[labels[32 * SIDE + 32]!]![0]).toBeLessThan(0.3);
  });
});

describe('strokes', () => {
  it('touch little, stay in the area that they begin in, and are the same for the same seed', () => {
    fc.assert(
      fc.property(pictures, fc.integer({ min: 0, max: 1000 }), (tones, seed) => {
        const areas = areasOf(tones, 0.5);
        const touched = strokesOn(areas, 6, seed);
        expect(touched).toEqual(strokesOn(areas, 6, seed));
        const share = touched.reduce((sum, one) => sum + one, 0) / touched.length;
        expect(share).toBeLessThan(0.08);
        expect(share).toBeGreaterThan(0);
        touched.forEach((one, i) => one && expect(areas.labels[i]).not.toBe(PAPER));
        const single = strokesOn(areas, 1, seed);
        expect(new Set([...areas.labels].filter((_, i) => single[i])).size).toBe(1);
      }),
      RUNS,
    );
    const areas = areasOf(tonesOf([{ x: 32, y: 32, radius: 20, colour: [0.9, 0.2, 0.1] }], null), 0.5);
    expect(strokesOn(areas, 6, 1)).not.toEqual(strokesOn(areas, 6, 2));
  });

  it('begin with the largest colour, and come to every one before any has three', () => {
    const discs: Disc[] = [
      { x: 20, y: 20, radius: 18, colour: [0.9, 0.2, 0.1] },
      { x: 46, y: 46, radius: 12, colour: [0.1, 0.7, 0.2] },
      { x: 50, y: 14, radius: 9, colour: [0.1, 0.2, 0.8] },
    ];
    const areas = areasOf(tonesOf(discs, null), 0);
    const sizes = areas.colours.map((_, label) => areas.labels.filter((each) => each === label).length);
    const [largest] = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]!);
    for (const seed of [1, 2, 3]) {
      const touched = (count: number) => new Set([...areas.labels].filter((_, i) => strokesOn(areas, count, seed)[i]));
      expect(touched(1)).toEqual(new Set([largest]));
      expect(touched(6).size).toBeGreaterThanOrEqual(3);
    }
  });

  it('are none on white', () => {
    expect(strokesOn(areasOf(tonesOf([], [1, 1, 1]), 0.5), 6, 1)).toEqual(new Uint8Array(SIDE * SIDE));
  });
});

describe('drawn from files', () => {
  const file = (i: number): string => place.path(`renders/B/${names[i]!}`);
  let names: string[];
  beforeAll(async () => {
    names = (await import('node:fs')).readdirSync(`${renders}/B`).sort();
  });
  const pixels = async (png: Uint8Array): Promise<Buffer> => sharp(png).raw().toBuffer();
  /** How many colours cover more than a thousandth of a drawing. */
  const coloursIn = (data: Buffer): number => {
    const found = new Map<number, number>();
    for (let i = 0; i < data.length; i += 3)
      found.set(data.readUIntBE(i, 3), (found.get(data.readUIntBE(i, 3)) ?? 0) + 1);
    return [...found.values()].filter((n) => n > data.length / 3 / 1000).length;
  };
  /** The share of pixels that have colour. */
  const coloured = (data: Buffer): number => {
    let n = 0;
    for (let i = 0; i < data.length; i += 3)
      if (Math.max(...data.subarray(i, i + 3)) - Math.min(...data.subarray(i, i + 3)) > 25) n++;
    return n / (data.length / 3);
  };

  it('flats have few colours, hints a little colour, and both come out the same again', async () => {
    for (let i = 0; i < 3; i++) {
      const flats = await sketchOf(file(i), { style: 'flats', strength: 0.5 });
      const hints = await sketchOf(file(i), { style: 'hints', strength: 0.5 });
      expect(coloursIn(await pixels(flats))).toBeLessThan(30);
      expect(coloursIn(await pixels(flats))).toBeGreaterThan(1);
      expect(coloured(await pixels(hints))).toBeGreaterThan(0.001);
      expect(coloured(await pixels(hints))).toBeLessThan(0.08);
      expect(Buffer.from(await sketchOf(file(i), { style: 'hints', strength: 0.5 })).equals(hints)).toBe(true);
    }
  });

  it('flats are suggested for coloured art, ink for the rest', async () => {
    expect(await suggestStyles(renders)).toEqual(['flats']);
    for (let i = 0; i < 4; i++) {
      const { width, height } = await openModel(file(i));
      const grey: Picture = { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(40 * i) };
      await encodePng(grey, place.path(`grey/pictures/${i}.png`));
    }
    expect(await suggestStyles(place.path('grey'))).toEqual(['ink']);
  });
});
