/** Where layers are put: the list shows the topmost first, the drawing has them from the bottom up. */
import type { LayerState } from '../../../canvas/types.ts';

/** The layers as they are listed. */
export const listedFrom = (layers: readonly LayerState[]): LayerState[] => layers.toReversed();

/**
 * The index in the drawing's layers that a layer moves to, so that it stands where `target` is listed: above it when it
 * comes from below, below it when it comes from above. Null when nothing would change.
 */
export function placeOver(layers: readonly LayerState[], moved: string, target: string): number | null {
  const to = layers.findIndex(({ id }) => id === target);
  return to < 0 || moved === target ? null : to;
}

/** One further up (1) or down (-1). */
export function placeBy(layers: readonly LayerState[], id: string, by: 1 | -1): number | null {
  const neighbour = layers[layers.findIndex((layer) => layer.id === id) + by];
  return neighbour ? placeOver(layers, id, neighbour.id) : null;
}
