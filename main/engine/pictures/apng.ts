/**
 * Animated PNG (PNG Specification, third edition): the first picture is an ordinary one, the data of the others stands in
 * chunks of their own. Which is why each becomes an ordinary PNG here, and a decoder that knows nothing of animations
 * opens it.
 */
import { crc32 } from 'node:zlib';
import type { Animation, Timing } from './animation.ts';
import { sharp } from './codecs.ts';

interface Chunk {
  type: string;
  data: Buffer;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Joins PNGs of one size and one kind of pixels. */
export function apngOf(pngs: readonly Buffer[], { delays, plays }: Timing): Buffer {
  const all = pngs.map((png) => [...chunksOf(png)]);
  const header = all[0]!.find(({ type }) => type === 'IHDR')!.data;
  let sequence = 0;
  const control = (delay: number): Buffer => {
    const data = Buffer.alloc(26);
    data.writeUInt32BE(sequence++, 0);
    header.copy(data, 4, 0, 8); // width and height; it lies at 0, 0
    data.writeUInt16BE(Math.min(65_535, Math.round(delay)), 20);
    data.writeUInt16BE(1000, 22);
    return data; // then: leave what was there, and write over it
  };
  const counts = Buffer.alloc(8);
  counts.writeUInt32BE(pngs.length, 0);
  counts.writeUInt32BE(plays, 4);
  const body = all.flatMap((chunks, i) => {
    const pixels = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
    const begin = chunk('fcTL', control(delays[i]!));
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

/** One picture of an animation, as the file has it: a part of the whole, and what becomes of what it lies on. */
interface Frame {
  width: number;
  height: number;
  left: number;
  top: number;
  delay: number;
  /** What becomes of its place after it. */
  dispose: 'leave' | 'clear' | 'restore';
  /** Whether it lies over what is there, or takes its place. */
  over: boolean;
  data: Buffer[];
}

/** Kinds of pixels with an alpha of their own. */
const WITH_ALPHA = [4, 6];

/** Reads an animated PNG; null for one that does not move. @throws RangeError where it is cut short or makes no sense */
export function readApng(bytes: Buffer): Animation | null {
  let counts: Buffer | null = null;
  /** What stands before the pixels and holds for all: palette, transparency, colours. */
  const shared: Chunk[] = [];
  const frames: Frame[] = [];
  let header: Buffer | null = null;
  for (const { type, data } of chunksOf(bytes)) {
    if (type === 'IHDR') header = data;
    else if (type === 'acTL') counts = data;
    else if (type === 'fcTL') frames.push(frameOf(data));
    // A picture before the first `fcTL` is none of the animation's.
    else if (type === 'IDAT') frames.at(-1)?.data.push(data);
    else if (type === 'fdAT') frames.at(-1)?.data.push(data.subarray(4));
    else if (type !== 'IEND' && frames.length === 0) shared.push({ type, data });
    if (type === 'IDAT' && counts === null) return null;
  }
  if (counts === null || header === null || frames.length < 2) return null;
  const size = { width: header.readUInt32BE(0), height: header.readUInt32BE(4) };
  if (frames.length !== counts.readUInt32BE(0)) throw new RangeError('not all of its pictures are there');
  for (const { left, top, width, height, data } of frames)
    if (width === 0 || height === 0 || left + width > size.width || top + height > size.height || data.length === 0)
      throw new RangeError('one of its pictures is not where it could be');
  const head = header;
  return {
    ...{ ...size, format: 'png', plays: counts.readUInt32BE(4), delays: frames.map(({ delay }) => delay) },
    hasAlpha:
      WITH_ALPHA.includes(head[9]!) ||
      shared.some(({ type }) => type === 'tRNS') ||
      frames.some(({ dispose }) => dispose === 'clear'),
    pictures: () => shown(frames, size, (frame) => decoded(frame, head, shared)),
  };
}

function frameOf(data: Buffer): Frame {
  const [hundredths, parts] = [data.readUInt16BE(20), data.readUInt16BE(22)];
  return {
    ...{ width: data.readUInt32BE(4), height: data.readUInt32BE(8) },
    ...{ left: data.readUInt32BE(12), top: data.readUInt32BE(16), over: data[25] === 1, data: [] },
    delay: (1000 * hundredths) / (parts || 100),
    dispose: (['leave', 'clear', 'restore'] as const)[data[24]!] ?? 'leave',
  };
}

/** Straight RGBA. */
function decoded({ width, height, data }: Frame, header: Buffer, shared: readonly Chunk[]): Promise<Uint8Array> {
  const own = Buffer.from(header);
  own.writeUInt32BE(width, 0);
  own.writeUInt32BE(height, 4);
  const png = Buffer.concat([
    ...[SIGNATURE, chunk('IHDR', own), ...shared.map((each) => chunk(each.type, each.data))],
    ...[chunk('IDAT', Buffer.concat(data)), chunk('IEND', Buffer.alloc(0))],
  ]);
  return sharp(png, { failOn: 'error' }).ensureAlpha().toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
}

/** The whole picture at each step, one after the other. Each is a copy. */
async function* shown(
  frames: readonly Frame[],
  { width, height }: { width: number; height: number },
  decode: (frame: Frame) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const canvas = new Uint8Array(width * height * 4);
  for (const [i, frame] of frames.entries()) {
    const before = frame.dispose === 'restore' && i > 0 ? canvas.slice() : null;
    const part = await decode(frame);
    for (let y = 0; y < frame.height; y++) {
      const to = ((frame.top + y) * width + frame.left) * 4;
      const row = part.subarray(y * frame.width * 4, (y + 1) * frame.width * 4);
      if (frame.over) layOver(canvas.subarray(to, to + row.length), row);
      else canvas.set(row, to);
    }
    yield canvas.slice();
    if (before) canvas.set(before);
    else if (frame.dispose !== 'leave')
      for (let y = 0; y < frame.height; y++) {
        const to = ((frame.top + y) * width + frame.left) * 4;
        canvas.fill(0, to, to + frame.width * 4);
      }
  }
}

/** Lays straight RGBA over what is below. */
function layOver(below: Uint8Array, over: Uint8Array): void {
  for (let at = 0; at < over.length; at += 4) {
    const top = over[at + 3]!;
    if (top === 0) continue;
    const left = (below[at + 3]! * (255 - top)) / 255;
    const alpha = top + left;
    for (let c = at; c < at + 3; c++) below[c] = Math.round((over[c]! * top + below[c]! * left) / alpha);
    below[at + 3] = Math.round(alpha);
  }
}

function* chunksOf(png: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE.length; at < png.length;) {
    const end = at + 12 <= png.length ? at + 12 + png.readUInt32BE(at) : Infinity;
    if (end > png.length) throw new RangeError('the file ends too early');
    const type = png.toString('latin1', at + 4, at + 8);
    yield { type, data: png.subarray(at + 8, end - 4) };
    if (type === 'IEND') return;
    at = end;
  }
  throw new RangeError('the file ends too early');
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
