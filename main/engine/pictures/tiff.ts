/**
 * TIFFs that libvips opens wrong or not at all: of floats, which may stand for anything (0 to 1, metres), and of Lab
 * colours. What the file says of itself is read from its first directory (TIFF 6.0).
 */
import { sharp } from './codecs.ts';
import { labToRgb } from './colour.ts';

const [PHOTOMETRIC, SAMPLE_FORMAT, LEAST_SAMPLE, MOST_SAMPLE] = [262, 339, 340, 341];
const [RGB, CIE_LAB, ICC_LAB] = [2, 8, 9];
const FLOAT = 3;

interface Directory {
  photometric: number;
  float: boolean;
  /** The values that the file says are darkest and brightest. */
  said: Range | null;
  /** Where the value of the photometric entry lies, and how it is written. */
  at: number;
  little: boolean;
}

/** The values of a picture that are black and white. */
export interface Range {
  low: number;
  high: number;
}

export type TiffKind = 'float' | 'lab' | 'plain';

/** What a TIFF is, as far as it must be treated on its own. */
export function kindOfTiff(bytes: Buffer): TiffKind {
  const found = readDirectory(bytes);
  if (found?.float) return 'float';
  return found && [CIE_LAB, ICC_LAB].includes(found.photometric) ? 'lab' : 'plain';
}

/** The first directory of a classic TIFF; null for a BigTIFF, or one that is damaged (whoever decodes it says how). */
function readDirectory(bytes: Buffer): Directory | null {
  if (bytes.length < 8) return null;
  const little = bytes[0] === 0x49;
  const short = (at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const float = (at: number): number => (little ? bytes.readFloatLE(at) : bytes.readFloatBE(at));
  const start = long(4);
  if (short(2) !== 42 || start + 2 > bytes.length || start + 2 + short(start) * 12 > bytes.length) return null;
  const entries = new Map(
    Array.from({ length: short(start) }, (_, i) => [short(start + 2 + i * 12), start + 2 + i * 12] as const),
  );
  /** The first value of an entry: shorts and floats that fit lie in the entry itself, else where it points. */
  const value = (tag: number, size: 2 | 4): number | null => {
    const entry = entries.get(tag);
    if (entry === undefined) return null;
    const at = long(entry + 4) * size <= 4 ? entry + 8 : long(entry + 8);
    return at + size > bytes.length ? null : size === 2 ? short(at) : float(at);
  };
  const [low, high] = [value(LEAST_SAMPLE, 4), value(MOST_SAMPLE, 4)];
  return {
    photometric: value(PHOTOMETRIC, 2) ?? RGB,
    float: value(SAMPLE_FORMAT, 2) === FLOAT,
    said: low !== null && high !== null && high > low ? { low, high } : null,
    ...{ at: (entries.get(PHOTOMETRIC) ?? 0) + 8, little },
  };
}

export interface TiffPixels {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
  data: Buffer;
}

/** Values as they are in the file. */
interface Floats extends Omit<TiffPixels, 'data'> {
  values: Float32Array;
}

async function floatsOf(bytes: Buffer, options: object): Promise<Floats> {
  const image = sharp(bytes, options).autoOrient();
  const { space } = await image.metadata();
  // Its own kind of colours all the way: anything else would be taken for light, and given a screen's curve.
  const { data, info } = await image
    .pipelineColourspace(space)
    .toColourspace(space)
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const copy = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  return { width: info.width, height: info.height, channels: info.channels as 1, values: new Float32Array(copy) };
}

/**
 * What stands for black and white: what the file says; else 0 to 1 or 0 to 255 where all values lie there; else the
 * lowest and the highest that there are.
 */
function rangeOf({ values }: Floats, said: Range | null): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (said) return said;
  if (low >= 0 && high <= 1) return { low: 0, high: 1 };
  if (low >= 0 && high <= 255) return { low: 0, high: 255 };
  return low < high ? { low, high } : { low: 0, high: 1 };
}

/** The range by which a TIFF of floats is read. */
export async function floatRange(bytes: Buffer, options: object): Promise<Range> {
  return rangeOf(await floatsOf(bytes, options), readDirectory(bytes)?.said ?? null);
}

/** A TIFF of floats as bytes; what is no number is black. */
export async function readFloatTiff(bytes: Buffer, options: object): Promise<TiffPixels> {
  const { values, ...size } = await floatsOf(bytes, options);
  const { low, high } = rangeOf({ values, ...size }, readDirectory(bytes)?.said ?? null);
  const data = Buffer.alloc(values.length);
  for (let i = 0; i < values.length; i++) {
    const share = (values[i]! - low) / (high - low);
    data[i] = share > 0 ? Math.min(255, Math.round(share * 255)) : 0;
  }
  return { ...size, data };
}

/** A TIFF of Lab colours (8 or 16 bits): read as if it were RGB, whose numbers are then converted. */
export async function readLabTiff(bytes: Buffer, options: object): Promise<TiffPixels> {
  const { at, little, photometric } = readDirectory(bytes)!;
  const plain = Buffer.from(bytes);
  if (little) plain.writeUInt16LE(RGB, at);
  else plain.writeUInt16BE(RGB, at);
  const { data, info } = await sharp(plain, options).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  // CIE Lab has signed bytes for a and b, ICC Lab counts them from 128.
  const signed = (value: number): number => (photometric === ICC_LAB ? value - 128 : value > 127 ? value - 256 : value);
  for (let i = 0; i < data.length; i += 3) {
    const rgb = labToRgb(data[i]! / 2.55, signed(data[i + 1]!), signed(data[i + 2]!));
    data.set(rgb, i);
  }
  return { width: info.width, height: info.height, channels: 3, data };
}
