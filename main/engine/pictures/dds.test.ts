/** DDS as a plain reader of blocks finds it, written after the format's description. */
import { describe, expect, it } from 'vitest';
import { ddsOf } from './dds.ts';

/** RGBA of a DDS of BC1 or BC3. */
function read(bytes: Buffer) {
  const [height, width] = [bytes.readUInt32LE(12), bytes.readUInt32LE(16)];
  const kind = bytes.toString('latin1', 84, 88);
  const data = new Uint8Array(width * height * 4);
  const size = kind === 'DXT5' ? 16 : 8;
  let at = 128;
  for (let top = 0; top < height; top += 4)
    for (let left = 0; left < width; left += 4, at += size) {
      const colours = at + size - 8;
      const [first, last] = [bytes.readUInt16LE(colours), bytes.readUInt16LE(colours + 2)];
      const wide = (v: number) => [((v >> 11) * 255) / 31, (((v >> 5) & 63) * 255) / 63, ((v & 31) * 255) / 31];
      const [a, b] = [wide(first), wide(last)];
      const between = (share: number) => a.map((value, c) => value * share + b[c]! * (1 - share));
      const four = first > last || size === 16;
      const table = four ? [a, b, between(2 / 3), between(1 / 3)] : [a, b, between(1 / 2), [0, 0, 0]];
      for (let i = 0; i < 16; i++) {
        const [x, y] = [left + (i % 4), top + Math.floor(i / 4)];
        if (x >= width || y >= height) continue;
        const step = (bytes.readUInt32LE(colours + 4) >>> (2 * i)) & 3;
        let alpha = four || step < 3 ? 255 : 0;
        if (size === 16) {
          const [from, to] = [bytes[at]!, bytes[at + 1]!];
          const index = Number((bytes.readBigUInt64LE(at) >> BigInt(16 + 3 * i)) & 7n);
          if (index < 2) alpha = [from, to][index]!;
          else if (from > to) alpha = ((8 - index) * from + (index - 1) * to) / 7;
          else alpha = index === 6 ? 0 : index === 7 ? 255 : ((6 - index) * from + (index - 1) * to) / 5;
        }
        data.set([...table[step]!.map(Math.round), Math.round(alpha)], (y * width + x) * 4);
      }
    }
  return { width, height, kind, data, length: at };
}

function slope(width: number, height: number, alphaAt: (x: number, y: number) => number, deep = false) {
  const data = deep ? new Uint16Array(width * height * 4) : new Uint8Array(width * height * 4);
  const times = deep ? 257 : 1;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4)
      data.set(
        [x * 3, y * 4, 200 - x - y, alphaAt(x, y)].map((value) => Math.max(0, value) * times),
        at,
      );
  return { width, height, data };
}

/** The mean difference of what is seen, and the greatest of alpha. */
function apart(a: Uint8Array, b: ArrayLike<number>, times = 1): { colours: number; alpha: number } {
  let [colours, alpha] = [0, 0];
  for (let at = 0; at < a.length; at += 4) {
    const weight = b[at + 3]! / (255 * times);
    for (let c = at; c < at + 3; c++) colours += weight * Math.abs(a[c]! - b[c]! / times);
    alpha = Math.max(alpha, Math.abs(a[at + 3]! - b[at + 3]! / times));
  }
  return { colours: colours / ((a.length / 4) * 3), alpha };
}

describe('a DDS', () => {
  it.each([
    [64, 48, false],
    [64, 48, true],
    [30, 21, false],
    [1, 1, false],
  ])('of %i x %i without alpha is BC1 (16 bits: %s)', (width, height, deep) => {
    const picture = slope(width, height, () => 255, deep);
    const bytes = ddsOf({ ...picture, hasAlpha: false });
    const found = read(bytes);
    expect(found).toMatchObject({ width, height, kind: 'DXT1', length: bytes.length });
    expect(bytes.readUInt32LE(20)).toBe(bytes.length - 128);
    const { colours, alpha } = apart(found.data, picture.data, deep ? 257 : 1);
    expect(colours).toBeLessThan(2.1);
    expect(alpha).toBe(0);
  });

  it('with alpha is BC3, whose alpha is finer and whose colours are those of what is seen', () => {
    const picture = slope(40, 40, (x, y) => (x < 13 ? 0 : Math.min(255, 60 + y * 5)));
    // Colours that nobody sees are of no account.
    for (let i = 0; i < 1600; i++) if (picture.data[i * 4 + 3] === 0) picture.data.set([0, 255, 0], i * 4);
    const found = read(ddsOf({ ...picture, hasAlpha: true }));
    expect(found).toMatchObject({ width: 40, height: 40, kind: 'DXT5' });
    const { colours, alpha } = apart(found.data, picture.data);
    expect(colours).toBeLessThan(2);
    // Beside what is clear, in the same blocks.
    for (let y = 0; y < 40; y++)
      for (let x = 13; x < 16; x++) {
        const at = (y * 40 + x) * 4;
        for (let c = at; c < at + 3; c++) expect(Math.abs(found.data[c]! - picture.data[c]!)).toBeLessThan(10);
      }
    expect(alpha).toBeLessThanOrEqual(19); // half a step between 255 and 0
    for (let i = 0; i < 1600; i++) if (i % 40 < 12) expect(found.data[i * 4 + 3]).toBe(0);
  });

  it('of one colour has it as near as its bits can say', () => {
    const data = new Uint8Array(8 * 8 * 4).map((_, i) => [12, 200, 97, 255][i % 4]!);
    const found = read(ddsOf({ width: 8, height: 8, data, hasAlpha: false }));
    for (let at = 0; at < data.length; at++) expect(Math.abs(found.data[at]! - data[at]!)).toBeLessThanOrEqual(4);
  });

  it('keeps an edge between two colours', () => {
    const data = new Uint8Array(8 * 8 * 4).map(
      (_, i) => (Math.floor(i / 4) % 8 < 3 ? 0 : 255) || (i % 4 === 3 ? 255 : 0),
    );
    expect([...read(ddsOf({ width: 8, height: 8, data, hasAlpha: false })).data]).toEqual([...data]);
  });
});
