/**
 * Reads BMP, which Windows and old tools write and libvips does not open: 1 to 32 bits, palettes, masks, run-length coded,
 * either way up. By hand, as no package does it right: bmp-ts 1.0.9 has wrong colours with palettes and ignores where
 * the pixels begin, fast-bmp 4.0.1 knows no palettes at all.
 */

interface Header {
  width: number;
  height: number;
  channels: 4;
  fromTop: boolean;
  bits: number;
  compression: number;
  /** Where the pixels begin, in bytes. */
  offset: number;
  /** Where the palette begins, and the bytes of each of its colours. */
  palette: { at: number; step: 3 | 4; count: number };
  /** The bits of a pixel that are red, green, blue and alpha. */
  masks: [number, number, number, number];
}

const [NONE, RUNS_8, RUNS_4, FIELDS] = [0, 1, 2, 3];
const MASKS_OF: Readonly<Record<number, Header['masks']>> = {
  16: [0x7c00, 0x3e0, 0x1f, 0],
  24: [0xff0000, 0xff00, 0xff, 0],
  32: [0xff0000, 0xff00, 0xff, 0xff000000],
};

/** What the header says. @throws Error with a reason that completes "cannot be read: ..." */
export function readBmpHeader(bytes: Buffer): Header {
  if (bytes.length < 26) throw new Error('the file is cut short');
  const size = bytes.readUInt32LE(14);
  const old = size === 12; // of OS/2: short lengths, palettes of three bytes
  if (bytes.length < 14 + size || (!old && size < 40)) throw new Error('the file is cut short');
  const [width, height] = old
    ? [bytes.readUInt16LE(18), bytes.readInt16LE(20)]
    : [bytes.readInt32LE(18), bytes.readInt32LE(22)];
  const bits = bytes.readUInt16LE(old ? 24 : 28);
  const compression = old ? NONE : bytes.readUInt32LE(30);
  if (width <= 0 || height === 0) throw new Error('the picture has no pixels');
  const known = [1, 4, 8, 16, 24, 32].includes(bits) && (compression <= FIELDS || compression === 6);
  if (!known) throw new Error(`a BMP of ${bits} bits packed in way ${compression} is not read`);
  const fields = compression === FIELDS || compression === 6;
  const mask = (i: number): number => bytes.readUInt32LE(54 + i * 4);
  const hasAlpha = compression === 6 || size >= 56;
  const count = old ? 0 : bytes.readUInt32LE(46);
  return {
    ...{ width, height: Math.abs(height), channels: 4, fromTop: height < 0, bits, compression },
    offset: bytes.readUInt32LE(10),
    palette: { at: 14 + size, step: old ? 3 : 4, count: count > 0 ? Math.min(count, 256) : 1 << Math.min(bits, 8) },
    masks: fields ? [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0] : (MASKS_OF[bits] ?? [0, 0, 0, 0]),
  };
}

/** Rows from the top left, straight RGBA. @throws Error with a reason that completes "cannot be read: ..." */
export function readBmp(bytes: Buffer): { width: number; height: number; channels: 4; data: Buffer } {
  const header = readBmpHeader(bytes);
  const { width, height, bits, compression } = header;
  const data = Buffer.alloc(width * height * 4);
  const packed = compression === RUNS_8 || compression === RUNS_4;
  const places = packed ? unpackRuns(bytes, header) : null;
  const row = Math.ceil((width * bits) / 32) * 4;
  if (!packed && header.offset + row * height > bytes.length) throw new Error('the file is cut short');
  for (let y = 0; y < height; y++) {
    const line = header.fromTop ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const value = places ? places[line * width + x]! : pixel(bytes, header.offset + line * row, x, bits);
      if (bits <= 8) fromPalette(bytes, header, value, data, at);
      else fromMasks(header.masks, value, data, at);
    }
  }
  // Most programs leave the fourth byte 0: a picture that is wholly transparent is meant to be opaque.
  if (!data.some((value, i) => i % 4 === 3 && value !== 0)) for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return { width, height, channels: 4, data };
}

function pixel(bytes: Buffer, row: number, x: number, bits: number): number {
  if (bits < 8) return (bytes[row + ((x * bits) >> 3)]! >> (8 - bits - ((x * bits) & 7))) & ((1 << bits) - 1);
  if (bits === 8) return bytes[row + x]!;
  if (bits === 16) return bytes.readUInt16LE(row + x * 2);
  return bits === 24 ? bytes.readUIntLE(row + x * 3, 3) : bytes.readUInt32LE(row + x * 4);
}

function fromPalette(bytes: Buffer, { palette }: Header, value: number, data: Buffer, at: number): void {
  if (value >= palette.count) return; // left black, as other programs do
  const from = palette.at + value * palette.step;
  for (let c = 0; c < 3; c++) data[at + c] = bytes[from + 2 - c]!;
  data[at + 3] = 255;
}

function fromMasks(masks: Header['masks'], value: number, data: Buffer, at: number): void {
  masks.forEach((mask, c) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const most = mask >>> shift;
    data[at + c] = mask === 0 ? (c === 3 ? 255 : 0) : Math.round((((value & mask) >>> shift) / most) * 255);
  });
}

/** Undoes the run-length coding: the place in the palette of each pixel, row after row as the file has them. */
function unpackRuns(bytes: Buffer, { width, height, compression, offset }: Header): Uint8Array {
  const places = new Uint8Array(width * height);
  const half = compression === RUNS_4;
  let [x, y] = [0, 0];
  const put = (value: number): void => {
    if (x < width && y < height) places[y * width + x] = value;
    x++;
  };
  const nibble = (byte: number, i: number): number => (!half ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  for (let at = offset; at + 1 < bytes.length && y < height;) {
    const [count, value] = [bytes[at]!, bytes[at + 1]!];
    at += 2;
    if (count > 0) for (let i = 0; i < count; i++) put(nibble(value, i));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) [x, y, at] = [x + bytes[at]!, y + bytes[at + 1]!, at + 2];
    else {
      for (let i = 0; i < value; i++) put(nibble(bytes[at + (half ? i >> 1 : i)]!, i));
      const length = half ? (value + 1) >> 1 : value;
      at += length + (length % 2); // whole words
    }
  }
  return places;
}
