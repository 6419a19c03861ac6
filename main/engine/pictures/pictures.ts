/**
 * Opening and writing pictures: files on one side, bytes or planes of numbers on the other.
 * Whatever is wrong with a file becomes a UserError of one line that names it and says what to do.
 */
import { readFile, stat } from 'node:fs/promises';
import { explainIo, UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { sharp, type Sharp } from './codecs.ts';
import { FORMAT_NAMES, formatOfName, sniffFormat, type PictureFormat } from './formats.ts';
import { readBmp, readBmpHeader } from './bmp.ts';
import { readPnm, readPnmHeader } from './pnm.ts';
import { readPsd, readPsdHeader } from './psd.ts';
import { readTga, readTgaHeader } from './tga.ts';
import { floatRange, kindOfTiff, readFloatTiff, readLabTiff, type Range } from './tiff.ts';

/** Rows from the top left, channels interleaved (HWC), 0..255 sRGB. RGBA is premultiplied. */
export interface Picture {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Uint8Array;
}

export interface DecodeOptions {
  /** Resized to exactly this width and height (Lanczos3, stretched); each is the picture's own when not given. */
  width?: number;
  height?: number;
  /** 3 lays the picture over white, 4 keeps alpha (premultiplied). */
  channels: 3 | 4;
  /** Only this half of a side-by-side picture. */
  half?: 'left' | 'right';
  /** Lets JPEG and WebP shrink while decoding: much faster and a little softer. For thumbnails. */
  quick?: boolean;
}

/** What a picture is, upright as it is shown. */
export interface PictureInfo {
  width: number;
  height: number;
  hasAlpha: boolean;
  format: PictureFormat;
  /** It has 16 bits a value. */
  deep: boolean;
  /** Of a TIFF of floats: the values that are taken for black and white. */
  values?: Range;
}

/** Formats that libvips does not open: by readers of their own. */
const OWN = {
  tga: { header: readTgaHeader, read: readTga },
  bmp: { header: readBmpHeader, read: readBmp },
  pnm: { header: readPnmHeader, read: readPnm },
  psd: { header: readPsdHeader, read: readPsd },
} satisfies Partial<Record<PictureFormat, OwnReader>>;

interface OwnReader {
  header: (bytes: Buffer, file: string) => OwnHeader;
  read: (bytes: Buffer, file: string) => OwnPixels | Promise<OwnPixels>;
}

interface OwnHeader {
  width: number;
  height: number;
  channels: 1 | 2 | 3 | 4;
}
type OwnPixels = OwnHeader & { data: Uint8Array };

const isOwn = (format: PictureFormat): format is keyof typeof OWN => format in OWN;

/** A picture of more pixels would need gigabytes to open. */
const PIXEL_LIMIT = 1e8;
/** And no picture within that limit, at 16 bits and RGBA, needs a bigger file. */
const FILE_LIMIT = 1 << 30;

const READ_OPTIONS = { failOn: 'error', limitInputPixels: PIXEL_LIMIT, sequentialRead: true, pages: 1 } as const;

/** Opens a picture: upright, in sRGB, 8 bits a channel, the first frame. @throws UserError naming the file */
export async function decodePicture(file: string, options: DecodeOptions): Promise<Picture> {
  return decodeBytes(await readPictureFile(file), file, options);
}

/** Size, alpha and format from a picture's header; its pixels are not looked at. @throws UserError naming the file */
export async function probePicture(file: string): Promise<PictureInfo> {
  return probeBytes(await readPictureFile(file), file);
}

/** The bytes of a picture file, for those who want to hash, probe and decode with one reading. @throws UserError */
export async function readPictureFile(file: string): Promise<Buffer> {
  try {
    if ((await stat(file)).size > FILE_LIMIT) throw new UserError(`${file} is larger than 1 GB; save a smaller one`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    // A fault of the machine, not of this picture: the picture must not be skipped for it.
    if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM') throw error;
    if (code === 'EACCES' || code === 'EPERM')
      throw new UserError(`Cannot read ${file}: there is no permission to read it; change its permissions`);
    throw explainIo(error, `Cannot read ${file}`);
  }
}

/** `probePicture` of a file that was read before. */
export async function probeBytes(bytes: Buffer, file: string): Promise<PictureInfo> {
  const format = sniffFormat(bytes, file);
  if (!format) throw unknownFormat(bytes, file);
  const info = await readHeader(bytes, file, format).catch((error: unknown) => {
    throw damaged(file, format, error);
  });
  requireSize(info, file);
  return info;
}

/** @throws UserError where a picture has more pixels than are opened */
export function requireSize({ width, height }: { width: number; height: number }, file: string): void {
  if (width * height > PIXEL_LIMIT)
    throw new UserError(
      `${file} is ${width} x ${height} pixels, and at most ${PIXEL_LIMIT / 1e6} megapixels can be opened; make it smaller`,
    );
}

async function readHeader(bytes: Buffer, file: string, format: PictureFormat): Promise<PictureInfo> {
  if (isOwn(format)) {
    const { width, height, channels } = OWN[format].header(bytes, file);
    return { width, height, hasAlpha: channels % 2 === 0 && format !== 'bmp', format, deep: false };
  }
  const kind = format === 'tiff' ? kindOfTiff(bytes) : 'plain';
  const header = kind === 'lab' ? await readLabTiff(bytes, { ...READ_OPTIONS }) : null;
  if (header) return { width: header.width, height: header.height, hasAlpha: false, format, deep: false };
  const { autoOrient, hasAlpha, depth } = await sharp(bytes, { ...READ_OPTIONS, limitInputPixels: false }).metadata();
  const size = { width: autoOrient.width, height: autoOrient.height };
  const small = size.width * size.height <= PIXEL_LIMIT;
  return {
    ...size,
    hasAlpha,
    format,
    deep: kind === 'plain' && depth === 'ushort',
    ...(kind === 'float' && small && { values: await floatRange(bytes, READ_OPTIONS) }),
  };
}

/** `decodePicture` of a file that was read before. */
export async function decodeBytes(bytes: Buffer, file: string, options: DecodeOptions): Promise<Picture> {
  const info = await probeBytes(bytes, file);
  const { channels, half } = options;
  if (half && info.width < 2)
    throw new UserError(`${file} is one pixel wide, and has no two halves; remove it, or save the pair again`);
  const part = half ? Math.floor(info.width / 2) : info.width;
  const { width = part, height = info.height } = options;
  return guarded(file, info.format, async () => {
    const image = halfOf(await open(bytes, file, info.format), info, half);
    image.resize(width, height, { fit: 'fill', kernel: 'lanczos3', fastShrinkOnLoad: options.quick ?? false });
    if (channels === 3) image.flatten({ background: '#fff' });
    else image.ensureAlpha();
    const raw = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
    const data = new Uint8Array(raw.buffer, raw.byteOffset, raw.length);
    if (channels === 4) premultiply(data);
    return { width, height, channels, data };
  });
}

/** A picture of 16 bits as straight RGBA of 16 bits, of this size. @throws UserError naming the file */
export async function decodeDeep(
  bytes: Buffer,
  file: string,
  { width, height }: { width: number; height: number },
): Promise<Uint16Array> {
  const info = await probeBytes(bytes, file);
  return guarded(file, info.format, async () => {
    const image = await open(bytes, file, info.format);
    const raw = await image
      .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
      .ensureAlpha()
      .toColourspace('rgb16')
      .raw({ depth: 'ushort' })
      .toBuffer();
    return new Uint16Array(Uint8Array.from(raw).buffer);
  });
}

/** A picture (or a half) as straight RGBA of this size, for those who paint on it. @throws UserError naming the file */
export async function decodeStraight(
  bytes: Buffer,
  file: string,
  { width, height, half }: { width: number; height: number; half?: 'left' | 'right' },
): Promise<Uint8Array> {
  const info = await probeBytes(bytes, file);
  return guarded(file, info.format, async () =>
    halfOf(await open(bytes, file, info.format), info, half)
      .resize(width, height, { fit: 'fill', kernel: 'lanczos3' })
      .ensureAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
}

/** A picture, or its left or right half where one is wanted. */
function halfOf(image: Sharp, { width, height }: PictureInfo, half: 'left' | 'right' | undefined): Sharp {
  const part = Math.floor(width / 2);
  return half ? image.extract({ left: half === 'left' ? 0 : width - part, top: 0, width: part, height }) : image;
}

/** What a decoder throws becomes a line about the file. */
async function guarded<T>(file: string, format: PictureFormat, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw damaged(file, format, error);
  }
}

/** The picture as libvips has it, upright. */
async function open(bytes: Buffer, file: string, format: PictureFormat): Promise<Sharp> {
  const kind = format === 'tiff' ? kindOfTiff(bytes) : 'plain';
  if (!isOwn(format) && kind === 'plain') return sharp(bytes, READ_OPTIONS).autoOrient();
  const { data, width, height, channels } = isOwn(format)
    ? await OWN[format].read(bytes, file)
    : await (kind === 'lab' ? readLabTiff : readFloatTiff)(bytes, READ_OPTIONS);
  return sharp(data, { raw: { width, height, channels } });
}

/** Whether a picture is twice as wide as high, to 2 % (resizing rounds), and so may be a side-by-side pair. */
export function isSideBySide({ width, height }: Pick<PictureInfo, 'width' | 'height'>): boolean {
  return Math.abs(width - 2 * height) <= height / 50;
}

/** Planes (CHW) of numbers in [-1, 1], as the networks want them. */
export function toPlanar({ data, channels }: Picture): Float32Array {
  const pixels = data.length / channels;
  const planes = new Float32Array(data.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0, from = c, to = c * pixels; i < pixels; i++, from += channels)
      planes[to++] = data[from]! / 127.5 - 1;
  return planes;
}

/** The inverse of `toPlanar`: rounded to the nearest byte, clamped. */
export function fromPlanar(planes: Float32Array, width: number, height: number, channels: 3 | 4): Picture {
  const pixels = width * height;
  if (planes.length !== pixels * channels)
    throw new RangeError(`${planes.length} numbers are not ${channels} planes of ${width} x ${height}`);
  const data = new Uint8Array(planes.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0, to = c, from = c * pixels; i < pixels; i++, to += channels)
      data[to] = Math.min(255, Math.max(0, Math.round((planes[from++]! + 1) * 127.5)));
  return { width, height, channels, data };
}

/** A picture so many times as large, each pixel repeated: as it is, and not as an enlarging filter would have it. */
export function repeated({ width, height, channels, data }: Picture, times: number): Picture {
  const whole = { width: width * times, height: height * times, channels };
  const pixels = new Uint8Array(whole.width * whole.height * channels);
  for (let y = 0, to = 0; y < whole.height; y++)
    for (let x = 0; x < whole.width; x++, to += channels) {
      const from = (Math.floor(y / times) * width + Math.floor(x / times)) * channels;
      pixels.set(data.subarray(from, from + channels), to);
    }
  return { ...whole, data: pixels };
}

/** A picture as a PNG: 8 bits, RGBA not premultiplied. */
export function pngOf({ width, height, channels, data }: Picture): Promise<Buffer> {
  const straight = channels === 4 ? unpremultiplied(data) : data;
  return sharp(straight, { raw: { width, height, channels } }).png({ compressionLevel: 6 }).toBuffer();
}

/** Writes `pngOf`, whole or not at all. @throws UserError where it cannot be written */
export async function encodePng(picture: Picture, file: string): Promise<void> {
  writeAtomic(file, [await pngOf(picture)]);
}

/** Multiplies colour by alpha, in place. */
function premultiply(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]! / 255;
    for (let c = i; c < i + 3; c++) rgba[c] = Math.round(rgba[c]! * alpha);
  }
}

/** Divides colour by alpha. A network may give colour brighter than its alpha allows: it is clamped. */
function unpremultiplied(rgba: Uint8Array): Uint8Array {
  const out = new Uint8Array(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    out[i + 3] = alpha;
    if (alpha > 0) for (let c = i; c < i + 3; c++) out[c] = Math.min(255, Math.round((rgba[c]! * 255) / alpha));
  }
  return out;
}

function unknownFormat(bytes: Buffer, file: string): UserError {
  if (bytes.length === 0) return new UserError(`${file} is empty; remove it or save it again`);
  if (/<svg[\s>]/i.test(bytes.toString('latin1', 0, 4096)))
    return new UserError(`${file} is an SVG drawing, which is not opened; export it as PNG`);
  const named = formatOfName(file)?.toUpperCase();
  const what = named ? `is named as ${named} but is not a picture` : 'is not a picture';
  return new UserError(`${file} ${what} in a format that can be opened (${FORMAT_NAMES})`);
}

/** Our own readers say why; what libvips says of itself stays in the cause. */
export function damaged(file: string, format: PictureFormat, error: unknown): UserError {
  if (error instanceof UserError) return error; // it is whole, and of a kind that is not read
  const why = format in OWN ? ` (${(error as Error).message})` : '';
  return new UserError(`${file} cannot be read, as it is damaged or cut short${why}; save it again or remove it`, {
    cause: error,
  });
}
