/** Floors out of a WAD that is made here. */
import { describe, expect, it } from 'vitest';
import { FLAT_SIDE, flatsOf } from './wad.ts';

function wadOf(lumps: readonly [name: string, bytes: Uint8Array][]): Buffer {
  const entries = lumps.map(([name, bytes], i) => {
    const entry = Buffer.alloc(16);
    const before = lumps.slice(0, i).reduce((sum, [, { length }]) => sum + length, 12);
    entry.writeInt32LE(before, 0);
    entry.writeInt32LE(bytes.length, 4);
    entry.write(name, 8, 'latin1');
    return entry;
  });
  const header = Buffer.alloc(12);
  header.write('IWAD', 'latin1');
  header.writeInt32LE(lumps.length, 4);
  header.writeInt32LE(12 + lumps.reduce((sum, [, { length }]) => sum + length, 0), 8);
  return Buffer.concat([header, ...lumps.map(([, bytes]) => bytes), ...entries]);
}

const nothing = new Uint8Array();
const palette = new Uint8Array(768).map((_, i) => (i % 3 === 0 ? i / 3 : 7));
const flat = new Uint8Array(FLAT_SIDE ** 2).map((_, i) => i % 200);

describe('a WAD', () => {
  it('gives its floors in the colours of its palette, and nothing else', () => {
    const wad = wadOf([
      ['PLAYPAL', palette],
      ['SPRITE', flat],
      ['F_START', nothing],
      ['F1_START', nothing],
      ['FLOOR0_1', flat],
      ['F_END', nothing],
    ]);
    const [floor, ...others] = flatsOf(wad);
    expect(others).toEqual([]);
    expect(floor!.name).toBe('FLOOR0_1');
    expect([...floor!.data.subarray(3 * 65, 3 * 66)]).toEqual([65, 7, 7]);
  });
  it('is refused where it is none, or has no floors', () => {
    expect(() => flatsOf(Buffer.alloc(64))).toThrow('no WAD');
    expect(() => flatsOf(wadOf([['PLAYPAL', palette]]))).toThrow('no floors');
  });
});
