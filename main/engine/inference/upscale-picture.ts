/**
 * One picture made larger by a model: tile by tile, in memory for one row of tiles and the result, or a file for it. Models see colours and
 * know nothing of transparency: a picture that has some is upscaled twice, over white and over black, and what differs
 * between the two is how much shows through. So the result laid over either is what the model makes of the picture laid
 * over it, and edges have no fringes.
 */
import { UserError } from '../../errors.ts';
import { blankAs, nearest, whiteOf, type Values } from '../pictures/depth.ts';
import { resample } from '../pictures/resample.ts';
import { isOutOfMemory } from './explain-ort.ts';
import { keepColours } from './keep-colours.ts';
import { removeSpool, Spool, type Spooled } from './spool.ts';
import { tileOf, Tiling, translateTiled, type Raster, type Size } from './tiles.ts';
import { isOpaque, type OpenPicture } from './translate-picture.ts';
import type { Translator } from './translator.ts';

export interface UpscaleOptions {
  /** The picture tiles, and its result does too. */
  wrap?: boolean;
  /** Of the picture at once; as much as the model takes if nothing is said. */
  tile?: Size;
  /** Hears how many tiles it is cut into, and of those that are made smaller when memory runs out. */
  onTiling?: (tiling: Tiling) => void;
  /** Hears how many of how many tiles are done. */
  onTile?: (done: number, of: number) => void;
}

/** @throws Interrupted; UserError where the smallest tiles are too large */
export async function upscalePicture<Data extends Values>(
  upscaler: Translator,
  picture: OpenPicture<Data>,
  { colours = false, ...options }: UpscaleOptions & { colours?: boolean } = {},
): Promise<OpenPicture<Data>> {
  const size = enlargedBy(upscaler, picture);
  const data = blankAs(picture.data, size.width * size.height * 4);
  await upscaleInto(upscaler, picture, options, () => {
    let at = 0;
    return (rows, fill) => fill(data.subarray(at, (at += rows * size.width * 4)));
  });
  const result: OpenPicture<Data> = { ...size, data, hasAlpha: picture.hasAlpha };
  if (colours) keepColours(picture, result, { scale: upscaler.scale, wrap: options.wrap ?? false });
  return result;
}

/**
 * The same for a result that is too large to be held: its pixels are written to a file, which whoever takes it removes.
 * @throws Interrupted; UserError where the smallest tiles are too large, or the disk is full
 */
export async function spoolPicture(
  upscaler: Translator,
  picture: OpenPicture,
  file: string,
  options: UpscaleOptions = {},
): Promise<Spooled> {
  const size = enlargedBy(upscaler, picture);
  let spool: Spool<Values> | undefined;
  try {
    await upscaleInto(upscaler, picture, options, () => {
      spool?.close();
      spool = undefined; // where the next cannot be begun there is none to close
      const next = (spool = new Spool<Values>(file, size, picture.data));
      return (rows, fill) => next.add(rows, fill);
    });
    spool?.close();
  } catch (error) {
    spool?.close();
    removeSpool(file);
    throw error;
  }
  return { ...size, hasAlpha: picture.hasAlpha, deep: picture.data instanceof Uint16Array, spool: file };
}

const enlargedBy = ({ scale }: Translator, { width, height }: Size): Size => ({
  width: width * scale,
  height: height * scale,
});

/** Takes the next rows of a result, from the top: straight RGBA, which is filled in. */
type TakeRows = (rows: number, fill: (data: Values) => void) => void;

/** Where memory runs out, it begins once more with tiles of half the side, and so on; the upscaler keeps to those. */
async function upscaleInto(
  upscaler: Translator,
  picture: OpenPicture,
  options: UpscaleOptions,
  begin: () => TakeRows,
): Promise<void> {
  for (;;)
    try {
      await upscaleInTiles(upscaler, picture, options, begin());
      return;
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      if (options.tile !== undefined || !upscaler.halveTiles())
        throw new UserError(
          `Making ${picture.width} x ${picture.height} pixels larger takes more memory than there is, also in tiles of ${upscaler.largestTile}; close other programs, or choose a smaller size`,
          { cause: error },
        );
    }
}

async function upscaleInTiles(
  upscaler: Translator,
  picture: OpenPicture,
  { wrap = false, tile = upscaler.tileFor(picture), onTile, onTiling }: UpscaleOptions,
  take: TakeRows,
): Promise<void> {
  const { scale } = upscaler;
  const clear = !isOpaque(picture);
  const grounds = clear ? [255, 0] : [255];
  const tiling = new Tiling(picture, tile, {
    ...{ wrap, multiple: upscaler.multiple, scale, reach: upscaler.reach },
  });
  const count = tiling.tiles.length;
  onTiling?.(tiling);
  let done = 0;
  await translateTiled(
    tiling,
    3 * grounds.length,
    async (at) => {
      const seen: Float32Array[] = [];
      for (const ground of grounds)
        seen.push((await upscaler.run(tileOf(picture, tiling, at, 3, ground), tiling.tile)).slice());
      onTile?.(++done, count);
      return seen.length === 1 ? seen[0]! : joined(seen);
    },
    ({ top, count: rows, planes }) =>
      take(rows, (data) => (clear ? takeApart(data, planes, { source: picture, scale, top }) : lay(data, planes))),
  );
}

/** Brings a result to a size that the model does not make by itself. */
export function resized<Data extends Values>(picture: OpenPicture<Data>, { width, height }: Size): OpenPicture<Data> {
  if (picture.width === width && picture.height === height) return picture;
  return { ...picture, width, height, data: resample(picture, { width, height }) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Rows of three planes, which hide everything. */
function lay(data: Values, planes: Float32Array): void {
  const pixels = planes.length / 3;
  const white = whiteOf(data);
  for (let i = 0, at = 0; i < pixels; i++, at += 4) {
    for (let c = 0; c < 3; c++) data[at + c] = nearest(((planes[c * pixels + i]! + 1) * white) / 2, white);
    data[at + 3] = white;
  }
}

/** Rows over white and the same over black, as colours and how much they hide; `top`: the first of them in the result. */
function takeApart(
  data: Values,
  planes: Float32Array,
  { source, scale, top }: { source: Raster; scale: number; top: number },
): void {
  const pixels = planes.length / 6;
  const white = whiteOf(data);
  const width = source.width * scale;
  const value = (plane: number, i: number): number =>
    Math.min(white, Math.max(0, ((planes[plane * pixels + i]! + 1) * white) / 2));
  for (let i = 0, at = 0; i < pixels; i++, at += 4) {
    const [x, y] = [i % width, top + Math.floor(i / width)];
    let through = 0;
    for (let c = 0; c < 3; c++) through += value(c, i) - value(3 + c, i);
    const about = opacityAbout(source, Math.floor(x / scale), Math.floor(y / scale));
    const alpha = about === 0 || about === white ? about : white - through / 3;
    data[at + 3] = nearest(alpha, white);
    // What is hardly there has no colour of its own that could be told.
    for (let c = 0; c < 3; c++)
      data[at + c] = data[at + 3] === 0 ? 0 : nearest((value(3 + c, i) * white) / alpha, white);
  }
}

/**
 * How opaque a pixel and its eight neighbours are; null where they differ. In what is clear no model should find anything,
 * and what is opaque should not let through a little of what lies below.
 */
function opacityAbout({ data, width, height }: Raster, x: number, y: number): number | null {
  const opacity = data[(y * width + x) * 4 + 3]!;
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
      if (data[(row * width + column) * 4 + 3] !== opacity) return null;
  return opacity;
}
