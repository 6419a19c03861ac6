/**
 * The layers of a drawing as a stack. They are kept as one list from the bottom to the top; a group stands in it above
 * all that is in it, and each layer names the group that it is in.
 */
import type { DrawingLayer } from '../schemas.ts';
import type { Paint, Placed, Sheet } from './compose.ts';

type Layer = Readonly<DrawingLayer>;
type Role = DrawingLayer['role'];

/** A layer to paint on that nothing was set of. */
export const plainLayer = ({ id, title }: { id: string; title: string }): DrawingLayer => ({
  ...{ id, title, role: 'paint', opacity: 1, visible: true, locked: false },
  ...{ blend: 'normal', alphaLocked: false, clipped: false, mask: null, group: null },
});

/** What of a layer is painted: itself, unless it is a group, and its mask. */
export const surfacesOf = (layers: readonly Layer[]): string[] =>
  layers.flatMap(({ id, role, mask }) => [...(role === 'group' ? [] : [id]), ...(mask ? [mask.id] : [])]);

/** The layer whose paint or mask it is. */
export const ownerOf = (layers: readonly Layer[], surface: string): Layer | undefined =>
  layers.find(({ id, mask }) => id === surface || mask?.id === surface);

/** The groups that a layer is in, the innermost first. */
export function groupsOf(layers: readonly Layer[], { group }: Layer): Layer[] {
  const found: Layer[] = [];
  for (let id = group; id !== null;) {
    const outer = layers.find((layer) => layer.id === id);
    if (!outer || found.includes(outer)) break;
    found.push(outer);
    id = outer.group;
  }
  return found;
}

/** Whether a layer is in a group, at any depth. */
export const isIn = (layers: readonly Layer[], layer: Layer, group: string): boolean =>
  groupsOf(layers, layer).some(({ id }) => id === group);

/** A layer with all that is in it, from the bottom to the top. */
export const familyOf = <L extends Layer>(layers: readonly L[], id: string): L[] =>
  layers.filter((layer) => layer.id === id || isIn(layers, layer, id));

/** Whether it is seen as far as it and its groups say. */
export const isShown = (layers: readonly Layer[], layer: Layer): boolean =>
  [layer, ...groupsOf(layers, layer)].every(({ visible }) => visible);

/** Whether every group stands right above all that is in it. */
export const holdsTogether = (layers: readonly Layer[]): boolean =>
  new Set(layers.map(({ id }) => id)).size === layers.length &&
  layers.every((layer, i) => {
    if (layer.group === null) return true;
    const { group } = layer;
    const at = layers.findIndex(({ id }) => id === group);
    return at > i && layers[at]!.role === 'group' && layers.slice(i, at).every((each) => isIn(layers, each, group));
  });

export interface Pixels {
  /** Of a layer. */
  paint: (layer: Layer) => Paint;
  /** By the mask's own id. */
  mask: (id: string) => Placed;
}

/** The layers of a role as sheets to be laid. Clipping counts among them alone. */
export function sheetsOf(layers: readonly Layer[], role: Role, pixels: Pixels, group: string | null = null): Sheet[] {
  return layers.flatMap((layer): Sheet[] => {
    if (layer.group !== group) return [];
    if (layer.role !== 'group' && layer.role !== role) return [];
    const content = layer.role === 'group' ? sheetsOf(layers, role, pixels, layer.id) : pixels.paint(layer);
    const { visible, blend, opacity, clipped, mask } = layer;
    return [{ visible, blend, opacity, clipped, mask: mask?.on ? pixels.mask(mask.id) : null, content }];
  });
}

/** Whether all that is seen is laid over each other as it is: no mode, mask, clipping or group has a say. */
export const isPlain = (layers: readonly Layer[]): boolean =>
  layers.every(
    ({ role, visible, blend, clipped, mask }) =>
      role !== 'group' && (!visible || (blend === 'normal' && !clipped && !mask?.on)),
  );
