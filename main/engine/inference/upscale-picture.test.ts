/** Upscaling with the models that are brought along: size, tiles, transparency, textures. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readyUpscaler, readyUpscalers } from './ready-upscalers.ts';
import { OrtError, startRuntime } from '../cpu/ort.ts';
import { seamScore, TILED } from '../metrics/seams.ts';
import { floats, FREE, model, node, valueInfo } from '../testing/testing-onnx.ts';
import { values } from '../testing/values.ts';
import { resample } from '../pictures/resample.ts';
import { keepColours } from './keep-colours.ts';
import { targetSize } from './target-size.ts';
import { encodeResult, requireRoom, type OpenPicture } from './translate-picture.ts';
import { Translator } from './translator.ts';
import { resized, upscalePicture } from './upscale-picture.ts';

startRuntime(2);
const open = (id: string): Translator => new Translator(readFileSync(readyUpscaler(id).file), id, null, 'upscale');
const art = open('art-2x');
afterAll(() => art.release());

/** Discs on a ground; what is outside of them has the alpha that is given there. */
function discs(width: number, height: number, outside: number): OpenPicture<Uint8Array> {
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
function flattened({ data, width, height }: OpenPicture<Uint8Array>, ground: number): OpenPicture<Uint8Array> {
  const flat = data.slice();
  for (let at = 0; at < flat.length; at += 4) {
    const alpha = data[at + 3]! / 255;
    for (let c = 0; c < 3; c++) flat[at + c] = Math.round(data[at + c]! * alpha + ground * (1 - alpha));
    flat[at + 3] = 255;
  }
  return { width, height, data: flat, hasAlpha: false };
}

/** An upscaler that makes every pixel four, all of them paler, redder and less green than they were. */
const tinting = (): Uint8Array =>
  model({
    nodes: [
      node('Resize', ['input', '', 'scales'], 'large'),
      node('Mul', ['large', 'pale'], 'paler'),
      node('Add', ['paler', 'tint'], 'output'),
    ],
    weights: [
      floats('scales', [4], [1, 1, 2, 2]),
      floats('pale', [], [0.9]),
      floats('tint', [1, 3, 1, 1], [0.12, -0.1, 0.05]),
    ],
    inputs: [valueInfo('input', FREE)],
    outputs: [valueInfo('output', [1, 3, 'high', 'wide'])],
    metadata: {
      ...{ 'maquette.format': '1', 'maquette.family': 'srgan', 'maquette.does': 'upscale', 'maquette.scale': '2' },
      ...{ 'maquette.range': '-1..1', 'maquette.multiple': '1', 'maquette.reach': '1', 'maquette.tile': '64' },
      ...{ 'maquette.size': '16', 'maquette.channels': '3', 'maquette.settings': '{}' },
    },
  });

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

it.each(readyUpscalers())('$id makes of one grey the same at its edges as in its middle', async ({ id }) => {
  const upscaler = open(id);
  for (const grey of [0, 120, 230]) {
    const data = new Uint8Array(48 * 48 * 4).map((_, at) => (at % 4 === 3 ? 255 : grey));
    const result = await upscalePicture(upscaler, { width: 48, height: 48, data, hasAlpha: false });
    const middle = result.data.subarray((result.width * result.height * 4 + result.width * 4) / 2);
    const far = result.data.reduce((most, value, at) => Math.max(most, Math.abs(value - middle[at % 4]!)), 0);
    expect(far, `${grey}`).toBeLessThanOrEqual(6);
  }
  upscaler.release();
});

it('spends no more on a sprite than it has pixels, and makes of a single pixel what it is', async () => {
  expect(art.tileFor({ width: 40, height: 33 })).toEqual({ width: 40, height: 33 });
  for (const { id } of readyUpscalers()) {
    const upscaler = open(id);
    const data = new Uint8Array([120, 120, 120, 255]);
    const result = await upscalePicture(upscaler, { width: 1, height: 1, data, hasAlpha: false });
    upscaler.release();
    for (const value of result.data.filter((_, at) => at % 4 < 3)) expect(Math.abs(value - 120), id).toBeLessThan(60);
  }
});

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

describe('where memory runs out', () => {
  /** The model, where no tile of more pixels on a side can be had; as ONNX Runtime says it. */
  const small = (most: number): { upscaler: Translator; asked: number[] } => {
    const upscaler = open('art-2x');
    const asked: number[] = [];
    const run = upscaler.run.bind(upscaler);
    upscaler.run = (planes, size) => {
      asked.push(size!.width);
      if (size!.width > most) throw new OrtError('Failed to allocate memory for requested buffer of size 84934656');
      return run(planes, size);
    };
    return { upscaler, asked };
  };

  it('tiles are halved until the picture is done, and are so for the next', async () => {
    const { upscaler, asked } = small(160);
    upscaler.fitTiles(2 ** 31 / 4); // half of 576
    expect(upscaler.largestTile).toBe(288);
    const picture = discs(300, 40, 255);
    const tilings: number[] = [];
    const result = await upscalePicture(upscaler, picture, { onTiling: ({ tiles }) => tilings.push(tiles.length) });
    expect(upscaler.largestTile).toBe(144);
    expect(Math.max(...asked.slice(1))).toBeLessThanOrEqual(144);
    expect(tilings).toEqual([2, 3]);
    const whole = await upscalePicture(art, picture);
    expect(mostDifference(result.data, whole.data)).toBeLessThanOrEqual(1);
    asked.length = 0;
    await upscalePicture(upscaler, picture);
    expect(asked).toHaveLength(3);
    upscaler.release();
  });

  it('and it is said where the smallest do not help', async () => {
    const { upscaler } = small(0);
    await expect(upscalePicture(upscaler, discs(300, 40, 255))).rejects.toThrow(
      /300 x 40 pixels larger takes more memory than there is, also in tiles of 88/,
    );
    upscaler.release();
  });

  it('anything else that fails is not taken for that', async () => {
    const { upscaler, asked } = small(0);
    upscaler.run = () => {
      asked.push(0);
      throw new OrtError('Invalid input');
    };
    await expect(upscalePicture(upscaler, discs(300, 40, 255))).rejects.toThrow('Invalid input');
    expect(asked).toHaveLength(1);
    upscaler.release();
  });
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
    expect(result.data[(32 * result.width + 32) * 4 + 3]).toBe(255);
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

describe('colours that are kept', () => {
  const tint = new Translator(tinting(), 'A tint', null, 'upscale');
  afterAll(() => tint.release());

  /** The mean colour, 0 to 255, of what is seen in the picture that it is, or that it was made of. */
  const meanOf = ({ data, width }: OpenPicture, of: OpenPicture): number[] => {
    const sums = [0, 0, 0, 0];
    const scale = width / of.width;
    for (let i = 0; i < data.length / 4; i++) {
      const [x, y] = [Math.floor((i % width) / scale), Math.floor(Math.floor(i / width) / scale)];
      const alpha = of.data[(y * of.width + x) * 4 + 3]!;
      for (let c = 0; c < 3; c++) sums[c]! += data[i * 4 + c]! * alpha;
      sums[3]! += alpha;
    }
    return sums.slice(0, 3).map((sum) => sum / sums[3]!);
  };
  const far = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((value, c) => Math.abs(value - b[c]!)));

  it.each([
    ['opaque', 255],
    ['partly clear', 0],
  ])('are those of the picture, %s', async (_, outside) => {
    const picture = discs(96, 64, outside);
    const [without, kept] = [
      await upscalePicture(tint, picture),
      await upscalePicture(tint, picture, { colours: true }),
    ];
    expect(far(meanOf(without, picture), meanOf(picture, picture))).toBeGreaterThan(4);
    expect(far(meanOf(kept, picture), meanOf(picture, picture))).toBeLessThan(1);
    const shown = (data: Uint8Array): Uint8Array => data.filter((_, i) => i % 4 === 3);
    expect(shown(kept.data)).toEqual(shown(without.data));
  });

  it('leave an edge as sharp as the model made it', async () => {
    const data = new Uint8Array(48 * 8 * 4).fill(255);
    for (let i = 0; i < 48 * 8; i++) data.fill(i % 48 < 24 ? 60 : 200, i * 4, i * 4 + 3);
    const picture = { width: 48, height: 8, data, hasAlpha: false };
    const jump = ({ data: made }: OpenPicture): number => made[48 * 4]! - made[47 * 4]!;
    const [without, kept] = [
      await upscalePicture(tint, picture),
      await upscalePicture(tint, picture, { colours: true }),
    ];
    expect(jump(without)).toBeGreaterThan(120);
    expect(jump(kept)).toBeGreaterThanOrEqual(jump(without));
    // And no fringe of the one colour lies in the other: both are nearer to the picture all along.
    for (let x = 0; x < 96; x++) {
      const wanted = x < 48 ? 60 : 200;
      expect(Math.abs(kept.data[x * 4]! - wanted), `at ${x}`).toBeLessThan(Math.abs(without.data[x * 4]! - wanted));
    }
  });

  it('hardly move where the model kept them, and go on over the edges of a texture', () => {
    const noise = values(3, 'colours', [40 * 30 * 4], [0, 255]);
    const original = { width: 40, height: 30, data: Uint8Array.from(noise, (v, i) => (i % 4 === 3 ? 255 : v)) };
    const twice = { width: 80, height: 60 };
    const enlarged = { ...twice, data: resample(original, twice) };
    const kept = { ...twice, data: enlarged.data.slice() };
    keepColours(original, kept, { scale: 2, wrap: false });
    expect(meanDifference(kept.data, enlarged.data)).toBeLessThan(0.5);

    // Moved round the torus by some pixels, everything is as it was, moved.
    const moved = <T extends { width: number; height: number; data: Uint8Array }>(picture: T, by: number): T => {
      const { width, height, data } = picture;
      const to = new Uint8Array(data.length);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const from = (((y + by) % height) * width + ((x + by) % width)) * 4;
          to.set(data.subarray(from, from + 4), (y * width + x) * 4);
        }
      return { ...picture, data: to };
    };
    const tinted = { ...twice, data: enlarged.data.map((v, i) => (i % 4 === 3 ? v : 40 + v * 0.6)) };
    const there = moved(tinted, 22);
    keepColours(original, tinted, { scale: 2, wrap: true });
    keepColours(moved(original, 11), there, { scale: 2, wrap: true });
    expect(mostDifference(there.data, moved(tinted, 22).data)).toBeLessThanOrEqual(1);
  });
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

  it('is refused where its format has no room for it, before any work', () => {
    expect(() => requireRoom({ width: 16_384, height: 4 }, 'webp')).toThrow(/16384 x 4 .* WEBP.*16383; choose PNG/);
    expect(() => requireRoom({ width: 4, height: 65_536 }, 'jpeg')).toThrow(/JPEG.*65535/);
    expect(() => requireRoom({ width: 16_384, height: 65_536 }, 'png')).not.toThrow();
  });

  it('is written though it has more pixels than would be opened', async () => {
    const [width, height] = [16_385, 16_384];
    const png = await encodeResult({ width, height, data: new Uint8Array(width * height * 4), hasAlpha: true });
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
  });

  it('is refused where nothing can hold it', () => {
    expect(() => targetSize(of, { width: 60_000 })).toThrow(/60000 x 40000 pixels.*megapixels/);
  });
});
