/**
 * Animated GIF (GIF89a) with one palette for all of its pictures, so that no colour flickers where nothing moves: libvips
 * reads it, but writes a palette for each. The colours are chosen by its quantiser, from all pictures at once.
 */
import type { Timing } from './animation.ts';
import { sharp } from './codecs.ts';

/** How many pictures a GIF holds. @throws RangeError where it is cut short: libvips would show what is left */
export function countGif(bytes: Buffer): number {
  const byte = (at: number): number => {
    if (at >= bytes.length) throw new RangeError('the file ends too early');
    return bytes[at]!;
  };
  const tableLength = (flags: number): number => (flags & 0x80 ? 3 * (2 << (flags & 7)) : 0);
  const afterBlocks = (at: number): number => {
    while (byte(at) !== 0) at += byte(at) + 1;
    return at + 1;
  };
  let count = 0;
  for (let at = 13 + tableLength(byte(10)); at < bytes.length;) {
    if (bytes[at] === 0x21) at = afterBlocks(at + 2);
    else if (bytes[at] === 0x2c) {
      at = afterBlocks(at + 11 + tableLength(byte(at + 9)));
      count++;
    } else break; // its end, or what some program left behind it
  }
  if (count === 0) throw new RangeError('there is no picture in it');
  return count;
}

/** Pictures are looked at for colours in so many pixels of all together. */
const SAMPLE = 1 << 20;
/** The last colour is kept for what is clear. */
const CLEAR = 255;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Joins PNGs of one size. Memory: one of them at a time, and the result. */
export async function gifOf(pngs: readonly Buffer[], { delays, plays }: Timing): Promise<Buffer> {
  const { width, height, hasAlpha } = await sharp(pngs[0]).metadata();
  const colours = await paletteOf(pngs, width * height);
  const nearest = nearestIn(colours);
  const parts: Buffer[] = [beginning(width, height, colours, plays)];
  let before: Uint8Array | null = null;
  for (const [i, png] of pngs.entries()) {
    const rgba = await sharp(png).ensureAlpha().raw().toBuffer();
    const now = new Uint8Array(width * height);
    for (let k = 0, at = 0; k < now.length; k++, at += 4)
      now[k] = rgba[at + 3]! < 128 ? CLEAR : nearest(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
    // What is clear does not take away what is below it: then each picture is whole, and gone before the next.
    const box = before && !hasAlpha ? changed(before, now, width) : { left: 0, top: 0, width, height };
    parts.push(picture(cut(now, width, box), box, { delay: delays[i]!, clear: hasAlpha }));
    before = now;
  }
  return Buffer.concat([...parts, Buffer.from([0x3b])]);
}

/** At most 255 colours for all pictures: RGB, one after the other. */
async function paletteOf(pngs: readonly Buffer[], pixels: number): Promise<Buffer> {
  const step = Math.max(1, Math.ceil((pixels * pngs.length) / SAMPLE));
  const width = Math.ceil(pixels / step);
  const sample = Buffer.alloc(width * pngs.length * 3);
  let to = 0;
  for (const png of pngs) {
    const rgba = await sharp(png).ensureAlpha().raw().toBuffer();
    for (let k = 0, last = 0; k < pixels; k += step, to += 3) {
      // What is clear has no colour: the one before it is counted once more.
      if (rgba[k * 4 + 3]! >= 128) last = k;
      rgba.copy(sample, to, last * 4, last * 4 + 3);
    }
  }
  const reduced = await sharp(sample, { raw: { width, height: pngs.length, channels: 3 } })
    .png({ palette: true, colours: CLEAR, dither: 0, effort: 7 })
    .toBuffer();
  const at = reduced.indexOf('PLTE', 0, 'latin1');
  return reduced.subarray(at + 4, at + 4 + reduced.readUInt32BE(at - 4));
}

/** Finds the colour of a palette that is nearest to another. */
function nearestIn(colours: Buffer): (r: number, g: number, b: number) => number {
  const known = new Map<number, number>();
  return (r, g, b) => {
    const key = (r << 16) | (g << 8) | b;
    const found = known.get(key);
    if (found !== undefined) return found;
    let [best, least] = [0, Infinity];
    for (let i = 0; i < colours.length; i += 3) {
      const [dr, dg, db] = [r - colours[i]!, g - colours[i + 1]!, b - colours[i + 2]!];
      const far = 2 * dr * dr + 4 * dg * dg + 3 * db * db;
      if (far < least) [best, least] = [i / 3, far];
    }
    known.set(key, best);
    return best;
  };
}

/** The smallest box outside of which nothing is another than before; a single pixel where nothing is. */
function changed(before: Uint8Array, now: Uint8Array, width: number): Box {
  let [left, top, right, bottom] = [width, Infinity, -1, -1];
  for (let k = 0; k < now.length; k++) {
    if (before[k] === now[k]) continue;
    const [x, y] = [k % width, Math.floor(k / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), y];
  }
  return bottom < 0
    ? { left: 0, top: 0, width: 1, height: 1 }
    : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

function cut(indices: Uint8Array, width: number, box: Box): Uint8Array {
  const part = new Uint8Array(box.width * box.height);
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * width + box.left;
    part.set(indices.subarray(from, from + box.width), y * box.width);
  }
  return part;
}

function beginning(width: number, height: number, colours: Buffer, plays: number): Buffer {
  const head = Buffer.alloc(13 + 768);
  head.write('GIF89a', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  head[10] = 0xf7; // a palette of 256 colours, of 8 bits each
  colours.copy(head, 13);
  if (plays === 1) return head;
  const again = Buffer.from('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0', 'latin1');
  again.writeUInt16LE(plays === 0 ? 0 : plays - 1, 16); // how often it is repeated; 0 for ever
  return Buffer.concat([head, again]);
}

function picture(indices: Uint8Array, box: Box, { delay, clear }: { delay: number; clear: boolean }): Buffer {
  const control = Buffer.from([0x21, 0xf9, 4, clear ? (2 << 2) | 1 : 1 << 2, 0, 0, CLEAR, 0]);
  control.writeUInt16LE(Math.min(65_535, Math.round(delay / 10)), 4);
  const place = Buffer.alloc(11);
  place[0] = 0x2c;
  for (const [i, value] of [box.left, box.top, box.width, box.height].entries()) place.writeUInt16LE(value, 1 + 2 * i);
  place[10] = 8; // bits of a value
  return Buffer.concat([control, place, packed(indices), Buffer.from([0])]);
}

const [RESTART, END] = [256, 257];
const MOST_CODES = 4096;

/** LZW with codes of 9 to 12 bits, in blocks of at most 255 bytes. */
function packed(indices: Uint8Array): Buffer {
  const bytes = Buffer.alloc(Math.ceil(indices.length * 1.51) + 16);
  let [length, bits, filled, size] = [0, 0, 0, 9];
  const put = (code: number): void => {
    bits |= code << filled;
    for (filled += size; filled >= 8; filled -= 8, bits >>>= 8) bytes[length++] = bits & 255;
  };
  const codes = new Map<number, number>();
  put(RESTART);
  let run = indices[0]!;
  for (let k = 1; k < indices.length; k++) {
    const key = (run << 8) | indices[k]!;
    const known = codes.get(key);
    if (known !== undefined) {
      run = known;
      continue;
    }
    put(run);
    const code = END + 1 + codes.size;
    if (code < MOST_CODES) {
      codes.set(key, code);
      if (code === 1 << size) size++;
    } else {
      put(RESTART);
      codes.clear();
      size = 9;
    }
    run = indices[k]!;
  }
  put(run);
  put(END);
  if (filled > 0) bytes[length++] = bits;
  const blocks: Buffer[] = [];
  for (let at = 0; at < length; at += 255) {
    const block = bytes.subarray(at, Math.min(length, at + 255));
    blocks.push(Buffer.from([block.length]), block);
  }
  return Buffer.concat(blocks);
}
