/** Pictures made out of a run's previews: the thumbnail of a model, and cells of previews that are one sheet still. */
import { sharp } from '../engine/pictures/codecs.ts';
import { decodePicture, encodePng, readPictureFile } from '../engine/pictures/pictures.ts';
import { cutOldCell } from '../engine/training/drawn-previews.ts';
import type { ColumnTitle } from '../../models/families/program.ts';
import { writeAtomic } from '../files.ts';

/**
 * Writes pictures beside each other, as PNG.
 * @param side each is cut to a square of so many pixels; null where all are of one size
 * @throws UserError when one cannot be read, or it not written
 */
export async function joinPictures({
  files,
  out,
  side,
}: {
  files: string[];
  out: string;
  side: number | null;
}): Promise<null> {
  const pictures = await Promise.all(files.map((file) => (side === null ? readPictureFile(file) : square(file, side))));
  const { width, height } = await sharp(pictures[0]).metadata();
  const gap = Math.max(2, width >> 5);
  const background = { r: 236, g: 236, b: 236, alpha: 1 };
  const canvas = { width: pictures.length * (width + gap) - gap, height, channels: 3 as const, background };
  const layers = pictures.map((input, i) => ({ input, left: i * (width + gap), top: 0 }));
  writeAtomic(out, [await sharp({ create: canvas }).composite(layers).png().toBuffer()]);
  return null;
}

async function square(file: string, side: number): Promise<Buffer> {
  const { width, height, channels, data } = await decodePicture(file, { channels: 3 });
  return sharp(data, { raw: { width, height, channels } }).resize(side, side, { fit: 'cover' }).png().toBuffer();
}

/** Writes a cell of a preview of format 1. @throws UserError */
export async function oldPreviewCell({
  sheet,
  out,
  ...cell
}: {
  sheet: string;
  out: string;
  size: number;
  row: number;
  title: ColumnTitle;
}): Promise<null> {
  await encodePng(await cutOldCell(sheet, cell), out);
  return null;
}
