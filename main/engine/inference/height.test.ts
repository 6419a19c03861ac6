/** Heights as a model tells them: whatever it says of grey, low where nothing is, seamless, and as files beside results. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { seamScore } from '../metrics/seams.ts';
import { sharp } from '../pictures/codecs.ts';
import { randomModel } from '../testing/testing-model.ts';
import { temporary } from '../../testing/folder.ts';
import { tellHeight } from './height.ts';
import { translateFiles } from './translate-files.ts';
import { Translator } from './translator.ts';

const SIDE = 48;
const folder = temporary();
let height: Translator;
beforeAll(() => {
  startRuntime(1);
  height = new Translator(randomModel({ gives: 'height' }), 'Height', null, 'height');
});
afterAll(() => {
  height.release();
  folder.remove();
});

/** Waves that go on at the other side. */
const picture = (opacity: (x: number) => number = () => 255) => {
  const data = new Uint8Array(SIDE * SIDE * 4).map((_, i) => {
    const [x, y] = [(i >> 2) % SIDE, Math.floor((i >> 2) / SIDE)];
    if (i % 4 === 3) return opacity(x);
    return 127 + 60 * Math.sin((2 * Math.PI * (x + (i % 4))) / SIDE) + 60 * Math.cos((4 * Math.PI * y) / SIDE);
  });
  return { width: SIDE, height: SIDE, data };
};
const changes = (data: Float32Array): number =>
  seamScore({ data, width: SIDE, height: SIDE, channels: 1 }, { columns: [0], rows: [0] });

describe('the height of a picture', () => {
  it('is what the model says, between 0 and 1, and lowest where nothing is', async () => {
    const { data } = await tellHeight(height, picture(), false);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(0.1);
    const half = await tellHeight(
      height,
      picture((x) => (x < SIDE / 2 ? 0 : 255)),
      false,
    );
    expect(half.data.filter((_, i) => i % SIDE < SIDE / 2).every((value) => value === 0)).toBe(true);
    expect(half.data.some((value) => value > 0)).toBe(true);
  });

  it('of a texture goes on across its borders', async () => {
    const [cut, wrapped] = [await tellHeight(height, picture(), false), await tellHeight(height, picture(), true)];
    expect(changes(wrapped.data)).toBeLessThan(changes(cut.data));
    expect(changes(wrapped.data)).toBeLessThan(1.5);
  });

  it('is for models that learned it, and they translate nothing', () => {
    expect(() => new Translator(randomModel(), 'Other', null, 'height')).toThrow(
      'Other does not tell the height of pictures',
    );
    expect(() => new Translator(randomModel({ gives: 'height' }), 'Height')).toThrow(
      'Height tells the height of textures; it is for height maps, and translates none',
    );
  });
});

describe('translating files with their heights', () => {
  const options = { tile: false, strength: 1, onlyMissing: false, onPicture: () => undefined };
  const pictures = async (...names: string[]) => {
    const { data } = picture();
    const png = await sharp(data, { raw: { width: SIDE, height: SIDE, channels: 4 } })
      .removeAlpha()
      .png()
      .toBuffer();
    return names.map((name) => {
      writeFileSync(folder.path(`${name}.png`), png);
      return { name, file: folder.path(`${name}.png`) };
    });
  };

  it('writes each beside its result: grey, of 16 bits, of its size', async () => {
    const translator = new Translator(randomModel(), 'a model');
    const out = folder.path('out');
    const given = await pictures('wall', 'floor');
    expect(await translateFiles(translator, { ...options, pictures: given, out, height })).toBe(2);
    expect(readdirSync(out).sort()).toEqual(['floor.png', 'floor_height.png', 'wall.png', 'wall_height.png']);
    const [result, map] = ['wall.png', 'wall_height.png'].map((name) => sharp(readFileSync(folder.path('out', name))));
    const { width, channels } = await result!.metadata();
    expect(channels).toBe(3);
    expect(await map!.metadata()).toMatchObject({ width, height: width, depth: 'ushort', channels: 1 });
    translator.release();
  });

  it('refuses a result that would be called as the height of another', async () => {
    const translator = new Translator(randomModel(), 'a model');
    const given = await pictures('wall', 'wall_height');
    const translating = async () =>
      translateFiles(translator, { ...options, pictures: given, out: folder.path('x'), height });
    await expect(translating()).rejects.toThrow(/would be called as the height of/);
    translator.release();
  });
});
