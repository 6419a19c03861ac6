/** The eight handles of a transform frame. */
import type { Size } from '../box.ts';
import { placeBack } from '../resample.ts';
import type { PenSample, Transform } from '../types.ts';

/** Where on the frame: -1 is left or top, 1 right or bottom, 0 the middle. */
export interface Handle {
  readonly x: -1 | 0 | 1;
  readonly y: -1 | 0 | 1;
}

/** Corners first, so that they win where a small frame has all within reach. */
export const HANDLES: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 1 },
  { x: -1, y: 1 },
  { x: 0, y: -1 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
];

/**
 * The transform after a handle was dragged to a sample. What is opposite stays, with Alt the middle does. Corners keep
 * the proportions unless Shift is held.
 */
export function scaled(start: Transform, size: Size, handle: Handle, sample: PenSample): Transform {
  const pen = placeBack(start, size, sample);
  // In the piece's own pixels, from what stays.
  const fixed = sample.alt ? { x: 0.5, y: 0.5 } : { x: (1 - handle.x) / 2, y: (1 - handle.y) / 2 };
  const reach = sample.alt ? 0.5 : 1;
  const along = {
    x: handle.x === 0 ? 1 : (pen.x - fixed.x * size.width) / (handle.x * size.width * reach),
    y: handle.y === 0 ? 1 : (pen.y - fixed.y * size.height) / (handle.y * size.height * reach),
  };
  if (handle.x !== 0 && handle.y !== 0 && !sample.shift) {
    // The pen's way along the diagonal.
    const [w, h] = [size.width * start.scaleX, size.height * start.scaleY];
    const share = (along.x * w * w + along.y * h * h) / (w * w + h * h);
    along.x = along.y = share;
  }
  const scaleX = atLeastOnePixel(start.scaleX * along.x, size.width);
  const scaleY = atLeastOnePixel(start.scaleY * along.y, size.height);
  // The middle moves so that what is fixed stays.
  const radians = (start.rotation * Math.PI) / 180;
  const dx = (0.5 - fixed.x) * size.width * (scaleX - start.scaleX);
  const dy = (0.5 - fixed.y) * size.height * (scaleY - start.scaleY);
  return {
    ...start,
    scaleX,
    scaleY,
    x: start.x + dx * Math.cos(radians) - dy * Math.sin(radians),
    y: start.y + dx * Math.sin(radians) + dy * Math.cos(radians),
  };
}

const atLeastOnePixel = (scale: number, length: number): number =>
  Math.abs(scale) * length >= 1 ? scale : (scale < 0 ? -1 : 1) / length;
