import { describe, expect, it } from 'vitest';
import { ANIMATIONS, encodeAnimation, spriteSheet } from './animation.ts';
import { sharp } from './codecs.ts';
import type { Picture } from './pictures.ts';

/** A frame of one colour, its left column white. */
function frame(colour: readonly number[]): Picture {
  const [width, height, channels] = [6, 4, colour.length as 3 | 4];
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) data.set(i % width === 0 ? colour.map(() => 255) : colour, i * channels);
  return { width, height, channels, data };
}

const frames = [frame([200, 0, 0]), frame([0, 200, 0]), frame([0, 0, 200])];

describe('an animation', () => {
  it.each(ANIMATIONS)('as %s is read by another reader frame by frame', async (format) => {
    const bytes = await encodeAnimation(frames, { format, fps: 20 });
    if (format === 'png') return expectApng(bytes);
    const { pages, delay, loop, width, pageHeight } = await sharp(bytes, { animated: true }).metadata();
    expect({ pages, delay, loop, width, pageHeight }).toEqual({
      ...{ pages: 3, delay: [50, 50, 50], loop: 0, width: 6, pageHeight: 4 },
    });
    for (const [page, { data }] of frames.entries()) {
      const raw = await sharp(bytes, { page }).removeAlpha().raw().toBuffer();
      expect([...raw.subarray(3, 6)], `frame ${page}`).toEqual([...data.subarray(3, 6)]);
    }
  });

  /** libpng knows the first frame alone: the chunks are read as the specification has them, the pixels by a plain reader. */
  async function expectApng(bytes: Buffer): Promise<void> {
    expect([...(await sharp(bytes).raw().toBuffer()).subarray(3, 6)]).toEqual([200, 0, 0]);
    const text = bytes.toString('latin1');
    expect(text.match(/fcTL/g)).toHaveLength(3);
    expect(bytes.readUInt32BE(text.indexOf('acTL') + 4)).toBe(3);
    const delay = text.indexOf('fcTL') + 4 + 20;
    expect(bytes.readUInt16BE(delay) / bytes.readUInt16BE(delay + 2)).toBeCloseTo(1 / 20);
    // The last frame alone, put together as an ordinary PNG.
    const at = text.lastIndexOf('fdAT');
    const pixels = bytes.subarray(at + 8, at + bytes.readUInt32BE(at - 4) + 4);
    const header = bytes.subarray(8, 33);
    const { crc32 } = await import('node:zlib');
    const named = Buffer.concat([Buffer.from('IDAT'), pixels]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(pixels.length);
    check.writeUInt32BE(crc32(named));
    const alone = Buffer.concat([bytes.subarray(0, 8), header, length, named, check, bytes.subarray(-12)]);
    expect([...(await sharp(alone).raw().toBuffer()).subarray(3, 6)]).toEqual([0, 0, 200]);
  }

  it('keeps transparency', async () => {
    const clear = [frame([0, 0, 0, 0]), frame([0, 0, 0, 0])];
    for (const format of ANIMATIONS) {
      const raw = await sharp(await encodeAnimation(clear, { format, fps: 10 }))
        .ensureAlpha()
        .raw()
        .toBuffer();
      expect(raw[7], format).toBe(0);
    }
  });
});

describe('a sheet of sprites', () => {
  it('has each frame where its atlas says, its outermost pixels repeated around it', () => {
    const { picture, atlas } = spriteSheet(frames, { names: ['a', 'b', 'c'], file: 'walk.png' });
    expect(picture).toMatchObject({ width: 16, height: 12 });
    const at = (x: number, y: number): number[] => [...picture.data.subarray((y * 16 + x) * 3, (y * 16 + x) * 3 + 3)];
    const { frames: places } = atlas as { frames: Record<string, { frame: { x: number; y: number } }> };
    expect(Object.keys(places)).toEqual(['a', 'b', 'c']);
    expect(places['b']!.frame).toEqual({ x: 9, y: 1, w: 6, h: 4 });
    expect(at(10, 1)).toEqual([0, 200, 0]);
    expect(at(8, 1)).toEqual([255, 255, 255]); // repeats the white column on its left
    expect(at(15, 0)).toEqual([0, 200, 0]);
    expect(places['c']!.frame).toMatchObject({ x: 1, y: 7 });
  });
});
