/**
 * Reads Truevision TGA, which game tools write and libvips does not open: true-colour (24 and 32 bit) and grey (8 bit),
 * plain or run-length coded, any origin. Colour-mapped and 16-bit files are refused with a line that says so.
 */

/** Pixels in rows from the top left, channels interleaved: grey, RGB or RGBA (not premultiplied). */
export interface TgaPixels {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  data: Buffer;
}

interface Header {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  runLength: boolean;
  fromRight: boolean;
  fromTop: boolean;
  /** Where the pixels begin, in bytes. */
  offset: number;
}

const HEADER_BYTES = 18;

/** Width, height and channels, from the header alone. @throws Error with a reason that completes "cannot be read: ..." */
export function readTgaHeader(bytes: Buffer): Header {
  if (bytes.length < HEADER_BYTES) throw new Error('the file is cut short');
  const kind = bytes[2]! & 7;
  const bits = bytes[16]!;
  const runLength = bytes[2]! >= 8;
  const known = [2, 3, 10, 11].includes(bytes[2]!) && (kind === 3 ? bits === 8 : bits === 24 || bits === 32);
  if (!known) throw new Error('only TGA of 24 or 32 bits, or grey of 8 bits, is read');
  const width = bytes.readUInt16LE(12);
  const height = bytes.readUInt16LE(14);
  if (width === 0 || height === 0) throw new Error('the picture has no pixels');
  const mapBytes = bytes[1] === 0 ? 0 : bytes.readUInt16LE(5) * Math.ceil(bytes[7]! / 8);
  return {
    width,
    height,
    channels: (bits / 8) as 1 | 3 | 4,
    runLength,
    fromRight: (bytes[17]! & 16) !== 0,
    fromTop: (bytes[17]! & 32) !== 0,
    offset: HEADER_BYTES + bytes[0]! + mapBytes,
  };
}

/** Decodes a TGA file. @throws Error with a reason that completes "cannot be read: ..." */
export function readTga(bytes: Buffer): TgaPixels {
  const header = readTgaHeader(bytes);
  const { width, height, channels } = header;
  const stored = header.runLength ? unpackRuns(bytes, header) : bytes.subarray(header.offset);
  if (stored.length < width * height * channels) throw new Error('the file is cut short');
  const data = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y++) {
    const row = header.fromTop ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const from = (row * width + (header.fromRight ? width - 1 - x : x)) * channels;
      copyPixel(stored, from, data, (y * width + x) * channels, channels);
    }
  }
  if (channels === 4) keepAlphaIfUsed(data);
  return { width, height, channels, data };
}

/** Copies one pixel; files hold blue, green, red. */
function copyPixel(from: Buffer, at: number, to: Buffer, into: number, channels: number): void {
  if (channels === 1) {
    to[into] = from[at]!;
    return;
  }
  to[into] = from[at + 2]!;
  to[into + 1] = from[at + 1]!;
  to[into + 2] = from[at]!;
  if (channels === 4) to[into + 3] = from[at + 3]!;
}

/** Some tools write 32 bits and leave the fourth byte 0: a picture that is wholly transparent is meant to be opaque. */
function keepAlphaIfUsed(rgba: Buffer): void {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 0) return;
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
}

/** Undoes the run-length coding: packets of 1 to 128 pixels, the high bit of their first byte marks a repeated one. */
function unpackRuns(bytes: Buffer, { width, height, channels, offset }: Header): Buffer {
  const out = Buffer.alloc(width * height * channels);
  let at = offset;
  for (let to = 0; to < out.length;) {
    const packet = bytes[at++];
    if (packet === undefined) throw new Error('the file is cut short');
    const length = Math.min(((packet & 127) + 1) * channels, out.length - to);
    const stored = packet & 128 ? channels : length;
    if (at + stored > bytes.length) throw new Error('the file is cut short');
    out.fill(bytes.subarray(at, at + stored), to, to + length);
    at += stored;
    to += length;
  }
  return out;
}
