/** Upscaling with the models that are brought along: size, tiles, transparency, textures. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readyUpscaler, readyUpscalers } from './ready-upscalers.ts';
import { startRuntime } from '../cpu/ort.ts';
import { seamScore, TILED } from '../metrics/seams.ts';
import { values } from '../testing/values.ts';
import { targetSize } from './target-size.ts';
import type { OpenPicture } from './translate-picture.ts';
import { Translator } from './translator.ts';
import { resized, upscalePicture } from './upscale-picture.ts';

startRuntime(2);
const open = (id: string): Translator => new Translator(readFileSync(readyUpscaler(id).file), id, null, 'upscale');
const art = open('art-2x');
afterAll(() => art.release());

/** Discs on a ground; what is outside of them has the alpha that is given there. */
function discs(width: number, height: number, outside: number): OpenPicture {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const far = Math.hypot((x % 32) - 16, (y % 32) - 16);
      const inside = Math.min(1, Math.max(0, 11.5 - far));
      const at = (y * width + x) * 4;
      data.set([220 - x, 60 + y, 90, Math.round(255 * inside + outside * (1 - inside))], at);
      if (outside === 255 && inside < 1)
        for (let c = 0; c < 3; c++) data[at + c] = Math.round(data[at + c]! * inside + 250 * (1 - inside));
    }
  return { width, height, data, hasAlpha: outside !== 255 };
}

/** A picture laid over a grey. */
function flattened({ data, width, height }: OpenPicture, ground: number): OpenPicture {
  const flat = data.slice();
  for (let at = 0; at < flat.length; at += 4) {
    const alpha = data[at + 3]! / 255;
    for (let c = 0; c < 3; c++) flat[at + c] = Math.round(data[at + c]! * alpha + ground * (1 - alpha));
    flat[at + 3] = 255;
  }
  return { width, height, data: flat, hasAlpha: false };
}

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
const mostDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

it.each(readyUpscalers())(
  '$id makes a picture $scale times as large, and keeps what it shows',
  async ({ id, scale }) => {
    const upscaler = open(id);
    const picture = discs(32, 24, 255);
    const result = await upscalePicture(upscaler, picture);
    upscaler.release();
    expect([result.width, result.height]).toEqual([32 * scale, 24 * scale]);
    const back = resized(result, picture);
    expect(meanDifference(back.data, picture.data)).toBeLessThan(6);
  },
);

it('gives in tiles what it gives at once', async () => {
  const picture = discs(150, 130, 255);
  const whole = await upscalePicture(art, picture, { tile: { width: 150, height: 130 } });
  const tiles: string[] = [];
  const tiled = await upscalePicture(art, picture, {
    tile: { width: 128, height: 112 },
    onTile: (done, of) => tiles.push(`${done}/${of}`),
  });
  expect(tiles).toEqual(['1/4', '2/4', '3/4', '4/4']);
  expect(mostDifference(tiled.data, whole.data)).toBeLessThanOrEqual(1);
});

describe('a picture with transparency', () => {
  it('lies over white and over black as its flattened self does, and what was clear stays clear', async () => {
    const picture = discs(64, 64, 0);
    const result = await upscalePicture(art, picture);
    for (const ground of [255, 0]) {
      const wanted = await upscalePicture(art, flattened(picture, ground));
      expect(meanDifference(flattened(result, ground).data, wanted.data), `over ${ground}`).toBeLessThan(2);
    }
    // The corners, which no disc is near to.
    for (const [x, y] of [
      [0, 0],
      [127, 0],
      [64, 64],
    ] as const)
      expect(result.data[(y * result.width + x) * 4 + 3]).toBe(0);
    expect(result.data[(32 * result.width + 32) * 4 + 3]).toBeGreaterThan(250);
  });
});

it('a texture still tiles', async () => {
  const data = new Uint8Array(64 * 64 * 4).fill(255);
  const noise = values(5, 'texture', [8, 8], [0, 255]);
  // Coarse noise that goes round the edges.
  for (let y = 0; y < 64; y++)
    for (let x = 0; x < 64; x++) {
      const [u, v] = [x / 8, y / 8];
      let value = 0;
      for (const [dy, wy] of [
        [0, 1 - (v % 1)],
        [1, v % 1],
      ] as const)
        for (const [dx, wx] of [
          [0, 1 - (u % 1)],
          [1, u % 1],
        ] as const)
          value += wy * wx * noise[((Math.floor(v) + dy) % 8) * 8 + ((Math.floor(u) + dx) % 8)]!;
      data.fill(value, (y * 64 + x) * 4, (y * 64 + x) * 4 + 3);
    }
  const picture = { width: 64, height: 64, data, hasAlpha: false };
  const score = async (wrap: boolean): Promise<number> =>
    seamScore({ ...(await upscalePicture(art, picture, { wrap })), channels: 4 }, TILED);
  expect(await score(true)).toBeLessThan(1.1);
  expect(await score(true)).toBeLessThan(await score(false));
});

it('takes pictures of a pixel, and of one row', async () => {
  for (const [width, height] of [
    [1, 1],
    [1, 300],
    [300, 1],
  ] as const) {
    const result = await upscalePicture(art, { ...discs(width, height, 255), hasAlpha: false });
    expect([result.width, result.height]).toEqual([2 * width, 2 * height]);
  }
});

describe('the size that is wanted', () => {
  const of = { width: 300, height: 200 };
  it.each([
    [{ factor: 1.5 }, [450, 300]],
    [{ width: 600 }, [600, 400]],
    [{ height: 100 }, [150, 100]],
    [{ width: 600, height: 300 }, [450, 300]],
  ])('%j', (target, [width, height]) => {
    expect(targetSize(of, target)).toEqual({ width, height });
  });

  it('is refused where nothing can hold it', () => {
    expect(() => targetSize(of, { width: 60_000 })).toThrow(/60000 x 40000 pixels.*megapixels/);
  });
});
