/** Sizes of brushes: fine steps where they are small, coarse ones where they are large. */

export const LARGEST_BRUSH = 1000;

const stepAt = (size: number): number => (size < 10 ? 1 : size < 50 ? 5 : size < 100 ? 10 : size < 300 ? 25 : 100);

export const largerSize = (size: number): number => {
  const step = stepAt(size);
  return Math.min(LARGEST_BRUSH, Math.floor(size / step) * step + step);
};

export const smallerSize = (size: number): number => {
  const step = stepAt(size - 0.01);
  return Math.max(1, Math.ceil(size / step) * step - step);
};

/** A slider's place for a size, 0..1: half of it is for sizes up to 32. */
export const placeOf = (size: number): number => Math.log(size) / Math.log(LARGEST_BRUSH);

export function sizeAt(place: number): number {
  const size = LARGEST_BRUSH ** place;
  return size < 20 ? Math.round(size * 2) / 2 : Math.round(size);
}
