/** Pictures of 16 bits stay so: what is enlarged of them is finer than 8 bits can say. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { sharp } from '../pictures/codecs.ts';
import { resample } from '../pictures/resample.ts';
import { temporary } from '../../testing/folder.ts';
import { readyUpscaler } from './ready-upscalers.ts';
import { openUpscaler, upscaleFiles, type UpscaleFiles } from './upscale-files.ts';

startRuntime(1);
const folder = temporary();
const upscaler = openUpscaler(readyUpscaler('soft-2x'));
afterAll(() => {
  upscaler.release();
  folder.remove();
});
mkdirSync(folder.path('in'));

const [width, height] = [48, 32];
const SPACES = { 1: 'grey16', 2: 'grey16', 3: 'rgb16', 4: 'rgb16' } as const;

/** A slope over two values of 8 bits, in steps that they cannot hold; transparent at the left where there is alpha. */
async function written(channels: 1 | 2 | 3 | 4, format: 'png' | 'tiff'): Promise<string> {
  const data = new Uint16Array(width * height * channels).map((_, i) => {
    const [c, x] = [i % channels, Math.floor(i / channels) % width];
    return channels % 2 === 0 && c === channels - 1 ? (x < 12 ? 0 : 65_535) : 30_000 + x * 10;
  });
  const image = sharp(data, { raw: { width, height, channels } }).toColourspace(SPACES[channels]);
  const file = folder.path('in', `${channels}.${format}`);
  writeFileSync(file, await (format === 'png' ? image.png() : image.tiff({ compression: 'lzw' })).toBuffer());
  expect((await sharp(readFileSync(file)).metadata()).depth).toBe('ushort');
  return file;
}

async function enlarged(file: string, more: Partial<UpscaleFiles> = {}) {
  await upscaleFiles(upscaler, {
    ...{ pictures: [{ name: 'one', file }], out: folder.path('out'), onlyMissing: false, onPicture: () => undefined },
    ...{ target: { factor: 2 }, wrap: false, keepColours: false, ...more },
  });
  const result = readFileSync(folder.path('out', 'one.png'));
  const raw = await sharp(result).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
  const values = new Uint16Array(Uint8Array.from(raw.data).buffer);
  return { about: await sharp(result).metadata(), values, channels: raw.info.channels, width: raw.info.width };
}

describe.each([
  ['grey', 1, 'png'],
  ['grey with alpha', 2, 'png'],
  ['colours', 3, 'png'],
  ['colours with alpha', 4, 'png'],
  ['colours', 3, 'tiff'],
  ['colours with alpha', 4, 'tiff'],
] as const)('%s (%i channels, %s)', (_, channels, format) => {
  it('come out at 16 bits, with all that lies between two values of 8', async () => {
    const file = await written(channels, format);
    const { about, values, channels: out } = await enlarged(file);
    expect(about).toMatchObject({ depth: 'ushort', width: 96, height: 64, hasAlpha: channels % 2 === 0 });
    // The middle row, in the opaque part and away from borders.
    const row = Array.from({ length: 40 }, (__, i) => values[(32 * 96 + 45 + i) * out]!);
    expect(new Set(row).size).toBeGreaterThan(20);
    const few = new Set(row.map((value) => Math.round(value / 257)));
    expect(few.size).toBeLessThan(8);
    if (channels % 2 === 0) {
      expect(values[(32 * 96 + 4) * out + out - 1]).toBe(0);
      expect(values[(32 * 96 + 60) * out + out - 1]).toBeGreaterThan(65_000);
    }
  });
});

it('other sizes, kept colours and masks keep the depth; a mask keeps the very values', async () => {
  const file = await written(3, 'png');
  const mask = folder.path('mask.png');
  writeFileSync(
    mask,
    await sharp({ create: { width: 2, height: 2, channels: 3, background: '#fff' } })
      .png()
      .toBuffer(),
  );
  const {
    about,
    values,
    width: wide,
  } = await enlarged(file, { target: { width: 120 }, keepColours: true, keep: mask });
  expect(about).toMatchObject({ depth: 'ushort', width: 120, height: 80 });
  const data = new Uint16Array(width * height * 4).fill(65_535);
  for (let i = 0; i < width * height; i++) data.fill(30_000 + (i % width) * 10, i * 4, i * 4 + 3);
  const plain = resample({ width, height, data }, { width: 120, height: 80 });
  for (let i = 0; i < wide * 80; i++) expect(Math.abs(values[i * 3]! - plain[i * 4]!)).toBeLessThanOrEqual(1);
});

it('a TIFF has them too, and its alpha', async () => {
  for (const channels of [3, 4] as const) {
    const file = await written(channels, 'png');
    await enlarged(file);
    await enlarged(file, { naming: { suffix: '', format: 'tiff' } });
    const read = (name: string) => {
      const image = sharp(readFileSync(folder.path('out', name)));
      return Promise.all([image.metadata(), image.toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()]);
    };
    const [[about, tiff], [, png]] = await Promise.all([read('one.tif'), read('one.png')]);
    expect(about).toMatchObject({ format: 'tiff', depth: 'ushort', width: 96, height: 64, hasAlpha: channels === 4 });
    expect(tiff.equals(png)).toBe(true);
  }
});

it('what cannot hold 16 bits has 8', async () => {
  const file = await written(3, 'png');
  await upscaleFiles(upscaler, {
    ...{ pictures: [{ name: 'one', file }], out: folder.path('out'), onlyMissing: false, onPicture: () => undefined },
    ...{ target: { factor: 2 }, wrap: false, keepColours: false, naming: { suffix: '', format: 'jpeg' } },
  });
  const { data } = await sharp(readFileSync(folder.path('out', 'one.jpg')))
    .raw()
    .toBuffer({ resolveWithObject: true });
  // 30,240 of 65,535 in the middle.
  expect(Math.abs(data[(32 * 96 + 48) * 3]! - 118)).toBeLessThan(5);
});
