/** Pictures through models: alpha, and seams between tiles. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../pictures/codecs.ts';
import { startRuntime } from '../cpu/ort.ts';
import { seamScore } from '../metrics/seams.ts';
import { values } from '../testing/testing.ts';
import { randomModel } from '../testing/testing-model.ts';
import { freeModel } from '../testing/testing-onnx.ts';
import { temporary } from '../../testing/folder.ts';
import { tileOf, Tiling } from './tiles.ts';
import { mixPictures, openPicture, translatePicture, type OpenPicture } from './translate-picture.ts';
import { Translator } from './translator.ts';

const folder = temporary();
beforeAll(() => startRuntime(1));
afterAll(() => folder.remove());

/** A picture with slopes and shapes, as a photograph has; `alphaAt` gives 0..255. */
function scene(
  width: number,
  height: number,
  alphaAt: (x: number, y: number) => number = () => 255,
): OpenPicture<Uint8Array> {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 4) {
      const wave = 60 * Math.sin(x / 17) + 50 * Math.cos(y / 23);
      const disc = Math.hypot((x % 90) - 45, (y % 70) - 35) < 20 ? 60 : 0;
      data.set([120 + wave + disc, 110 + wave / 2, 130 - disc, alphaAt(x, y)], i);
    }
  return { width, height, data, hasAlpha: true };
}

const copy = (picture: OpenPicture<Uint8Array>): OpenPicture<Uint8Array> => ({
  ...picture,
  data: picture.data.slice(),
});

/** A picture as it looks on white. */
function onWhite({ data }: OpenPicture<Uint8Array>): Float32Array {
  return new Float32Array((data.length / 4) * 3).map((_, i) => {
    const [at, c] = [Math.floor(i / 3) * 4, i % 3];
    const alpha = data[at + 3]! / 255;
    return data[at + c]! * alpha + 255 * (1 - alpha);
  });
}

describe('transparency', () => {
  const ramp = scene(32, 32, (x) => [255, 200, 128, 60, 1, 0][Math.floor(x / 6)]!);

  it('is kept by a model that knows none, and on white the result is what the model made', async () => {
    const translator = new Translator(randomModel(), 'model');
    const result = await translatePicture(translator, copy(ramp), { strength: 1 });
    const planes = await translator.run(tileOf(ramp, new Tiling(ramp, ramp), { left: 0, top: 0 }, 3));
    const made = Float32Array.from(
      { length: planes.length },
      (_, i) => Math.min(1, Math.max(-1, planes[(i % 3) * 1024 + Math.floor(i / 3)]!)) * 127.5 + 127.5,
    );
    const shown = onWhite(result);
    for (let i = 0; i < ramp.data.length / 4; i++) {
      const alpha = ramp.data[i * 4 + 3]!;
      expect(result.data[i * 4 + 3]).toBe(alpha);
      for (let c = 0; c < 3; c++) {
        // Darker than the alpha allows cannot be shown on white: as dark as it gets, then.
        const possible = Math.max(made[i * 3 + c]!, 255 - alpha);
        expect(Math.abs(shown[i * 3 + c]! - possible)).toBeLessThan(1);
      }
    }
    translator.release();
  });

  it("of a model that makes it itself is the model's", async () => {
    const translator = new Translator(randomModel({ channels: 4 }), 'model');
    const result = await translatePicture(translator, copy(ramp), { strength: 1 });
    expect(result.hasAlpha).toBe(true);
    expect(new Set(result.data.filter((_, i) => i % 4 === 3)).size).toBeGreaterThan(20);
    const none = await translatePicture(translator, copy(ramp), { strength: 0 });
    const [before, after] = [onWhite(ramp), onWhite(none)];
    after.forEach((value, i) => expect(Math.abs(value - before[i]!)).toBeLessThan(1.5));
    translator.release();
  });

  it('is not brought into an opaque picture: its ground comes back where the model leaves it clear', async () => {
    const translator = new Translator(randomModel({ channels: 4 }), 'model');
    const disc = (of: number[], around: number[]): OpenPicture<Uint8Array> => {
      const picture = scene(32, 32);
      for (let i = 0; i < 32 * 32; i++)
        picture.data.set(Math.hypot((i % 32) - 16, (i >> 5) - 16) < 10 ? of : around, i * 4);
      return { ...picture, hasAlpha: false };
    };
    const red = [200, 40, 30, 255];
    const opaque = await translatePicture(translator, disc(red, [240, 230, 90, 255]), { strength: 1 });
    expect([opaque.hasAlpha, Math.min(...opaque.data.filter((_, i) => i % 4 === 3))]).toEqual([false, 255]);
    // What the model makes of the disc with nothing around it, laid over the same colour.
    const clear = await translatePicture(translator, disc(red, [0, 0, 0, 0]), { strength: 1 });
    for (let at = 0; at < clear.data.length; at += 4) {
      const alpha = clear.data[at + 3]! / 255;
      [240, 230, 90].forEach((ground, c) => {
        const over = clear.data[at + c]! * alpha + ground * (1 - alpha);
        expect(Math.abs(over - opaque.data[at + c]!)).toBeLessThan(2);
      });
    }
    const none = await translatePicture(translator, disc(red, [240, 230, 90, 255]), { strength: 0 });
    expect(none.data).toEqual(disc(red, [240, 230, 90, 255]).data);
    // A picture that fills its frame shows itself where the model leaves it clear.
    const full = await translatePicture(translator, { ...scene(32, 32), hasAlpha: false }, { strength: 1 });
    expect(Math.min(...full.data.filter((_, i) => i % 4 === 3))).toBe(255);
    translator.release();
  });

  it.each([3, 4] as const)('does not change what a strength means (%i channels)', async (channels) => {
    const translator = new Translator(randomModel({ channels }), 'model');
    const at = (strength: number) => translatePicture(translator, copy(ramp), { strength });
    const [none, whole] = [await at(0), await at(1)];
    expect(Math.max(...onWhite(none).map((value, i) => Math.abs(value - onWhite(ramp)[i]!)))).toBeLessThan(1.5);
    // The same, mixed from the two pictures as files hold them.
    const mixed = onWhite(mixPictures(copy(ramp), copy(whole), { strength: 0.5 }));
    const [a, b] = [onWhite(ramp), onWhite(whole)];
    mixed.forEach((value, i) => expect(Math.abs(value - (a[i]! + b[i]!) / 2)).toBeLessThan(2));
    translator.release();
  });
});

/** The same everywhere, so that a change of the result at the borders of tiles is a seam and nothing else. */
async function texture(width: number, height: number): Promise<OpenPicture<Uint8Array>> {
  const [w, h] = [width >> 2, height >> 2];
  const noise = Uint8Array.from(values(2, 'texture', [h, w, 4], [0, 255]), (value, i) => (i % 4 === 3 ? 255 : value));
  const large = sharp(noise, { raw: { width: w, height: h, channels: 4 } }).resize(width, height, { fit: 'fill' });
  return { width, height, hasAlpha: false, data: new Uint8Array(await large.raw().toBuffer()) };
}

describe('tiles of a large picture', () => {
  const models: [string, Uint8Array][] = [
    ['a model of a fixed size', randomModel({ size: 64, width: 8 })],
    ['a model of any size', freeModel({ size: 64 })],
  ];
  it.each(models)('of %s have no seams that can be seen', async (_, bytes) => {
    const translator = new Translator(bytes, 'model');
    const picture = await texture(1301, 1007);
    const tiling = new Tiling(picture, translator.tileFor(picture), { multiple: translator.multiple });
    expect(tiling.tiles.length).toBeGreaterThan(3);
    const { data, width, height } = await translatePicture(translator, picture, { strength: 1 });
    const borders = (starts: number[], length: number, most: number): number[] =>
      [...new Set(starts.flatMap((start) => [start, start + length]))].filter((at) => at > 0 && at < most);
    const columns = borders(
      tiling.tiles.map(({ left }) => left),
      tiling.tile.width,
      width,
    );
    const rows = borders(
      tiling.tiles.map(({ top }) => top),
      tiling.tile.height,
      height,
    );
    expect(seamScore({ data, width, height, channels: 4 }, { columns, rows })).toBeLessThan(1.15);
    translator.release();
  });

  it('are as large as memory allows where the model takes any size, and never smaller than it was trained at', () => {
    const translator = new Translator(freeModel({ size: 64 }), 'model');
    expect(translator.tileFor({ width: 4096, height: 301 })).toEqual({ width: 512, height: 302 });
    expect(translator.tileFor({ width: 5, height: 65 })).toEqual({ width: 64, height: 66 });
    const large = new Translator(freeModel({ size: 600 }), 'model');
    expect(large.tileFor({ width: 4096, height: 4096 })).toEqual({ width: 600, height: 600 });
    const fixed = new Translator(randomModel({ size: 64 }), 'model');
    expect(fixed.tileFor({ width: 4096, height: 4096 })).toEqual({ width: 64, height: 64 });
    for (const one of [translator, large, fixed]) one.release();
  });
});

it('opens a small picture larger with everything where it was', async () => {
  const side = 24;
  const ramp = Buffer.from(new Uint8Array(side * side * 3).map((_, i) => 10 * (Math.floor(i / 3) % side)));
  const file = folder.path('ramp.png');
  await sharp(ramp, { raw: { width: side, height: side, channels: 3 } }).toFile(file);
  const { data } = await openPicture(file, { width: 2 * side, height: 2 * side });
  for (let x = 12; x < 36; x++)
    expect(Math.abs(data[(24 * 2 * side + x) * 4]! - 10 * ((x + 0.5) / 2 - 0.5))).toBeLessThan(1);
});
