/**
 * What was right before and stays so (../shared/cases 18, 20, 21, 22, 26): PNGs with odd chunks, turned photos, inks,
 * kinds of transparency, slivers. Expected values are those that went in.
 */
import { crc32 } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sharp } from './codecs.ts';
import { decodePicture } from './pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'maquette-held-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

const [WIDTH, HEIGHT] = [16, 8];
/** Red on the top left, green on the top right, blue below. */
const raw = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    i >= (WIDTH * HEIGHT) / 2 ? [0, 0, 255] : i % WIDTH < WIDTH / 2 ? [255, 0, 0] : [0, 255, 0],
  ).flat(),
);
const image = () => sharp(raw, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const corners = async (file: string): Promise<number[][]> => {
  const { data, width, height } = await decodePicture(file, { channels: 3 });
  const at = (x: number, y: number): number[] => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  return [at(1, 1), at(width - 2, 1), at(1, height - 2)];
};
const COLOURS = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
];
const near = (found: number[][], wanted: number[][], by: number): void =>
  found.forEach((colour, i) =>
    colour.forEach((value, c) => expect(Math.abs(value - wanted[i]![c]!)).toBeLessThanOrEqual(by)),
  );

function chunk(type: string, data: Buffer, wrong = 0): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE((crc32(body) + wrong) >>> 0);
  return Buffer.concat([length, body, sum]);
}

describe('a PNG with odd chunks opens as it looks', async () => {
  const png = await image().png().toBuffer();
  const after = (...chunks: Buffer[]): Buffer => Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);
  it.each([
    ['a wrong sum in its text', after(chunk('tEXt', Buffer.from('Title\0x'), 1))],
    ['sixty texts', after(...Array.from({ length: 60 }, (_, i) => chunk('tEXt', Buffer.from(`Key${i}\0x`))))],
    ['a wrong sum in its profile', after(chunk('iCCP', Buffer.from('x\0\0broken'), 1))],
    ['bytes after its end', Buffer.concat([png, Buffer.alloc(50, 7)])],
    ['broken EXIF', after(chunk('eXIf', Buffer.from('nonsense')))],
  ])('%s', async (name, bytes) => expect(await corners(put(`${name}.png`, bytes))).toEqual(COLOURS));
});

describe('a photo that is stored turned is upright', () => {
  /** How a picture is turned before it is stored, so that each orientation undoes it. */
  const TURNED: Record<number, (one: ReturnType<typeof image>) => ReturnType<typeof image>> = {
    1: (one) => one,
    2: (one) => one.flop(),
    3: (one) => one.rotate(180),
    4: (one) => one.flip(),
    6: (one) => one.rotate(270),
    8: (one) => one.rotate(90),
  };
  it.each(Object.entries(TURNED))('orientation %s', async (orientation, turn) => {
    const stored = await turn(image()).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = stored.info;
    for (const format of ['png', 'webp'] as const) {
      const bytes = await sharp(stored.data, { raw: { width, height, channels: 3 } })
        .withMetadata({ orientation: Number(orientation) })
        .toFormat(format, { lossless: true })
        .toBuffer();
      near(await corners(put(`${orientation}.${format}`, bytes)), COLOURS, 2);
    }
  });
});

it('inks of a JPEG are colours', async () => {
  const bytes = await image().toColourspace('cmyk').jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  const [red, green, blue] = await corners(put('cmyk.jpg', bytes));
  expect([red![0]! > 180, green![1]! > 120, blue![2]! > 100]).toEqual([true, true, true]);
});

describe('a disc on nothing is transparent around, whatever kind of file it lies in', () => {
  const disc = Buffer.from(
    Array.from({ length: 64 }, (_, i) => [200, 40, 10, Math.hypot((i % 8) - 3.5, (i >> 3) - 3.5) < 3 ? 255 : 0]).flat(),
  );
  const source = () => sharp(disc, { raw: { width: 8, height: 8, channels: 4 } });
  it.each<[string, () => Promise<Buffer>]>([
    ['png', () => source().png().toBuffer()],
    ['palette.png', () => source().png({ palette: true }).toBuffer()],
    ['interlaced.png', () => source().png({ progressive: true }).toBuffer()],
    ['16 bits.png', () => source().toColourspace('rgb16').png().toBuffer()],
    ['grey.png', () => source().greyscale().png().toBuffer()],
    ['webp', () => source().webp({ lossless: true }).toBuffer()],
    ['gif', () => source().gif().toBuffer()],
    ['tif', () => source().tiff({ compression: 'lzw' }).toBuffer()],
  ])('%s', async (name, make) => {
    const { data } = await decodePicture(put(`disc.${name}`, await make()), { channels: 4 });
    expect([data[3], data[(4 * 8 + 4) * 4 + 3]]).toEqual([0, 255]);
    const over = await decodePicture(join(folder, `disc.${name}`), { channels: 3 });
    expect([...over.data.subarray(0, 3)]).toEqual([255, 255, 255]);
  });
});

it.each([
  [1, 300],
  [300, 1],
  [1, 1],
  [2, 700],
  [3000, 5],
])('a sliver of %i x %i opens at any size', async (width, height) => {
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#3a7' } })
    .png()
    .toBuffer();
  const file = put(`${width}x${height}.png`, bytes);
  for (const size of [64, 7]) {
    const { data } = await decodePicture(file, { channels: 3, width: size, height: size });
    expect([...data.subarray(0, 3)]).toEqual([0x33, 0xaa, 0x77]);
  }
});
