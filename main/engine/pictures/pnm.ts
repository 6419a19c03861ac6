/**
 * Reads PBM, PGM, PPM (Netpbm, plain and binary) and PAM, which graphics courses and reference tools write and libvips'
 * prebuilt library does not open; no well-kept package does either.
 */

/** Pixels in rows from the top left, channels interleaved. */
export interface PnmPixels {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
  data: Buffer;
}

interface Header extends Omit<PnmPixels, 'data'> {
  kind: number;
  most: number;
  /** Where the pixels begin, in bytes. */
  offset: number;
}

/** @throws Error with a reason that completes "cannot be read: ..." */
export function readPnmHeader(bytes: Buffer): Header {
  const kind = bytes[1]! - 48;
  return kind === 7 ? readPam(bytes) : readClassic(bytes, kind);
}

function readClassic(bytes: Buffer, kind: number): Header {
  const bits = kind === 1 || kind === 4;
  // Words with white space between them; from # to the end of a line is a comment.
  const word = /(?:\s|#[^\n]*\n)*(\d+)/y;
  const text = bytes.toString('latin1', 0, 4096);
  word.lastIndex = 2;
  const numbers = Array.from({ length: bits ? 2 : 3 }, () => Number(word.exec(text)?.[1]));
  const [width = NaN, height = NaN, most = 1] = numbers;
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  return checked({ kind, width, height, most, channels, offset: word.lastIndex + 1 });
}

function readPam(bytes: Buffer): Header {
  const end = bytes.indexOf('ENDHDR\n');
  const said = new Map(
    [...bytes.toString('latin1', 0, end).matchAll(/^(\w+)\s+(\d+)/gm)].map(([, name, n]) => [name, Number(n)]),
  );
  const [width, height, channels, most] = ['WIDTH', 'HEIGHT', 'DEPTH', 'MAXVAL'].map((name) => said.get(name) ?? NaN);
  return checked({ kind: 7, width: width!, height: height!, channels: channels as 1, most: most!, offset: end + 7 });
}

function checked(header: Header): Header {
  const { width, height, most, channels } = header;
  if (!(width > 0 && height > 0 && most > 0 && most < 65536) || ![1, 2, 3, 4].includes(channels))
    throw new Error('its header is not one of a PPM');
  return header;
}

/** @throws Error with a reason that completes "cannot be read: ..." */
export function readPnm(bytes: Buffer): PnmPixels {
  const header = readPnmHeader(bytes);
  const { width, height, channels, most, kind } = header;
  const count = width * height * channels;
  const values = kind <= 3 ? plainValues(bytes, header, count) : binaryValues(bytes, header, count);
  const ink = kind === 1 || kind === 4; // 1 is black there
  const data = Buffer.alloc(count);
  for (let i = 0; i < count; i++) data[i] = Math.round((ink ? 1 - values[i]! : values[i]! / most) * 255);
  return { width, height, channels, data };
}

function plainValues(bytes: Buffer, { offset, kind }: Header, count: number): ArrayLike<number> {
  const text = bytes.toString('latin1', offset - 1).replace(/#[^\n]*/g, '');
  const values = (text.match(kind === 1 ? /[01]/g : /\d+/g) ?? []).map(Number);
  if (values.length < count) throw new Error('the file is cut short');
  return values;
}

function binaryValues(bytes: Buffer, { offset, kind, width, height, most }: Header, count: number): ArrayLike<number> {
  const pixels = bytes.subarray(offset);
  const row = (width + 7) >> 3;
  const needed = kind === 4 ? row * height : count * (most > 255 ? 2 : 1);
  if (pixels.length < needed) throw new Error('the file is cut short');
  if (kind === 4)
    return new Uint8Array(count).map(
      (_, i) => (pixels[Math.floor(i / width) * row + ((i % width) >> 3)]! >> (7 - ((i % width) & 7))) & 1,
    );
  return most > 255 ? new Uint16Array(count).map((_, i) => pixels.readUInt16BE(i * 2)) : pixels;
}
