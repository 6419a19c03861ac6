import { describe, expect, it } from 'vitest';
import { Random } from '../../../models/graph/random.ts';
import { drawAugmentation, recolour, sampleMoved, turnHue, type Movement } from './augment.ts';
import { UNVARIED } from '../processes/messages.ts';
import { fromPlanar, toPlanar, type Picture } from '../pictures/pictures.ts';

const noise = (size: number, channels: 3 | 4 = 3): Picture => {
  const random = new Random(3, 'noise');
  return {
    width: size,
    height: size,
    channels,
    data: new Uint8Array(size * size * channels).map(() => random.below(256)),
  };
};

const moved = (picture: Picture, move: Movement): Float32Array => {
  const out = new Float32Array(picture.data.length);
  sampleMoved(picture, { move, size: picture.width }, out, 0);
  return out;
};

/** The picture whose pixel (x, y) is this one's pixel `from(x, y)`. */
const rearranged = (picture: Picture, from: (x: number, y: number) => [number, number]): Picture => {
  const { width, height, channels } = picture;
  const data = new Uint8Array(picture.data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fx, fy] = from(x, y);
      const at = (fy * width + fx) * channels;
      data.set(picture.data.subarray(at, at + channels), (y * width + x) * channels);
    }
  return { ...picture, data };
};

describe('drawAugmentation and sampleMoved', () => {
  it.each([3, 4] as const)('copies pixels untouched when everything is off (%i channels)', (channels) => {
    const picture = noise(9, channels);
    const { move, colour } = drawAugmentation(UNVARIED, 9, new Random(1, 'augment', 5));
    expect(moved(picture, move)).toEqual(toPlanar(picture));
    expect(colour).toEqual({ brightness: 1, contrast: 1, saturation: 1 });
  });

  it('mirrors exactly, about half of the time', () => {
    const picture = noise(8);
    const mirrored = toPlanar(rearranged(picture, (x, y) => [7 - x, y]));
    let count = 0;
    for (let i = 0; i < 400; i++) {
      const { move } = drawAugmentation({ ...UNVARIED, flip: true }, 8, new Random(1, 'augment', i));
      if (move.xx === -1) count++;
      expect(moved(picture, move)).toEqual(move.xx === -1 ? mirrored : toPlanar(picture));
    }
    expect(count).toBeGreaterThan(160);
    expect(count).toBeLessThan(240);
  });

  it('shifts by whole pixels within the range, repeating the edge', () => {
    const picture = noise(10);
    const seen = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const { move } = drawAugmentation({ ...UNVARIED, jitter: 0.2 }, 10, new Random(2, 'augment', i));
      const [dx, dy] = [Math.round(move.x0), Math.round(move.y0)];
      const edge = (v: number): number => Math.min(9, Math.max(0, v));
      expect(moved(picture, move)).toEqual(toPlanar(rearranged(picture, (x, y) => [edge(x + dx), edge(y + dy)])));
      seen.add(dx);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  it('turns about the middle: a right angle is a rearrangement', () => {
    const picture = noise(7);
    const quarter: Movement = { xx: 0, xy: -1, x0: 6, yx: 1, yy: 0, y0: 0 };
    expect(moved(picture, quarter)).toEqual(toPlanar(rearranged(picture, (x, y) => [6 - y, x])));
    const { move } = drawAugmentation(
      { ...UNVARIED, rotate: 30, zoom: 0.5, flip: true },
      7,
      new Random(1, 'augment', 3),
    );
    expect(move.xx * 3 + move.xy * 3 + move.x0).toBeCloseTo(3, 12); // the middle stays
    expect(move.yx * 3 + move.yy * 3 + move.y0).toBeCloseTo(3, 12);
    const area = Math.abs(move.xx * move.yy - move.xy * move.yx);
    expect(area).toBeLessThanOrEqual(1); // only ever enlarged
    expect(area).toBeGreaterThan(1 / 1.5 ** 2);
  });

  it('interpolates between four pixels', () => {
    const data = Uint8Array.from([0, 100, 50, 250].flatMap((v) => [v, v, v]));
    const half: Movement = { xx: 1, xy: 0, x0: 0.5, yx: 0, yy: 1, y0: 0.25 };
    const value = moved({ width: 2, height: 2, channels: 3, data }, half)[0]!;
    expect((value + 1) * 127.5).toBeCloseTo(0.75 * 50 + 0.25 * 150, 4);
  });
});

describe('recolour', () => {
  const colours = { brightness: 1.3, contrast: 0.8, saturation: 0 };

  it('follows the formula, and stays in range', () => {
    const planes = Float32Array.from([0.2, -0.4, 1]);
    recolour(planes, 0, 1, 3, colours);
    const grey = 0.299 * 0.6 + 0.587 * 0.3 + 0.114;
    const expected = 2 * 1.3 * (0.5 + 0.8 * (grey - 0.5)) - 1;
    for (const value of planes) expect(value).toBeCloseTo(expected, 5);
    const bright = Float32Array.from([1, 1, 1]);
    recolour(bright, 0, 1, 3, { brightness: 2, contrast: 2, saturation: 1 });
    expect([...bright]).toEqual([1, 1, 1]);
  });

  it('keeps premultiplied colour within its alpha, and alpha as it was', () => {
    const picture = noise(8, 4);
    for (let i = 0; i < picture.data.length; i++) picture.data[i] = Math.min(picture.data[i]!, picture.data[i | 3]!);
    const planes = toPlanar(picture);
    recolour(planes, 0, 64, 4, { brightness: 1.5, contrast: 1.4, saturation: 1.5 });
    const { data } = fromPlanar(planes, 8, 8, 4);
    for (let i = 0; i < data.length; i += 4) {
      expect(data[i + 3]).toBe(picture.data[i + 3]);
      expect(Math.max(data[i]!, data[i + 1]!, data[i + 2]!)).toBeLessThanOrEqual(data[i + 3]!);
    }
  });
});

describe('turnHue', () => {
  it('leaves greys and a whole turn as they are, and turns red to green and blue', () => {
    const grey = Float32Array.from([-0.5, 0.25, -0.5, 0.25, -0.5, 0.25]);
    const turned = grey.slice();
    turnHue(turned, 0, 2, 3, 77);
    turned.forEach((v, i) => expect(v).toBeCloseTo(grey[i]!, 5));
    const colours = Float32Array.from([0.4, -0.2, -0.6, 0.1, 0, -0.5]);
    const same = colours.slice();
    turnHue(same, 0, 2, 3, 360);
    same.forEach((v, i) => expect(v).toBeCloseTo(colours[i]!, 5));
    const strongest = (degrees: number): number => {
      const red = Float32Array.from([0.6, -0.8, -0.8]);
      turnHue(red, 0, 1, 3, degrees);
      return red.indexOf(Math.max(...red));
    };
    expect([0, 120, 240].map(strongest)).toEqual([0, 1, 2]);
  });

  it('keeps what shines through within its alpha', () => {
    const planes = Float32Array.from([-0.6, -1, -0.9, -0.5]); // alpha 0.25, premultiplied
    turnHue(planes, 0, 1, 4, 140);
    for (const c of [0, 1, 2]) expect(planes[c]).toBeLessThanOrEqual(-0.5 + 1e-6);
    expect(planes[3]).toBe(-0.5);
  });

  it('is drawn last, so that what else is varied stays, and is of both signs', () => {
    const settings = { ...UNVARIED, rotate: 30 };
    const drawn = Array.from({ length: 50 }, (_, i) => {
      const one = (hue: number) => drawAugmentation({ ...settings, hue }, 16, new Random(1, 'augment', i));
      expect(one(90).move).toEqual(one(0).move);
      return one(90).hue;
    });
    expect(Math.max(...drawn)).toBeLessThanOrEqual(90);
    expect(Math.min(...drawn)).toBeLessThan(-30);
    expect(Math.max(...drawn)).toBeGreaterThan(30);
  });
});
