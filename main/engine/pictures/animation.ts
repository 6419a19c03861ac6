/** Moving pictures: frames of one size as GIF, animated WebP or APNG, and as a sheet of sprites with its atlas. */
import { crc32 } from 'node:zlib';
import { sharp } from './codecs.ts';
import { pngOf, type Picture } from './pictures.ts';

export const ANIMATIONS = ['gif', 'webp', 'png'] as const;
export type AnimationFormat = (typeof ANIMATIONS)[number];

/** `fps`: frames a second, of which GIF keeps hundredths of a second. It repeats for ever. */
export async function encodeAnimation(
  frames: readonly Picture[],
  { format, fps }: { format: AnimationFormat; fps: number },
): Promise<Buffer> {
  if (frames.length === 0) throw new RangeError('An animation needs at least one frame');
  const pngs = await Promise.all(frames.map(pngOf));
  const delay = frames.map(() => Math.round(1000 / fps));
  if (format === 'png') return apng(pngs, fps);
  const joined = sharp(pngs, { join: { animated: true } });
  return format === 'gif'
    ? joined.gif({ delay, loop: 0, effort: 7 }).toBuffer()
    : joined.webp({ delay, loop: 0, lossless: true, effort: 3 }).toBuffer();
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Animated PNG (PNG Specification, third edition, section 11.3.2): the first frame is an ordinary picture, the data of the
 * others stands in chunks of their own. All frames must have one size and one kind of pixels.
 */
function apng(pngs: readonly Buffer[], fps: number): Buffer {
  const all = pngs.map(chunksOf);
  const header = all[0]!.find(({ type }) => type === 'IHDR')!.data;
  let sequence = 0;
  const control = (): Buffer => {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(sequence++, 0);
    header.copy(data, 4, 0, 8); // width and height; it lies at 0, 0
    data.writeUInt16BE(1000, 20);
    data.writeUInt16BE(Math.round(1000 * fps), 22);
    return data; // then: leave what was there, and write over it
  };
  const counts = Buffer.alloc(8); // how many frames, and that they repeat for ever
  counts.writeUInt32BE(pngs.length, 0);
  const body = all.flatMap((chunks, i) => {
    const pixels = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
    const begin = chunk('fcTL', control());
    if (i === 0) return [begin, ...pixels.map((data) => chunk('IDAT', data))];
    return [
      begin,
      ...pixels.map((data) => {
        const number = Buffer.alloc(4);
        number.writeUInt32BE(sequence++);
        return chunk('fdAT', Buffer.concat([number, data]));
      }),
    ];
  });
  return Buffer.concat([
    ...[SIGNATURE, chunk('IHDR', header), chunk('acTL', counts), ...body],
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

export interface SpriteSheet {
  picture: Picture;
  /** Where each frame lies, in the form that TexturePacker writes and most engines read ("JSON hash"). */
  atlas: object;
}

/**
 * Frames on one picture, as near to a square as their number allows. Each has a border of `extrude` pixels that repeats its
 * outermost ones, so that an engine which filters textures never sees a neighbour.
 * @param names a name for each frame, in the atlas
 */
export function spriteSheet(
  frames: readonly Picture[],
  { names, file, extrude = 1 }: { names: readonly string[]; file: string; extrude?: number },
): SpriteSheet {
  const [{ width, height, channels }] = frames as [Picture];
  const columns = Math.ceil(Math.sqrt(frames.length));
  const [cellWidth, cellHeight] = [width + 2 * extrude, height + 2 * extrude];
  const size = { w: columns * cellWidth, h: Math.ceil(frames.length / columns) * cellHeight };
  const data = new Uint8Array(size.w * size.h * channels);
  const places = frames.map((frame, i) => {
    const [left, top] = [(i % columns) * cellWidth, Math.floor(i / columns) * cellHeight];
    for (let y = 0; y < cellHeight; y++)
      for (let x = 0; x < cellWidth; x++) {
        const within = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at - extrude));
        const from = (within(y, height) * width + within(x, width)) * channels;
        data.set(frame.data.subarray(from, from + channels), ((top + y) * size.w + left + x) * channels);
      }
    return { x: left + extrude, y: top + extrude, w: width, h: height };
  });
  const entry = (frame: (typeof places)[number]) => ({
    ...{ frame, rotated: false, trimmed: false },
    ...{ spriteSourceSize: { x: 0, y: 0, w: width, h: height }, sourceSize: { w: width, h: height } },
  });
  return {
    picture: { width: size.w, height: size.h, channels, data },
    atlas: {
      frames: Object.fromEntries(places.map((place, i) => [names[i]!, entry(place)])),
      meta: { app: 'Maquette', image: file, format: 'RGBA8888', size, scale: '1' },
    },
  };
}
