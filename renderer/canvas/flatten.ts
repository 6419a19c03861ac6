/** Layers laid over one another, and pieces laid on layers. */
import { compose, lay, type Placed } from '../../preload/contract/layers/compose.ts';
import { sheetsOf } from '../../preload/contract/layers/stack.ts';
import { copies, isEmpty, whole } from './box.ts';
import type { Document } from './document.ts';
import { createSurface, parseColour, words } from './pixels.ts';
import type { Box, LayerRole, Point, Surface } from './types.ts';

const placed = (surface: Surface, { x, y }: Point = { x: 0, y: 0 }): Placed => ({
  ...{ left: x, top: y, width: surface.width, height: surface.height },
  words: words(surface),
});

/** Lays a surface on another one at a place. */
export function layOver(below: Surface, above: Surface, at: Point): void {
  lay(placed(below), placed(above, at));
}

/** The same, with what leaves the surface coming in again on the other side. */
export function layAround(below: Surface, above: Surface, at: Point, wrap: boolean): void {
  const box = { left: at.x, top: at.y, width: above.width, height: above.height };
  for (const { x, y } of copies(box, below, wrap)) layOver(below, above, { x: at.x + x, y: at.y + y });
}

/** As they lie over each other, whatever the order in the list. */
const ORDER: readonly LayerRole[] = ['reference', 'paint', 'correction'];

export interface Flattening {
  /** Inside of the drawing. */
  box: Box;
  roles: readonly LayerRole[];
  /** What is below all layers: `#rrggbb`, or 'transparent'. */
  paper?: string;
  /** A surface that is seen in the place of another one, by its id. */
  instead?: { id: string; surface: Surface } | null;
}

/** What is seen of layers of some roles in a box. */
export function flatten(document: Document, { box, roles, paper = 'transparent', instead }: Flattening): Surface {
  const picture = createSurface(box);
  if (isEmpty(box)) return picture;
  const ground = placed(picture, { x: box.left, y: box.top });
  if (paper !== 'transparent') {
    const { r, g, b } = parseColour(paper);
    ground.words.fill(((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  }
  const surface = (id: string): Surface => (instead?.id === id ? instead.surface : document.surface(id));
  const pixels = {
    paint: ({ id }: { id: string }) => ({
      pixels: placed(surface(id)),
      part: instead?.id === id ? whole(document.state) : document.extent(id),
    }),
    mask: (id: string) => placed(surface(id)),
  };
  for (const role of ORDER) if (roles.includes(role)) compose(ground, sheetsOf(document.state.layers, role, pixels));
  return picture;
}

/** A picture made as large as another size, cut or with empty room, with its corner at a place. */
export function fitted(surface: Surface, size: { width: number; height: number }, at: Point): Surface {
  const result = createSurface(size);
  layOver(result, surface, at);
  return result;
}

export const boxAt = (surface: Surface, { x, y }: Point): Box => ({ ...whole(surface), left: x, top: y });
