/** Formats that libvips lacks or opens wrong: what comes out is what went in, as other programs have it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writePsdUint8Array } from 'ag-psd';
import { labToRgb } from './colour.ts';
import { decodePicture, probePicture } from './pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'maquette-kinds-'));
afterAll(() => rmSync(folder, { recursive: true }));

const [WIDTH, HEIGHT] = [5, 3];
const rgb = Buffer.from(Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 37) % 256));
const put = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const opened = async (name: string, bytes: Buffer): Promise<number[]> => {
  const { data, width, height } = await decodePicture(put(name, bytes), { channels: 3 });
  expect([width, height]).toEqual([WIDTH, HEIGHT]);
  return [...data];
};

/** A BMP, written by hand: from the bottom up, rows of whole words. */
function bmp(bits: 24 | 32 | 8, palette = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(54);
  head.write('BM');
  head.writeUInt32LE(54 + palette.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(WIDTH, 18);
  head.writeInt32LE(HEIGHT, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(bits, 28);
  const rows = Array.from({ length: HEIGHT }, (_, y) => {
    const row = Buffer.alloc(Math.ceil((WIDTH * bits) / 32) * 4);
    for (let x = 0; x < WIDTH; x++) {
      const at = (HEIGHT - 1 - y) * WIDTH + x;
      if (bits === 8) row[x] = at;
      else for (let c = 0; c < 3; c++) row[(x * bits) / 8 + c] = rgb[at * 3 + 2 - c]!;
    }
    return row;
  });
  return Buffer.concat([head, palette, ...rows]);
}

describe('BMP', () => {
  const colours = Buffer.alloc(1024);
  for (let i = 0; i < WIDTH * HEIGHT; i++) colours.set([...rgb.subarray(i * 3, i * 3 + 3)].reverse(), i * 4);
  it.each([
    ['24 bits', bmp(24)],
    ['32 bits, the fourth byte left 0', bmp(32)],
    ['a palette', bmp(8, colours)],
  ])('of %s, also under another ending', async (_, bytes) => {
    expect(await opened('a.bmp', bytes)).toEqual([...rgb]);
    expect(await opened('a.dat', bytes)).toEqual([...rgb]);
  });
  it('of runs, and of a few bits', async () => {
    const runs = bmp(8, colours);
    runs.writeUInt32LE(1, 30);
    const places = Array.from({ length: HEIGHT }, (_, y) => [
      0,
      WIDTH,
      ...Array.from({ length: WIDTH + 1 }, (_, x) => (x < WIDTH ? (HEIGHT - 1 - y) * WIDTH + x : 0)),
      0,
      0,
    ]);
    const packed = Buffer.concat([runs.subarray(0, 54 + 1024), Buffer.from([...places.flat(), 0, 1])]);
    expect(await opened('runs.bmp', packed)).toEqual([...rgb]);
    const two = Buffer.concat([bmp(8).subarray(0, 54), Buffer.from([0, 0, 0, 0, 255, 255, 255, 0])]);
    two.writeUInt16LE(1, 28);
    two.writeUInt32LE(62, 10);
    const rows = [0b11111000, 0b01000000, 0b10000000].map((byte) => Buffer.from([byte, 0, 0, 0]));
    const white = (bits: string): number[] =>
      Array.from(bits).flatMap((bit) => Array.from({ length: 3 }, () => (bit === '1' ? 255 : 0)));
    expect(await opened('two.bmp', Buffer.concat([two, ...rows]))).toEqual(white('100000100011111'));
  });
  it('cut short is said to be damaged', async () => {
    await expect(opened('cut.bmp', bmp(24).subarray(0, 28))).rejects.toThrow(/cut\.bmp cannot be read/);
  });
});

describe('PNM', () => {
  const grey = Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i * 17) % 256);
  const spread = (values: readonly number[]): number[] => values.flatMap((value) => [value, value, value]);
  it('of every kind', async () => {
    const head = (kind: string, most = ' 255'): Buffer =>
      Buffer.from(`${kind}\n# a comment\n${WIDTH} ${HEIGHT}${most}\n`);
    expect(await opened('6.ppm', Buffer.concat([head('P6'), rgb]))).toEqual([...rgb]);
    expect(await opened('3.ppm', Buffer.concat([head('P3'), Buffer.from([...rgb].join(' '))]))).toEqual([...rgb]);
    expect(await opened('5.pgm', Buffer.concat([head('P5'), Buffer.from(grey)]))).toEqual(spread(grey));
    const words = Buffer.alloc(grey.length * 2);
    grey.forEach((value, i) => words.writeUInt16BE(value * 257, i * 2));
    expect(await opened('16.pgm', Buffer.concat([head('P5', ' 65535'), words]))).toEqual(spread(grey));
    const bits = Buffer.from([0b10000000, 0b01000000, 0b11111000]);
    const black = spread([0, 255, 255, 255, 255, 255, 0, 255, 255, 255, 0, 0, 0, 0, 0]);
    expect(await opened('4.pbm', Buffer.concat([head('P4', ''), bits]))).toEqual(black);
    expect(await opened('1.pbm', Buffer.concat([head('P1', ''), Buffer.from('10000 01000 11111')]))).toEqual(black);
    const pam = Buffer.from(`P7\nWIDTH ${WIDTH}\nHEIGHT ${HEIGHT}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n`);
    expect(await opened('7.pam', Buffer.concat([pam, rgb]))).toEqual([...rgb]);
  });
  it('that is cut short, or nonsense, is said to be', async () => {
    await expect(opened('cut.ppm', Buffer.from('P6 5 3 255\nabc'))).rejects.toThrow(/cut short/);
    await expect(opened('no.ppm', Buffer.from('P6 what is this'))).rejects.toThrow(/not one of a PPM/);
  });
});

/** A plain TIFF of one strip. */
function tiff(pixels: Buffer, samples: number, tags: Record<number, number>): Buffer {
  const all = { 256: WIDTH, 257: HEIGHT, 259: 1, 277: samples, 278: HEIGHT, 279: pixels.length, 284: 1, ...tags };
  const entries = Object.entries({ ...all, 273: 0 }).sort(([a], [b]) => Number(a) - Number(b));
  const start = 10 + entries.length * 12 + 4;
  const [bits, formats] = [start, start + 8];
  const head = Buffer.alloc(start + 16);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, value], i) => {
    const at = 10 + i * 12;
    const many = (tag === '258' || tag === '339') && samples > 1;
    head.writeUInt16LE(Number(tag), at);
    head.writeUInt16LE(3, at + 2);
    head.writeUInt32LE(many ? samples : 1, at + 4);
    head.writeUInt16LE(tag === '273' ? head.length : many ? (tag === '258' ? bits : formats) : value, at + 8);
  });
  for (let s = 0; s < 4; s++) {
    head.writeUInt16LE(tags[258]!, bits + s * 2);
    head.writeUInt16LE(tags[339] ?? 1, formats + s * 2);
  }
  return Buffer.concat([head, pixels]);
}

const floats = (values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  return bytes;
};
const shares = Array.from({ length: WIDTH * HEIGHT }, (_, i) => i / (WIDTH * HEIGHT - 1));
const asGrey = (values: readonly number[]): number[] =>
  values.flatMap((value) => Array.from({ length: 3 }, () => Math.round(value * 255)));

describe('a TIFF of floats', () => {
  const grey = (values: readonly number[]): Buffer => tiff(floats(values), 1, { 258: 32, 262: 1, 339: 3 });
  it.each([
    ['0 to 1', 1, { low: 0, high: 1 }],
    ['0 to 255', 255, { low: 0, high: 255 }],
    ['metres', 747, { low: 0, high: 747 }],
  ] as const)('is scaled by what it holds: %s', async (_, most, values) => {
    const bytes = grey(shares.map((share) => share * most));
    expect(await opened('float.tif', bytes)).toEqual(asGrey(shares));
    expect((await probePicture(put('float.tif', bytes))).values).toEqual(values);
  });
  it('below zero, and what is no number', async () => {
    expect(await opened('deep.tif', grey(shares.map((share) => share * 10 - 5)))).toEqual(asGrey(shares));
    const [first, ...rest] = shares;
    expect(first).toBe(0);
    expect((await opened('nan.tif', grey([NaN, ...rest]))).slice(0, 3)).toEqual([0, 0, 0]);
  });
  it('of three colours is not taken for light', async () => {
    const three = [...rgb].map((value) => value / 255);
    expect(await opened('rgb.tif', tiff(floats(three), 3, { 258: 32, 262: 2, 339: 3 }))).toEqual([...rgb]);
  });
});

it('a TIFF of Lab colours, as CIE and as ICC count them', async () => {
  const lab = [54, 81, 70];
  const of = (b: number[]): Buffer => Buffer.from(Array.from({ length: WIDTH * HEIGHT }, () => b).flat());
  const l = Math.round(lab[0]! * 2.55);
  const cie = await opened('cie.tif', tiff(of([l, lab[1]!, lab[2]!]), 3, { 258: 8, 262: 8 }));
  const icc = await opened('icc.tif', tiff(of([l, lab[1]! + 128, lab[2]! + 128]), 3, { 258: 8, 262: 9 }));
  expect(icc).toEqual(cie);
  [255, 0, 0].forEach((value, c) => expect(Math.abs(cie[c]! - value)).toBeLessThan(8));
  expect(labToRgb(100, 0, 0)).toEqual([255, 255, 255]);
  expect(labToRgb(53.585, 0, 0)).toEqual([128, 128, 128]); // as CIE's formulas have it
});

describe('PSD', () => {
  const rgba = (alpha: number): Uint8ClampedArray =>
    Uint8ClampedArray.from(
      Array.from({ length: WIDTH * HEIGHT }, (_, i) => [...rgb.subarray(i * 3, i * 3 + 3), alpha]).flat(),
    );
  const psd = (alpha: number, options = {}): Buffer =>
    Buffer.from(
      writePsdUint8Array(
        {
          ...{ width: WIDTH, height: HEIGHT },
          imageData: { width: WIDTH, height: HEIGHT, data: rgba(alpha) },
          children: [{ name: 'paint', imageData: { width: WIDTH, height: HEIGHT, data: rgba(alpha) } }],
        },
        options,
      ),
    );
  it('is the picture that it was saved as, whatever its name', async () => {
    expect(await opened('a.psd', psd(255))).toEqual([...rgb]);
    expect(await opened('b.png', psd(255))).toEqual([...rgb]);
    expect(await probePicture(put('c.psd', psd(255, { psb: true })))).toMatchObject({ width: WIDTH, format: 'psd' });
    expect(await probePicture(put('d.psd', psd(100)))).toMatchObject({ hasAlpha: true });
  });
  it('that is cut short is named', async () => {
    await expect(opened('e.psd', psd(255).subarray(0, 40))).rejects.toThrow(/e\.psd cannot be read/);
    await expect(opened('f.psd', psd(255).subarray(0, -20))).rejects.toThrow(/f\.psd cannot be read/);
  });
});
