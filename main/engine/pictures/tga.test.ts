import { describe, expect, it } from 'vitest';
import { readTga } from './tga.ts';

/** A TGA file by hand. `descriptor`: bit 5 = rows from the top, bit 4 = columns from the right. */
function tga(
  kind: number,
  bits: number,
  width: number,
  height: number,
  pixels: number[],
  descriptor = 0,
  id = '',
): Buffer {
  const header = Buffer.alloc(18);
  header[0] = id.length;
  header[2] = kind;
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header[16] = bits;
  header[17] = descriptor;
  return Buffer.concat([header, Buffer.from(id), Buffer.from(pixels)]);
}

const FROM_TOP = 32;
const FROM_RIGHT = 16;
/** Red, green / blue, white in the file's order of bytes: blue, green, red. */
const BGR = [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255];
const RGB = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];

describe('readTga', () => {
  it('reads 24 bits from the top', () => {
    const read = readTga(tga(2, 24, 2, 2, BGR, FROM_TOP));
    expect({ ...read, data: [...read.data] }).toEqual({ width: 2, height: 2, channels: 3, data: RGB });
  });

  it('turns rows that begin at the bottom', () => {
    expect([...readTga(tga(2, 24, 2, 2, [...BGR.slice(6), ...BGR.slice(0, 6)])).data]).toEqual(RGB);
  });

  it('turns columns that begin at the right', () => {
    const mirrored = [0, 255, 0, 0, 0, 255, 255, 255, 255, 255, 0, 0];
    expect([...readTga(tga(2, 24, 2, 2, mirrored, FROM_TOP | FROM_RIGHT)).data]).toEqual(RGB);
  });

  it('reads 32 bits with alpha, and grey', () => {
    expect([...readTga(tga(2, 32, 1, 1, [1, 2, 3, 128], FROM_TOP)).data]).toEqual([3, 2, 1, 128]);
    expect([...readTga(tga(3, 8, 3, 1, [7, 8, 9], FROM_TOP)).data]).toEqual([7, 8, 9]);
  });

  it('takes 32 bits whose alpha is all zero as opaque', () => {
    expect([...readTga(tga(2, 32, 2, 1, [1, 2, 3, 0, 4, 5, 6, 0], FROM_TOP)).data]).toEqual([
      3, 2, 1, 255, 6, 5, 4, 255,
    ]);
  });

  it('undoes run-length coding, also where a packet crosses rows', () => {
    const packets = [0x82, 0, 0, 255, 0x00, 255, 255, 255]; // three red pixels, one white as it is
    expect([...readTga(tga(10, 24, 2, 2, packets, FROM_TOP)).data]).toEqual([
      255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 255, 255,
    ]);
    expect([...readTga(tga(11, 8, 4, 1, [0x01, 5, 6, 0x81, 7], FROM_TOP)).data]).toEqual([5, 6, 7, 7]);
  });

  it('skips the identification text', () => {
    expect([...readTga(tga(3, 8, 1, 1, [42], FROM_TOP, 'made by hand')).data]).toEqual([42]);
  });

  it.each([
    ['a cut header', Buffer.alloc(10), /cut short/],
    ['cut pixels', tga(2, 24, 2, 2, BGR.slice(0, 5)), /cut short/],
    ['a cut packet', tga(10, 24, 2, 2, [0x82, 0, 0]), /cut short/],
    ['packets that end early', tga(10, 24, 2, 2, [0x80, 0, 0, 255]), /cut short/],
    ['a colour map', tga(1, 8, 1, 1, [0]), /24 or 32 bits/],
    ['16 bits', tga(2, 16, 1, 1, [0, 0]), /24 or 32 bits/],
    ['no pixels', tga(2, 24, 0, 2, []), /no pixels/],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => readTga(bytes)).toThrow(reason);
  });
});
