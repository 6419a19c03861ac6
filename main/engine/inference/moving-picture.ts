/** Pictures that move, through whatever is done with one that does not: picture by picture, one of them in memory. */
import { UserError } from '../../errors.ts';
import { joinAnimation, openAnimation, type Animation, type Timing } from '../pictures/animation.ts';
import type { AnimationFormat } from '../pictures/formats.ts';
import { readPictureFile } from '../pictures/pictures.ts';
import { movingFormat, type Naming } from './result-file.ts';
import { encodeResult, openBytes, type OpenPicture } from './translate-picture.ts';

/** A result that moves: the PNGs of its pictures, and as what it came. */
export interface MovingResult extends Timing {
  format: AnimationFormat;
  pngs: readonly Buffer[];
}

export const moves = <Moving extends Animation | MovingResult>(picture: object | Moving): picture is Moving =>
  'delays' in picture;

/** Opens a picture at its own depth, or what moves. @throws UserError naming the file */
export const openPictures = async (file: string): Promise<OpenPicture | Animation> =>
  picturesOf(await readPictureFile(file), file);

/** `openPictures` of a file that was read before. */
export const picturesOf = async (bytes: Buffer, file: string): Promise<OpenPicture | Animation> =>
  (await openAnimation(bytes, file)) ?? openBytes(bytes, file, undefined, true);

/** Does with each picture what is done with one. @throws UserError naming the file; what the work throws */
export async function overPictures(
  animation: Animation,
  work: (picture: OpenPicture<Uint8Array>, i: number) => Promise<OpenPicture>,
): Promise<MovingResult> {
  const { width, height, hasAlpha, format, delays, plays } = animation;
  const pngs: Buffer[] = [];
  for await (const data of animation.pictures())
    pngs.push(await encodeResult(await work({ width, height, hasAlpha, data }, pngs.length)));
  return { pngs, format, delays, plays };
}

/** As what a file that moves is saved. @throws UserError where the format cannot move */
export function movingAs(
  format: Naming['format'],
  { file, came }: { file: string; came: AnimationFormat },
): AnimationFormat {
  const as = movingFormat(format, came);
  if (as === null)
    throw new UserError(
      `${file} moves, which a ${format.toUpperCase()} cannot; save it as PNG, and it stays what it was`,
    );
  return as;
}

export const encodeMoving = (
  { pngs, ...timing }: Omit<MovingResult, 'format'>,
  format: AnimationFormat,
): Promise<Buffer> => joinAnimation(pngs, format, timing);
