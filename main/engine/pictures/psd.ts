/**
 * The picture of a whole PSD or PSB, which its program saved beside the layers: as the artist saw it, whatever the
 * layers use. Read here and not by ag-psd, which refuses it in many kinds of files (16 bits with transparency, CMYK,
 * Lab, duotone, ZIP) and takes any fourth channel for transparency. After Adobe's "Photoshop File Formats".
 */
import { inflateSync } from 'node:zlib';
import { UserError } from '../../errors.ts';
import { MODES, toRgba, type PsdMode, type Rgba } from './psd-colours.ts';

/** What a file says of itself before its pictures. */
export interface PsdHeader {
  large: boolean;
  channels: number;
  width: number;
  height: number;
  depth: 1 | 8 | 16 | 32;
  mode: PsdMode;
}

export interface Composite {
  /** Straight RGBA. */
  picture: Rgba;
  /** Whether the program saved it: some leave it white ("maximise compatibility" is off). */
  real: boolean;
}

/** @throws UserError for a kind that nobody reads */
export function readHeader(bytes: Uint8Array, file: string): PsdHeader {
  const view = viewOf(bytes);
  const [version, depth, mode] = [view.getUint16(4), view.getUint16(22), MODES[view.getUint16(24)]];
  if ((version !== 1 && version !== 2) || !mode || ![1, 8, 16, 32].includes(depth))
    throw new UserError(`${file} is a PSD of a kind that is not known (version ${version}, ${depth} bits a channel)`);
  return {
    ...{ large: version === 2, channels: view.getUint16(12), height: view.getUint32(14), width: view.getUint32(18) },
    ...{ depth: depth as PsdHeader['depth'], mode },
  };
}

/** Reads the whole picture. @throws UserError, RangeError where the file is cut short */
export async function readComposite(bytes: Uint8Array, header: PsdHeader): Promise<Composite> {
  const at = new Cursor(bytes, 26, header.large);
  const palette = at.section(4);
  const resources = readResources(at.section(4));
  const transparent = hasTransparency(at.section(header.large ? 8 : 4), header.large);
  const colours = header.mode.channels;
  const count = Math.min(header.channels, colours + (transparent ? 1 : 0));
  const planes = readPlanes(at, header, count);
  const alpha = count > colours ? planes[colours]! : null;
  const profile = resources.get(PROFILE) ?? null;
  const picture = await toRgba(planes.slice(0, colours), { ...header, alpha, palette, profile });
  return { picture, real: resources.get(VERSION_INFO)?.[4] !== 0 };
}

/** Image resources: "version info" says whether the picture is real. */
const VERSION_INFO = 1057;
const PROFILE = 1039;

/** The colour profile that a file carries; null where it has none. @throws UserError, RangeError as `readComposite` */
export function readProfile(bytes: Uint8Array, file: string): Uint8Array | null {
  const at = new Cursor(bytes, 26, readHeader(bytes, file).large);
  at.section(4); // the palette
  return readResources(at.section(4)).get(PROFILE) ?? null;
}

/** The same file with a colour profile beside its other resources, among which there is none. */
export function withProfile(bytes: Uint8Array, profile: Uint8Array): Uint8Array {
  const at = new Cursor(bytes, 26, false);
  at.section(4); // the palette
  const from = at.at;
  const resources = at.section(4);
  const block = Buffer.alloc(12 + profile.length + (profile.length % 2));
  block.write('8BIM', 'latin1');
  block.writeUInt16BE(PROFILE, 4); // then a name of no letters, of two bytes
  block.writeUInt32BE(profile.length, 8);
  block.set(profile, 12);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(resources.length + block.length);
  return Buffer.concat([bytes.subarray(0, from), length, resources, block, bytes.subarray(at.at)]);
}

/** The size of the whole picture, and whether it is see-through. @throws UserError, RangeError as `readComposite` */
export function readPsdHeader(bytes: Uint8Array, file: string): { width: number; height: number; channels: 3 | 4 } {
  const header = readHeader(bytes, file);
  const at = new Cursor(bytes, 26, header.large);
  at.section(4); // the palette
  at.section(4); // resources
  const transparent = hasTransparency(at.section(header.large ? 8 : 4), header.large);
  const { width, height, channels, mode } = header;
  if (width === 0 || height === 0) throw new RangeError('the picture has no pixels');
  return { width, height, channels: transparent && channels > mode.channels ? 4 : 3 };
}

/** The whole picture, for those who have no use for layers. @throws UserError, RangeError as `readComposite` */
export async function readPsd(bytes: Uint8Array, file: string): Promise<Rgba & { channels: 4 }> {
  const { picture, real } = await readComposite(bytes, readHeader(bytes, file));
  if (!real)
    throw new UserError(`${file} has layers alone; save it with "maximise compatibility", or export it as PNG`);
  return { ...picture, channels: 4 };
}

/** Reads big-endian numbers and sections one after the other. */
class Cursor {
  at: number;
  readonly bytes: Uint8Array;
  readonly large: boolean;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, at: number, large: boolean) {
    [this.bytes, this.at, this.large, this.#view] = [bytes, at, large, viewOf(bytes)];
  }

  number(size: 2 | 4 | 8): number {
    this.at += size;
    const from = this.at - size;
    if (size === 8) return Number(this.#view.getBigUint64(from));
    return size === 2 ? this.#view.getUint16(from) : this.#view.getUint32(from);
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new RangeError('the file ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** A part whose length stands before it. */
  section(size: 4 | 8): Uint8Array {
    return this.take(this.number(size));
  }
}

function readResources(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const at = new Cursor(bytes, 0, false);
  while (at.at + 12 <= bytes.length) {
    at.take(4); // "8BIM", or the signature of another program
    const id = at.number(2);
    const name = at.take(1)[0]!;
    at.take(name + (name % 2 === 0 ? 1 : 0));
    const data = at.section(4);
    found.set(id, data);
    at.at += data.length % 2;
  }
  return found;
}

/** Blocks whose length has 8 bytes in a large file. */
const LONG_BLOCKS = 'LMsk Lr16 Lr32 Layr Mt16 Mt32 Mtrn Alph FMsk lnk2 FEid FXid PxSD'.split(' ');

/** Whether the first channel after the colours is the transparency of the whole: the number of layers is negative. */
function hasTransparency(section: Uint8Array, large: boolean): boolean {
  if (section.length === 0) return false;
  const at = new Cursor(section, 0, large);
  const layers = at.section(large ? 8 : 4);
  if (layers.length >= 2) return viewOf(layers).getInt16(0) < 0;
  if (at.at + 4 <= section.length) at.section(4); // the mask of the whole
  while (at.at + 12 <= section.length) {
    at.take(4);
    const key = String.fromCharCode(...at.take(4));
    const data = at.section(large && LONG_BLOCKS.includes(key) ? 8 : 4);
    at.at += -data.length & 3;
    if (key.startsWith('Mt')) return true; // "merged transparency"
    if (/^L(r16|r32|ayr)$/.test(key) && data.length >= 2) return viewOf(data).getInt16(0) < 0;
  }
  return false;
}

/** The first channels of the picture, each with rows of whole bytes. */
function readPlanes(at: Cursor, header: PsdHeader, count: number): Uint8Array[] {
  const { width, height, depth } = header;
  const row = depth === 1 ? (width + 7) >> 3 : (width * depth) / 8;
  const kind = at.number(2);
  if (kind === 0) return Array.from({ length: count }, () => at.take(row * height));
  if (kind === 1) return readRuns(at, header, { count, row });
  const inflated = inflateSync(at.take(at.bytes.length - at.at), { maxOutputLength: row * height * header.channels });
  const planes = Array.from({ length: count }, (_, c) => inflated.subarray(c * row * height, (c + 1) * row * height));
  if (kind === 3) for (const plane of planes) undoPrediction(plane, { row, depth });
  return planes;
}

/** PackBits: the lengths of all rows of all channels, then the rows. */
function readRuns(at: Cursor, header: PsdHeader, { count, row }: { count: number; row: number }): Uint8Array[] {
  const { height, channels, large } = header;
  const lengths = Array.from({ length: height * channels }, () => at.number(large ? 4 : 2));
  return Array.from({ length: count }, (_, c) => {
    const plane = new Uint8Array(row * height);
    for (let y = 0; y < height; y++)
      unpackRow(at.take(lengths[c * height + y]!), plane.subarray(y * row, (y + 1) * row));
    return plane;
  });
}

function unpackRow(from: Uint8Array, to: Uint8Array): void {
  for (let i = 0, o = 0; i < from.length && o < to.length;) {
    const length = from[i++]!;
    if (length < 128) {
      to.set(from.subarray(i, Math.min(i + length + 1, i + to.length - o)), o);
      i += length + 1;
      o += length + 1;
    } else if (length > 128) {
      to.fill(from[i++]!, o, o + 257 - length);
      o += 257 - length;
    }
  }
}

/** Each value is what it differs from the one before it in its row by. */
function undoPrediction(plane: Uint8Array, { row, depth }: { row: number; depth: number }): void {
  for (let start = 0; start < plane.length; start += row) {
    const line = plane.subarray(start, start + row);
    if (depth === 16) {
      const words = viewOf(line);
      for (let x = 2; x < row; x += 2) words.setUint16(x, words.getUint16(x) + words.getUint16(x - 2));
      continue;
    }
    for (let x = 1; x < row; x++) line[x]! += line[x - 1]!;
    if (depth === 32) gatherBytes(line);
  }
}

/** Floats are stored as all their first bytes, then all their second ones. */
function gatherBytes(line: Uint8Array): void {
  const from = line.slice();
  const width = line.length / 4;
  for (let x = 0; x < width; x++) for (let b = 0; b < 4; b++) line[x * 4 + b] = from[b * width + x]!;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
