/**
 * One picture through a model, as bytes: floats are made of one tile at a time, and the result is written over the
 * picture row by row, so that memory is hardly more than the picture itself.
 */
import type { Sharp } from 'sharp';
import { UserError } from '../../errors.ts';
import { sharp } from '../pictures/codecs.ts';
import { ddsOf } from '../pictures/dds.ts';
import { nearest, whiteOf, type Values } from '../pictures/depth.ts';
import { clearGround } from '../pictures/ground.ts';
import { bytesOf, pixelsOf, writeLayers } from '../pictures/psd-layers.ts';
import { resample } from '../pictures/resample.ts';
import { decodeDeep, decodeStraight, probeBytes, readPictureFile } from '../pictures/pictures.ts';
import type { Naming } from './result-file.ts';
import { isSpooled, removeSpool, type Spooled } from './spool.ts';
import { tileOf, Tiling, translateTiled, type FinishedRows, type Raster, type Size } from './tiles.ts';
import type { Translator } from './translator.ts';

/** A picture that was opened to be translated. */
export interface OpenPicture<Data extends Values = Values> extends Raster<Data> {
  /** Whether its file has transparency, which the result keeps. */
  hasAlpha: boolean;
}

/**
 * Opens a picture: at its own size, or brought to another; at 8 bits, or at its own depth (`deep`: 8 or 16). Of what moves
 * the first picture.
 * @throws UserError naming the file
 */
export async function openPicture(file: string, size?: Size, deep?: false): Promise<OpenPicture<Uint8Array>>;
export async function openPicture(file: string, size: Size | undefined, deep: true): Promise<OpenPicture>;
export async function openPicture(file: string, size?: Size, deep = false): Promise<OpenPicture> {
  const bytes = await readPictureFile(file);
  return openBytes(bytes, file, size, deep);
}

/** `openPicture` of a file that was read before. */
export async function openBytes(
  bytes: Buffer,
  file: string,
  size: Size | undefined,
  deep: boolean,
): Promise<OpenPicture> {
  const { width, height, hasAlpha, ...info } = await probeBytes(bytes, file);
  const decode = deep && info.deep ? decodeDeep : decodeStraight;
  const to = { width: size?.width ?? width, height: size?.height ?? height };
  if (to.width <= width && to.height <= height) return { ...to, hasAlpha, data: await decode(bytes, file, to) };
  const data = await decode(bytes, file, { width, height });
  return { ...to, hasAlpha, data: resample({ width, height, data }, to) };
}

export interface PictureOptions {
  /** 0 gives the input, 1 the translation. */
  strength: number;
  /** The picture tiles, and its result does too. */
  wrap?: boolean;
}

/**
 * Translates a picture in place: in one go where it has the model's size, else in overlapping tiles.
 *
 * A model of 3 channels sees it over white. What it gives is a picture over white, too; the alpha that the picture had
 * is taken out of it again, so that the result laid over white shows what the model made of it. Where that would need
 * colours that there are not (the model painted what is nearly transparent darker than its alpha allows), they are
 * clamped.
 *
 * A model of 4 channels has an alpha of its own, and learned from things with nothing around them. An opaque picture
 * stays opaque all the same: the model sees it without the one colour around what it shows, and what the model leaves
 * clear has that colour again. Where there is no such ground (a photograph), it shows the picture itself.
 * @throws Interrupted; UserError when a model of another tool fails
 */
export async function translatePicture(
  translator: Translator,
  picture: OpenPicture<Uint8Array>,
  { strength, wrap = false }: PictureOptions,
): Promise<OpenPicture<Uint8Array>> {
  const { channels, width, height } = translator;
  const tile = picture.width === width && picture.height === height ? translator : translator.tileFor(picture);
  const tiling = new Tiling(picture, tile, { multiple: translator.multiple, wrap });
  const finish = channels === 3 ? finishOverWhite : isOpaque(picture) ? finishOpaque(picture) : finishPremultiplied;
  await translateTiled(
    tiling,
    channels,
    (at) => translator.run(tileOf(picture, tiling, at, channels), tiling.tile),
    // No later tile reads these rows: they were the last that reach them.
    (rows) => finish(picture, rows, strength),
  );
  return { ...picture, hasAlpha: picture.hasAlpha || finish === finishPremultiplied };
}

export function isOpaque({ data }: Raster): boolean {
  const white = whiteOf(data);
  for (let at = 3; at < data.length; at += 4) if (data[at] !== white) return false;
  return true;
}

const byte = (value: number): number => nearest(value, 255);

/** Lays rows of three planes over the picture, and takes its alpha out of them. */
function finishOverWhite(
  { data, width }: Raster<Uint8Array>,
  { top, count, planes }: FinishedRows,
  strength: number,
): void {
  const pixels = count * width;
  for (let i = 0, at = top * width * 4; i < pixels; i++, at += 4) {
    const alpha = data[at + 3]! / 255;
    const white = 255 * (1 - alpha);
    for (let c = 0; c < 3; c++) {
      const was = data[at + c]! * alpha + white;
      const shown = was + strength * ((planes[c * pixels + i]! + 1) * 127.5 - was);
      data[at + c] = byte(alpha === 0 ? shown : (shown - white) / alpha);
    }
  }
}

/** Lays rows of four planes, premultiplied, over the picture. */
function finishPremultiplied(
  { data, width }: Raster<Uint8Array>,
  { top, count, planes }: FinishedRows,
  strength: number,
): void {
  const pixels = count * width;
  for (let i = 0, at = top * width * 4; i < pixels; i++, at += 4) {
    const opacity = data[at + 3]!;
    const mixed = (c: number, was: number): number => was + strength * ((planes[c * pixels + i]! + 1) * 127.5 - was);
    const alpha = Math.min(255, Math.max(0, mixed(3, opacity)));
    for (let c = 0; c < 3; c++) {
      const shown = mixed(c, (data[at + c]! * opacity) / 255);
      data[at + c] = alpha === 0 ? 0 : byte((shown * 255) / alpha);
    }
    data[at + 3] = byte(alpha);
  }
}

/** Lays rows of four planes over an opaque picture, whose ground is taken out for the model and comes back. */
function finishOpaque(picture: Raster<Uint8Array>): typeof finishPremultiplied {
  const ground = clearGround(picture);
  return ({ data, width }, { top, count, planes }, strength) => {
    const pixels = count * width;
    for (let i = 0, at = top * width * 4; i < pixels; i++, at += 4) {
      const clear = Math.min(1, Math.max(0, 1 - (planes[3 * pixels + i]! + 1) / 2));
      for (let c = 0; c < 3; c++) {
        const was = data[at + c]!;
        // A model may give more of a colour than its alpha allows.
        const paint = Math.min((planes[c * pixels + i]! + 1) * 127.5, 255 * (1 - clear));
        const shown = paint + clear * (ground?.[c] ?? was);
        data[at + c] = byte(was + strength * (shown - was));
      }
      data[at + 3] = 255;
    }
  };
}

/**
 * in + strength * (result - in), for two pictures of one size; written over the result. Colours are mixed as they look.
 * `keep` says of each pixel how far it stays as it was, 0 to 255. The result may be deeper than the original.
 */
export function mixPictures<Data extends Values>(
  original: OpenPicture,
  result: OpenPicture<Data>,
  { strength, keep = null }: { strength: number; keep?: Uint8Array | null },
): OpenPicture<Data> {
  const [from, to] = [original.data, result.data];
  const [white, times] = [whiteOf(to), whiteOf(to) / whiteOf(from)];
  for (let at = 0; at < to.length; at += 4) {
    const share = keep === null ? strength : strength * (1 - keep[at >> 2]! / 255);
    const [before, after] = [from[at + 3]! * times, to[at + 3]!];
    const alpha = before + share * (after - before);
    for (let c = at; c < at + 3; c++) {
      const was = from[c]! * times * before;
      to[c] = alpha === 0 ? 0 : nearest((was + share * (to[c]! * after - was)) / alpha, white);
    }
    to[at + 3] = nearest(alpha, white);
  }
  return { ...result, hasAlpha: original.hasAlpha || result.hasAlpha };
}

/** A result without alpha where it had none; where it is `deep`, of 16 bits, it stays so. */
function imageOf(picture: OpenPicture | Spooled, deep: boolean): Sharp {
  // What we made is not to be guarded against: 16384 x 16384 is more than what sharp would open of others.
  const large = { limitInputPixels: false, sequentialRead: true };
  const { width, height, hasAlpha } = picture;
  const spooled = isSpooled(picture);
  const image = spooled
    ? sharp(picture.spool, large)
    : sharp(picture.data, { raw: { width, height, channels: 4 }, ...large });
  const is16 = spooled ? picture.deep : picture.data instanceof Uint16Array;
  image.toColourspace(is16 && deep ? 'rgb16' : 'srgb');
  return hasAlpha ? image : image.removeAlpha();
}

/** A PSD of one layer. */
function psdOf({ width, height, data }: OpenPicture): Buffer {
  const picture = { width, height, data: bytesOf(data) };
  return Buffer.from(writeLayers(picture, [{ name: 'Picture', imageData: pixelsOf(picture) }]));
}

interface Encoding {
  /** The longest side that the format has room for, in pixels; endless where our own limit comes first. */
  mostSide: number;
  encode: (picture: OpenPicture) => Promise<Buffer>;
  /** Null where the encoder wants the whole picture in memory. */
  encodeSpooled: ((picture: Spooled) => Promise<Buffer>) | null;
}

/** One that libvips writes, which takes its picture piece by piece. */
const piecewise = (mostSide: number, encode: (picture: OpenPicture | Spooled) => Sharp): Encoding => ({
  mostSide,
  encode: (picture) => encode(picture).toBuffer(),
  encodeSpooled: (picture) => encode(picture).toBuffer(),
});

/** How results are written; PNG and TIFF keep 16 bits, and as JPEG they lie on white. */
const ENCODINGS: Readonly<Record<Naming['format'], Encoding>> = {
  png: piecewise(Infinity, (picture) => imageOf(picture, true).png({ compressionLevel: 6 })),
  webp: piecewise(16383, (picture) => imageOf(picture, false).webp({ quality: 95, alphaQuality: 100 })),
  jpeg: piecewise(65535, (picture) => imageOf(picture, false).flatten({ background: '#fff' }).jpeg({ quality: 92 })),
  tiff: piecewise(Infinity, (picture) =>
    imageOf(picture, true).tiff({ compression: 'deflate', predictor: 'horizontal' }),
  ),
  dds: { mostSide: Infinity, encode: (picture) => Promise.resolve(ddsOf(picture)), encodeSpooled: null },
  psd: { mostSide: 30000, encode: (picture) => Promise.resolve(psdOf(picture)), encodeSpooled: null },
};

/** @throws UserError for a picture that the format has no room for: to be asked before the work */
export function requireRoom({ width, height }: Size, format: Naming['format']): void {
  const { mostSide } = ENCODINGS[format];
  if (Math.max(width, height) > mostSide)
    throw new UserError(
      `${width} x ${height} pixels do not fit into a ${format.toUpperCase()}, whose sides have at most ${mostSide}; choose PNG, or a smaller size`,
    );
}

/** A result as a file. */
export const encodeResult = (picture: OpenPicture, format: Naming['format'] = 'png'): Promise<Buffer> =>
  ENCODINGS[format].encode(picture);

/** Whether `encodeSpooled` writes the format. */
export const canSpool = (format: Naming['format']): boolean => ENCODINGS[format].encodeSpooled !== null;

/** A result whose pixels are in a file, as another; that file is gone then. */
export async function encodeSpooled(picture: Spooled, format: Naming['format'] = 'png'): Promise<Buffer> {
  try {
    return await ENCODINGS[format].encodeSpooled!(picture);
  } finally {
    removeSpool(picture.spool);
  }
}
