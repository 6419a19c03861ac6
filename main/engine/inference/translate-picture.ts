/**
 * One picture through a model, as bytes: floats are made of one tile at a time, and the result is written over the
 * picture row by row, so that memory is hardly more than the picture itself.
 */
import type { Sharp } from 'sharp';
import { sharp } from '../pictures/codecs.ts';
import { clearGround } from '../pictures/ground.ts';
import { resample } from '../pictures/resample.ts';
import { decodeStraight, probeBytes, readPictureFile } from '../pictures/pictures.ts';
import type { Naming } from './result-file.ts';
import { tileOf, Tiling, translateTiled, type FinishedRows, type Raster } from './tiles.ts';
import type { Translator } from './translator.ts';

/** A picture that was opened to be translated. */
export interface OpenPicture extends Raster {
  /** Whether its file has transparency, which the result keeps. */
  hasAlpha: boolean;
}

/** Opens a picture: at its own size, or brought to another. @throws UserError naming the file */
export async function openPicture(file: string, size?: { width: number; height: number }): Promise<OpenPicture> {
  const bytes = await readPictureFile(file);
  const { width, height, hasAlpha } = await probeBytes(bytes, file);
  const to = { width: size?.width ?? width, height: size?.height ?? height };
  if (to.width <= width && to.height <= height) return { ...to, hasAlpha, data: await decodeStraight(bytes, file, to) };
  const data = await decodeStraight(bytes, file, { width, height });
  return { ...to, hasAlpha, data: resample({ width, height, data }, to) };
}

export interface PictureOptions {
  /** 0 gives the input, 1 the translation. */
  strength: number;
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
  picture: OpenPicture,
  { strength }: PictureOptions,
): Promise<OpenPicture> {
  const { channels, width, height } = translator;
  const tile = picture.width === width && picture.height === height ? translator : translator.tileFor(picture);
  const tiling = new Tiling(picture, tile, { multiple: translator.multiple });
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
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
}

/** The nearest value that a byte can have. */
export const byte = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** Lays rows of three planes over the picture, and takes its alpha out of them. */
function finishOverWhite({ data, width }: Raster, { top, count, planes }: FinishedRows, strength: number): void {
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
function finishPremultiplied({ data, width }: Raster, { top, count, planes }: FinishedRows, strength: number): void {
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
function finishOpaque(picture: Raster): typeof finishPremultiplied {
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

/** in + strength * (result - in), for two pictures of one size; written over the result. Colours are mixed as they look. */
export function mixPictures(original: OpenPicture, result: OpenPicture, strength: number): OpenPicture {
  const [from, to] = [original.data, result.data];
  for (let at = 0; at < to.length; at += 4) {
    const [before, after] = [from[at + 3]!, to[at + 3]!];
    const alpha = before + strength * (after - before);
    for (let c = at; c < at + 3; c++) {
      const was = from[c]! * before;
      to[c] = alpha === 0 ? 0 : byte((was + strength * (to[c]! * after - was)) / alpha);
    }
    to[at + 3] = byte(alpha);
  }
  return { ...result, hasAlpha: original.hasAlpha || result.hasAlpha };
}

/** How results are written; as JPEG they lie on white. */
export const ENCODINGS: Readonly<Record<Naming['format'], (image: Sharp) => Sharp>> = {
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image) => image.webp({ quality: 95, alphaQuality: 100 }),
  jpeg: (image) => image.flatten({ background: '#fff' }).jpeg({ quality: 92 }),
};

/** A result as a file, 8 bits; without alpha where it had none. */
export function encodeResult(
  { data, width, height, hasAlpha }: OpenPicture,
  format: Naming['format'] = 'png',
): Promise<Buffer> {
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return ENCODINGS[format](hasAlpha ? image : image.removeAlpha()).toBuffer();
}
