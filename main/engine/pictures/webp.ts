/**
 * Animated WebP (RIFF container, "WebP Container Specification"): whole pictures one after the other, each packed by
 * libvips on its own, so that no more than one is ever open.
 */
import type { Timing } from './animation.ts';
import { sharp } from './codecs.ts';

/** Joins PNGs of one size, without loss. */
export async function webpOf(pngs: readonly Buffer[], { delays, plays }: Timing): Promise<Buffer> {
  const { width, height, hasAlpha } = await sharp(pngs[0]).metadata();
  const about = Buffer.alloc(10);
  about[0] = 0x02 | (hasAlpha ? 0x10 : 0);
  about.writeUIntLE(width - 1, 4, 3);
  about.writeUIntLE(height - 1, 7, 3);
  const repeat = Buffer.alloc(6); // on a clear ground
  repeat.writeUInt16LE(Math.min(65_535, plays), 4);
  const parts = [chunk('VP8X', about), chunk('ANIM', repeat)];
  for (const [i, png] of pngs.entries()) {
    const frame = Buffer.alloc(16); // it lies at 0, 0
    frame.writeUIntLE(width - 1, 6, 3);
    frame.writeUIntLE(height - 1, 9, 3);
    frame.writeUIntLE(Math.min(0xffffff, Math.round(delays[i]!)), 12, 3);
    frame[15] = 0x02; // in the place of what was there
    const still = await sharp(png).webp({ lossless: true, effort: 3 }).toBuffer();
    parts.push(chunk('ANMF', Buffer.concat([frame, ...pixelChunks(still)])));
  }
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...parts]);
  return chunk('RIFF', body);
}

/** What holds the pixels of a still WebP. */
function* pixelChunks(still: Buffer): Generator<Buffer> {
  for (let at = 12; at + 8 <= still.length;) {
    const length = still.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (['ALPH', 'VP8 ', 'VP8L'].includes(still.toString('latin1', at, at + 4))) yield still.subarray(at, end);
    at = end;
  }
}

/** With a byte more where its length is odd. */
function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
