import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeAnimation, joinAnimation, openAnimation, spriteSheet } from './animation.ts';
import { sharp } from './codecs.ts';
import { ANIMATIONS, BEGINNING, countPictures } from './formats.ts';
import { pngOf, type Picture } from './pictures.ts';

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
    if (format === 'png') {
      // libpng knows the first frame alone.
      expect([...(await sharp(bytes).raw().toBuffer()).subarray(3, 6)]).toEqual([200, 0, 0]);
      expect(countPictures(bytes.subarray(0, BEGINNING))).toBe(3);
      return;
    }
    const { pages, delay, loop, width, pageHeight } = await sharp(bytes, { animated: true }).metadata();
    expect({ pages, delay, loop, width, pageHeight }).toEqual({
      ...{ pages: 3, delay: [50, 50, 50], loop: 0, width: 6, pageHeight: 4 },
    });
    for (const [page, { data }] of frames.entries()) {
      const raw = await sharp(bytes, { page }).removeAlpha().raw().toBuffer();
      expect([...raw.subarray(3, 6)], `frame ${page}`).toEqual([...data.subarray(3, 6)]);
    }
  });

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

const opened = async (bytes: Buffer) => {
  const animation = (await openAnimation(bytes, 'walk'))!;
  const pictures: number[][] = [];
  for await (const picture of animation.pictures()) pictures.push([...picture]);
  return { ...animation, pictures };
};
/** Straight RGBA at a place of a picture 6 pixels wide. */
const pixel = (picture: readonly number[], x: number, y: number): number[] =>
  picture.slice((y * 6 + x) * 4, (y * 6 + x) * 4 + 4);

describe('an animation is opened', () => {
  const clear = [frame([200, 0, 0, 255]), frame([0, 0, 0, 0]), frame([0, 0, 200, 255])];

  it.each(ANIMATIONS)('as %s, with its times and how often it is shown', async (format) => {
    for (const [pictures, plays] of [
      [frames, 3],
      [frames, 1],
      [clear, 0],
    ] as const) {
      const timing = { delays: [40, 250, 1000], plays };
      const pngs = await Promise.all(pictures.map(pngOf));
      const found = await opened(await joinAnimation(pngs, format, timing));
      expect(found).toMatchObject({ format, width: 6, height: 4, ...timing, hasAlpha: pictures === clear });
      for (const [i, { data, channels }] of pictures.entries()) {
        const seen = found.pictures[i]!.flatMap((value, at) => (at % 4 < channels ? [value] : []));
        // A clear pixel has no colour.
        const told = (values: readonly number[]) =>
          channels === 3 ? values : values.map((value, at) => (values[at | 3] === 0 ? 0 : value));
        expect(told(seen), `${format} ${i}`).toEqual([...data]);
      }
    }
  });

  it('as a GIF of one palette, also where each picture has colours of its own', async () => {
    const many = Array.from({ length: 6 }, (_, k): Picture => {
      const data = new Uint8Array(64 * 64 * 3).map((_, i) => {
        const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 192)];
        return [x * 4, y * 4, k * 40][i % 3]!;
      });
      return { width: 64, height: 64, channels: 3, data };
    });
    const gif = await encodeAnimation(many, { format: 'gif', fps: 10 });
    let local = 0;
    for (let at = 781; gif[at] !== 0x3b;) {
      if (gif[at] === 0x2c) local += gif[at + 9]! >> 7;
      at += gif[at] === 0x2c ? 11 : 2;
      while (gif[at] !== 0) at += gif[at]! + 1;
      at++;
    }
    expect(local).toBe(0);
    const { pictures } = await opened(gif);
    for (const [k, picture] of pictures.entries()) {
      let far = 0;
      for (let i = 0; i < 64 * 64; i++)
        for (let c = 0; c < 3; c++) far += Math.abs(picture[i * 4 + c]! - many[k]!.data[i * 3 + c]!);
      expect(far / (64 * 64 * 3)).toBeLessThan(12);
    }
  });

  it('as a GIF whose codes run out again and again', async () => {
    const grain = (seed: number): Picture => ({
      ...{ width: 150, height: 90, channels: 3 },
      // Four levels of each: 64 colours, in no order.
      data: new Uint8Array(150 * 90 * 3).map((_, i) => ((Math.imul(i + seed, 2654435761) >>> 13) & 3) * 80),
    });
    const { pictures } = await opened(await encodeAnimation([grain(1), grain(2)], { format: 'gif', fps: 10 }));
    for (const [k, picture] of pictures.entries())
      expect(Buffer.from(picture.filter((_, at) => at % 4 < 3)).equals(grain(k + 1).data)).toBe(true);
  });

  it('as an APNG whose pictures are parts, laid over, cleared and taken back', async () => {
    const [red, small] = await Promise.all([
      pngOf(frame([200, 0, 0, 255])),
      pngOf({ width: 2, height: 2, channels: 4, data: new Uint8Array(16).map((_, i) => [0, 64, 0, 128][i % 4]!) }),
    ]);
    const apng = handMade(red, [
      { png: red, at: [0, 0], size: [6, 4], dispose: 0, over: 0 },
      { png: small, at: [2, 1], size: [2, 2], dispose: 2, over: 1 },
      { png: small, at: [3, 1], size: [2, 2], dispose: 1, over: 0 },
      { png: small, at: [4, 2], size: [2, 2], dispose: 0, over: 1 },
    ]);
    const { pictures, delays } = await opened(apng);
    expect(delays).toEqual([70, 70, 70, 70]);
    expect(pixel(pictures[0]!, 2, 1)).toEqual([200, 0, 0, 255]);
    // Half of a green over red.
    expect(pixel(pictures[1]!, 2, 1)).toEqual([100, 64, 0, 255]);
    expect(pixel(pictures[1]!, 4, 2)).toEqual([200, 0, 0, 255]);
    // Taken back, and then in its place.
    expect(pixel(pictures[2]!, 2, 1)).toEqual([200, 0, 0, 255]);
    expect(pixel(pictures[2]!, 3, 1)).toEqual([0, 128, 0, 128]);
    // Cleared.
    expect(pixel(pictures[3]!, 3, 1)[3]).toBe(0);
    expect(pixel(pictures[3]!, 5, 2)).toEqual([100, 64, 0, 255]);
    expect(pixel(pictures[3]!, 4, 2)).toEqual([0, 128, 0, 128]);
    expect(pixel(pictures[3]!, 1, 1)).toEqual([200, 0, 0, 255]);
  });

  it.each(ANIMATIONS)('as %s that is cut short: with a line about it', async (format) => {
    const bytes = await encodeAnimation(frames, { format, fps: 10 });
    for (const share of [0.5, 0.9]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await expect(opened(cut)).rejects.toThrow(/^walk cannot be read, as it is damaged or cut short.*save it again/);
    }
  });

  it('only where it moves', async () => {
    const still = sharp(frames[0]!.data, { raw: { width: 6, height: 4, channels: 3 } });
    for (const format of ANIMATIONS)
      expect(await openAnimation(await still.clone().toFormat(format).toBuffer(), 'still')).toBeNull();
    expect(await openAnimation(await still.clone().jpeg().toBuffer(), 'still')).toBeNull();
  });
});

interface Part {
  png: Buffer;
  at: [number, number];
  size: [number, number];
  dispose: number;
  over: number;
}

/** An APNG of parts, 70 ms each. */
function handMade(first: Buffer, parts: readonly Part[]): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const all = Buffer.alloc(data.length + 12);
    all.writeUInt32BE(data.length);
    all.write(type, 4, 'latin1');
    data.copy(all, 8);
    all.writeUInt32BE(crc32(all.subarray(4, -4)), all.length - 4);
    return all;
  };
  const u32 = (...values: number[]): Buffer => Buffer.concat(values.map((v) => Buffer.from([0, 0, v >> 8, v & 255])));
  let sequence = 0;
  const body = parts.flatMap(({ png, at, size, dispose, over }, i) => {
    const control = Buffer.concat([u32(sequence++, ...size, ...at), Buffer.from([0, 7, 0, 100, dispose, over])]);
    const from = png.indexOf('IDAT');
    const data = png.subarray(from + 4, from + 4 + png.readUInt32BE(from - 4));
    const pixels = i === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([u32(sequence++), data]));
    return [chunk('fcTL', control), pixels];
  });
  return Buffer.concat([first.subarray(0, 33), chunk('acTL', u32(parts.length, 0)), ...body, first.subarray(-12)]);
}

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
