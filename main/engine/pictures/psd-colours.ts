/** The channels of a PSD's picture as straight RGBA of 8 bits, for every kind of colours that the format has. */
import { sharp } from './codecs.ts';
import { labToRgb, shareToByte, lightToByte } from './colour.ts';

/** Straight RGBA of 8 bits, rows from the top. */
export interface Rgba {
  width: number;
  height: number;
  data: Uint8Array;
}

interface Source {
  width: number;
  height: number;
  depth: 1 | 8 | 16 | 32;
  mode: PsdMode;
  alpha: Uint8Array | null;
  palette: Uint8Array;
  profile: Uint8Array | null;
}

interface Mode {
  name: string;
  channels: number;
  /** Bytes of the channels (0..255) as RGB. */
  rgb: (channels: readonly Uint8Array[], source: Source) => Promise<RgbPlanes> | RgbPlanes;
}
export type PsdMode = Mode;
type RgbPlanes = readonly [Uint8Array, Uint8Array, Uint8Array];

const grey = ([one]: readonly Uint8Array[]): RgbPlanes => [one!, one!, one!];

/** Kinds of colours by their number in the header. */
export const MODES: Readonly<Record<number, Mode>> = {
  0: { name: 'bitmap', channels: 1, rgb: ([bits], { width }) => grey([unpackBits(bits!, width)]) },
  1: { name: 'grey', channels: 1, rgb: grey },
  2: { name: 'indexed', channels: 1, rgb: indexed },
  3: { name: 'RGB', channels: 3, rgb: ([r, g, b]) => [r!, g!, b!] },
  4: { name: 'CMYK', channels: 4, rgb: separated },
  7: { name: 'multichannel', channels: 1, rgb: grey },
  8: { name: 'duotone', channels: 1, rgb: grey },
  9: { name: 'Lab', channels: 3, rgb: ([l, a, b]) => lab(l!, a!, b!) },
};

/** Planes of any depth as straight RGBA; colours under transparency were laid over white, which is taken out again. */
export async function toRgba(planes: readonly Uint8Array[], source: Source): Promise<Rgba> {
  const { width, height, depth, mode, alpha } = source;
  const bytes = planes.map((plane) => (depth === 1 ? plane : toBytes(plane, depth, true)));
  const rgb = await mode.rgb(bytes, source);
  const opacity = alpha && toBytes(alpha, depth, false);
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const a = opacity ? opacity[i]! : 255;
    data[i * 4 + 3] = a;
    for (let c = 0; c < 3; c++) {
      const shown = rgb[c]![i]!;
      data[i * 4 + c] =
        a === 255 || a === 0 ? shown : Math.max(0, Math.min(255, Math.round(255 - ((255 - shown) * 255) / a)));
    }
  }
  return { width, height, data };
}

/** Values of 8, 16 or 32 bits as bytes. Floats are light (linear), which is how such files are meant. */
export function toBytes(plane: Uint8Array, depth: number, colour: boolean): Uint8Array {
  if (depth === 8) return plane;
  const view = new DataView(plane.buffer, plane.byteOffset, plane.byteLength);
  const length = plane.length / (depth / 8);
  if (depth === 16) return new Uint8Array(length).map((_, i) => Math.round(view.getUint16(i * 2) / 257));
  return new Uint8Array(length).map((_, i) => (colour ? lightToByte : shareToByte)(view.getFloat32(i * 4)));
}

function unpackBits(bits: Uint8Array, width: number): Uint8Array {
  const row = (width + 7) >> 3;
  const height = bits.length / row;
  return new Uint8Array(width * height).map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return (bits[y * row + (x >> 3)]! >> (7 - (x & 7))) & 1 ? 0 : 255; // a set bit is ink
  });
}

/** All reds, then all greens, then all blues. */
function indexed([places]: readonly Uint8Array[], { palette }: Source): RgbPlanes {
  const size = palette.length / 3;
  const channel = (c: number): Uint8Array => places!.map((place) => palette[c * size + place] ?? 0);
  return [channel(0), channel(1), channel(2)];
}

function lab(l: Uint8Array, a: Uint8Array, b: Uint8Array): RgbPlanes {
  const planes = [new Uint8Array(l.length), new Uint8Array(l.length), new Uint8Array(l.length)] as const;
  for (let i = 0; i < l.length; i++)
    labToRgb(l[i]! / 2.55, a[i]! - 128, b[i]! - 128).forEach((value, c) => (planes[c]![i] = value));
  return planes;
}

/** By libvips, with the profile of the file where it has one. */
async function separated(planes: readonly Uint8Array[], { width, height, profile }: Source): Promise<RgbPlanes> {
  const pixels = new Uint8Array(width * height * planes.length);
  // PSD counts the paper that is left, TIFF the ink.
  planes.forEach((plane, c) => plane.forEach((value, i) => (pixels[i * planes.length + c] = 255 - value)));
  const tiff = writeTiff(pixels, { width, height, samples: planes.length, profile });
  const data = await sharp(tiff).toColourspace('srgb').removeAlpha().raw().toBuffer();
  const channel = (c: number): Uint8Array => new Uint8Array(width * height).map((_, i) => data[i * 3 + c]!);
  return [channel(0), channel(1), channel(2)];
}

const SEPARATED = 5;

/** The plainest TIFF of inks: 8 bits, one strip, not compressed. */
function writeTiff(
  pixels: Uint8Array,
  about: { width: number; height: number; samples: number; profile: Uint8Array | null },
): Buffer {
  const { width, height, samples, profile } = about;
  const [SHORT, LONG, UNDEFINED] = [3, 4, 7];
  const entries = profile ? 11 : 10;
  const bits = 10 + entries * 12 + 4;
  const start = bits + 8;
  const tags: [number, number, number, number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, samples, bits],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, SEPARATED],
    [273, LONG, 1, start],
    [277, SHORT, 1, samples],
    [278, LONG, 1, height],
    [279, LONG, 1, pixels.length],
    [284, SHORT, 1, 1],
    ...(profile ? [[34675, UNDEFINED, profile.length, start + pixels.length] as [number, number, number, number]] : []),
  ];
  const head = Buffer.alloc(start);
  head.write('II*\0', 0, 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries, 8);
  tags.forEach(([tag, type, count, value], i) => {
    const at = 10 + i * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(count, at + 4);
    if (type === SHORT && count === 1) head.writeUInt16LE(value, at + 8);
    else head.writeUInt32LE(value, at + 8);
  });
  for (let i = 0; i < 4; i++) head.writeUInt16LE(8, bits + i * 2);
  return Buffer.concat([head, pixels, profile ?? new Uint8Array()]);
}
