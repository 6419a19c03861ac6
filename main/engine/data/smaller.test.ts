import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../models/graph/random.ts';
import { temporary } from '../../testing/folder.ts';
import { encodePng, toPlanar } from '../pictures/pictures.ts';
import { values } from '../testing/values.ts';
import { UNVARIED, type LoaderSettings } from '../processes/messages.ts';
import { MinibatchSource } from './minibatches.ts';
import { madeSmaller } from './smaller.ts';

const noise = { size: 24, channels: 3 as const, data: values(1, 'noise', [3, 24, 24]) };

describe('a picture made smaller', () => {
  it('by a bicubic filter has the values that the filter gives', async () => {
    // Black left of the middle, white right of it.
    const size = 16;
    const data = new Float32Array(3 * size * size).map((_, i) => (i % size < size / 2 ? -1 : 1));
    const small = await madeSmaller({ size, channels: 3, data }, { factor: 2, how: 'bicubic' }, new Random(1, 'any'));
    const row = [...small.subarray(0, 8)].map((value) => Math.round((value + 1) * 127.5));
    // Keys' cubic with a = -0.5 is 0.8672, 0.2266, -0.0703 and -0.0234 at odd quarters, on each side of a pixel. The last
    // black one sees three white ones: half of 0.1328, of 255 levels. What is below black and above white is cut off.
    expect(row).toEqual([0, 0, 0, 17, 238, 255, 255, 255]);
  });

  it('has the values of bytes, and follows from the random numbers alone', async () => {
    for (const how of ['bicubic', 'found'] as const)
      for (let at = 0; at < 12; at++) {
        const make = (place: number) => madeSmaller(noise, { factor: 2, how }, new Random(7, 'smaller', place));
        const one = await make(at);
        expect(one).toHaveLength(3 * 12 * 12);
        const levels = one.map((value) => (value + 1) * 127.5);
        expect(levels.every((level) => Math.abs(level - Math.round(level)) < 1e-3)).toBe(true);
        expect(await make(at)).toEqual(one);
        if (how === 'found') expect(await make(at + 100)).not.toEqual(one);
      }
  });
});

describe('windows of pictures at their own size', () => {
  const folder = temporary();
  const [width, height] = [40, 28];
  const data = Uint8Array.from(values(2, 'picture', [width * height * 3], [0, 255]));
  beforeAll(async () => {
    for (let i = 0; i < 4; i++) await encodePng({ width, height, channels: 3, data }, folder.path('set', `${i}.png`));
  });
  afterAll(() => folder.remove());

  const open = (more: Partial<LoaderSettings> = {}) => {
    const source = new MinibatchSource(
      {
        ...{ dataset: folder.path('set'), kind: 'pictures', windows: true, size: 16, channels: 3, batch: 2, seed: 1 },
        ...{ holdout: 0.25, augment: UNVARIED },
        ...{ emphasis: null, only: null, ...more },
      },
      () => expect.unreachable(),
    );
    const port = { kind: 'picture', channels: 3, recolour: true } as const;
    source.serve({ picture: port, small: { ...port, smaller: { of: 'picture', factor: 2, how: 'found' } } });
    return source;
  };
  const whole = toPlanar({ width, height, channels: 3, data });
  /** Where a window of the picture stands; none where it is no part of it. */
  const placeOf = (window: Float32Array): string | undefined => {
    for (let top = 0; top <= height - 16; top++)
      for (let left = 0; left <= width - 16; left++) {
        const is = (i: number): boolean => {
          const [c, y, x] = [Math.floor(i / 256), Math.floor(i / 16) % 16, i % 16];
          return window[i] === whole[(c * height + top + y) * width + left + x];
        };
        if (window.every((_, i) => is(i))) return `${left},${top}`;
      }
    return undefined;
  };

  it('stand anywhere while it learns, and in the middle of what is held out', async () => {
    const source = open();
    const places = new Set<string | undefined>();
    for (let step = 0; step < 8; step++) {
      const { ports } = await source.batch(step);
      for (const i of [0, 1]) places.add(placeOf(ports['picture']!.subarray(i * 768, (i + 1) * 768)));
    }
    expect(places.has(undefined)).toBe(false);
    expect(places.size).toBeGreaterThan(8);
    const held = await source.heldOut(0, 1);
    expect(placeOf(held.ports['picture']!)).toBe('12,6');
    expect(held.names['small']).toEqual(held.names['picture']);
  });

  it('and what is made of them are the same again after a resume', async () => {
    const [begun, resumed] = [open(), open()];
    for (let step = 0; step < 3; step++) await begun.batch(step);
    expect(await resumed.batch(3)).toEqual(await begun.batch(3));
    expect((await begun.batch(3)).ports['small']).toHaveLength(2 * 3 * 8 * 8);
    expect(await resumed.heldOut(0, 1)).toEqual(await begun.heldOut(0, 1));
  });

  it('of smaller pictures have their edges repeated', async () => {
    const { ports } = await open({ size: 64 }).heldOut(0, 1);
    const plane = ports['picture']!.subarray(0, 64 * 64);
    // 40 x 28 in the middle of 64 x 64.
    expect(plane[0]).toBe(whole[0]);
    expect(plane[18 * 64 + 12]).toBe(whole[0]);
    expect(plane[19 * 64 + 13]).toBe(whole[width + 1]);
  });
});
