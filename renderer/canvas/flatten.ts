/** Layers laid over one another, and pieces laid on layers. */
import { clip, copies, isEmpty, shift, whole } from './box.ts';
import { over, times } from './blend.ts';
import { createSurface, words } from './pixels.ts';
import type { Box, LayerState, Point, Surface } from './types.ts';

/**
 * Lays a surface on another one at a place.
 * @param opacity 0..1
 * @param part of the upper surface; outside of it there is nothing to lay
 */
export function layOver(below: Surface, above: Surface, at: Point, opacity = 1, part = whole(above)): void {
  const box = clip(shift(part, at.x, at.y), below);
  const [to, from] = [words(below), words(above)];
  const strength = Math.round(opacity * 255);
  for (let y = box.top; y < box.top + box.height; y++) {
    let i = (y - at.y) * above.width + box.left - at.x;
    let j = y * below.width + box.left;
    for (const end = i + box.width; i < end; i++, j++) {
      const pixel = from[i]!;
      // Most of a layer is empty.
      if (pixel !== 0) to[j] = over(to[j]!, pixel & 0xffffff, times(pixel >>> 24, strength));
    }
  }
}

/** The same, with what leaves the surface coming in again on the other side. */
export function layAround(below: Surface, above: Surface, at: Point, wrap: boolean): void {
  const box = { left: at.x, top: at.y, width: above.width, height: above.height };
  for (const { x, y } of copies(box, below, wrap)) layOver(below, above, { x: at.x + x, y: at.y + y });
}

export interface FlattenSource {
  layer: LayerState;
  surface: Surface;
  /** Holds all of the surface's paint. */
  extent: Box;
}

/** What is seen of visible layers in a box, from the bottom to the top. */
export function flatten(sources: readonly FlattenSource[], box: Box): Surface {
  const picture = createSurface(box);
  if (isEmpty(box)) return picture;
  for (const { layer, surface, extent } of sources)
    if (layer.visible && layer.opacity > 0)
      layOver(picture, surface, { x: -box.left, y: -box.top }, layer.opacity, extent);
  return picture;
}

/** A picture made as large as another size, cut or with empty room, with its corner at a place. */
export function fitted(surface: Surface, size: { width: number; height: number }, at: Point): Surface {
  const result = createSurface(size);
  layOver(result, surface, at);
  return result;
}

export const boxAt = (surface: Surface, { x, y }: Point): Box => ({ ...whole(surface), left: x, top: y });
