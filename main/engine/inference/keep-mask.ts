/** Where a picture must stay as it was: a mask, painted or from a file. */
import { decodeStraight, probeBytes, readPictureFile } from '../pictures/pictures.ts';
import { resample, TENT } from '../pictures/resample.ts';
import type { Box } from '../../../preload/contract/index.ts';
import type { Size } from './tiles.ts';

/**
 * How much each pixel stays as it was, from 0 to 255, at another size: what is light and opaque in the mask. Between the
 * pixels of a smaller one values go over smoothly.
 * @throws UserError naming the file
 */
export async function readMask(file: string, to: Size): Promise<Uint8Array> {
  const bytes = await readPictureFile(file);
  const { width, height } = await probeBytes(bytes, file);
  const data = await decodeStraight(bytes, file, { width, height });
  for (let at = 0; at < data.length; at += 4) {
    const light = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    // Where nothing shows nothing is weighed: as colours all are white.
    [data[at], data[at + 1], data[at + 2]] = [255, 255, 255];
    data[at + 3] = Math.round((light * data[at + 3]!) / 255);
  }
  const sized = width === to.width && height === to.height ? data : resample({ width, height, data }, to, TENT);
  return new Uint8Array(to.width * to.height).map((_, i) => sized[i * 4 + 3]!);
}

/** The part of a mask that lies over a box; beyond the mask nothing stays as it was. */
export function cut(mask: Uint8Array, { width, height }: Size, box: Box): Uint8Array {
  if (box.left === 0 && box.top === 0 && box.width === width && box.height === height) return mask;
  return new Uint8Array(box.width * box.height).map((_, i) => {
    const [x, y] = [box.left + (i % box.width), box.top + Math.floor(i / box.width)];
    return x < 0 || y < 0 || x >= width || y >= height ? 0 : mask[y * width + x]!;
  });
}
