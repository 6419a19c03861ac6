/** Selections: masks of one byte a pixel. Replaced, never changed. */
import { boxOfPoints, clip, isEmpty, type Size } from './box.ts';
import { Coverage } from './coverage.ts';
import { fillPolygon } from './rasterise.ts';
import { times } from '../../preload/contract/layers/blend.ts';
import { words } from './pixels.ts';
import type { Box, Point, Selection, Surface } from './types.ts';

export type SelectMode = 'replace' | 'add' | 'subtract';

/** Everything inside the polygon, in wrap mode with its copies. Null where that is nothing. */
export function selectPolygon(points: readonly Point[], size: Size, wrap: boolean): Selection | null {
  const coverage = new Coverage(size);
  fillPolygon(coverage, points, wrap);
  return fromMask(coverage.bytes, size);
}

export function fromMask(mask: Uint8Array, size: Size): Selection | null {
  const box = chosenBox(mask, size);
  return box && { mask, box };
}

/** What is chosen after choosing something more, less, or else. Null where nothing is. */
export function combine(
  current: Selection | null,
  chosen: Selection | null,
  mode: SelectMode,
  size: Size,
): Selection | null {
  if (mode === 'replace' || (mode === 'add' && !current)) return chosen;
  if (!chosen) return current;
  if (mode === 'add')
    return fromMask(
      current!.mask.map((value, i) => Math.max(value, chosen.mask[i]!)),
      size,
    );
  // Without a selection everything is chosen.
  const from = current?.mask ?? new Uint8Array(chosen.mask.length).fill(255);
  return fromMask(
    from.map((value, i) => Math.min(value, 255 - chosen.mask[i]!)),
    size,
  );
}

export function invert(current: Selection | null, size: Size): Selection | null {
  return (
    current &&
    fromMask(
      current.mask.map((value) => 255 - value),
      size,
    )
  );
}

/** The pixels of a surface's box, each as far as it is chosen. */
export function chosenPart(surface: Surface, box: Box, selection: Selection | null): Surface {
  const part: Surface = { ...box, data: new Uint8ClampedArray(box.width * box.height * 4) };
  const [from, to] = [words(surface), words(part)];
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++) {
      const at = (box.top + y) * surface.width + box.left + x;
      const pixel = from[at]!;
      const alpha = selection ? times(pixel >>> 24, selection.mask[at]!) : pixel >>> 24;
      to[y * box.width + x] = alpha === 0 ? 0 : ((alpha << 24) | (pixel & 0xffffff)) >>> 0;
    }
  return { width: box.width, height: box.height, data: part.data };
}

/** A selection as a surface of its box, its mask as alpha: to be transformed as a piece is. */
export function maskPiece({ mask, box }: Selection, stride: number): Surface {
  const piece: Surface = {
    width: box.width,
    height: box.height,
    data: new Uint8ClampedArray(box.width * box.height * 4),
  };
  for (let y = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++)
      piece.data[(y * box.width + x) * 4 + 3] = mask[(box.top + y) * stride + box.left + x]!;
  return piece;
}

/** The alpha of a surface as a selection. */
export function fromAlpha(surface: Surface): Selection | null {
  return fromMask(
    new Uint8Array(surface.width * surface.height).map((_, i) => surface.data[i * 4 + 3]!),
    surface,
  );
}

/** The corners of the rectangle between two points, on whole pixels. */
export function rectangleBetween(a: Point, b: Point, size: Size, wrap: boolean): Point[] {
  const box = boxOfPoints([
    { x: Math.round(a.x), y: Math.round(a.y) },
    { x: Math.round(b.x), y: Math.round(b.y) },
  ]);
  const { left, top, width, height } = wrap ? box : clip(box, size);
  return isEmpty({ left, top, width, height }) ? [] : corners({ left, top, width, height });
}

export const corners = ({ left, top, width, height }: Box): Point[] => [
  { x: left, y: top },
  { x: left + width, y: top },
  { x: left + width, y: top + height },
  { x: left, y: top + height },
];

function chosenBox(mask: Uint8Array, { width, height }: Size): Box | null {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    const row = mask.subarray(y * width, (y + 1) * width);
    let first = 0;
    while (first < width && row[first] === 0) first++;
    if (first === width) continue;
    let last = width;
    while (row[last - 1] === 0) last--;
    left = Math.min(left, first);
    right = Math.max(right, last);
    top = Math.min(top, y);
    bottom = y + 1;
  }
  return right > left ? { left, top, width: right - left, height: bottom - top } : null;
}
