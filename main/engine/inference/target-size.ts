/** How large an enlarged picture is to be. */
import { UserError } from '../../errors.ts';
import type { Size } from './tiles.ts';

/** So many times as large; or a width, a height, or both, into which it is fitted whole. */
export type Target = { factor: number } | { width?: number | undefined; height?: number | undefined };

/** No picture has more pixels: as RGBA it would take more than 4 GB. */
const MOST_PIXELS = 2 ** 30;

/** @throws UserError where it would have no pixels, or more than can be held */
export function targetSize(of: Size, target: Target): Size {
  const factor =
    'factor' in target
      ? target.factor
      : Math.min((target.width ?? Infinity) / of.width, (target.height ?? Infinity) / of.height);
  const size = {
    width: Math.max(1, Math.round(of.width * factor)),
    height: Math.max(1, Math.round(of.height * factor)),
  };
  if (size.width * size.height > MOST_PIXELS)
    throw new UserError(
      `${size.width} x ${size.height} pixels are more than can be held; choose a size of at most ${Math.floor(MOST_PIXELS / 1e6)} megapixels`,
    );
  return size;
}
