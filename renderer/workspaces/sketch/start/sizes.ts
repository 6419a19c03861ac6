/** The sizes that a new drawing is offered, from what its model was trained at. */
import type { DrawingState } from '../../../../preload/contract/index.ts';
import { plainLayer } from '../../../../preload/contract/layers/stack.ts';
import { t } from '../../../text/en.ts';

/** As contract's LARGEST_DRAWING: only its types cross into the window. */
export const LARGEST = 4096;
/** Less is too coarse to draw on, however small the pictures are that a model learned from. */
const LEAST = 512;

export const PRESETS = ['usual', 'large', 'largest'] as const;
export type PresetName = (typeof PRESETS)[number];

/** Sides in pixels, as far as a drawing can be that large: whole multiples of what the model was trained at. */
export function presetsOf(size: number | null): { name: PresetName; side: number }[] {
  const usual = size === null ? LEAST : size * Math.ceil(LEAST / size);
  return PRESETS.map((name, i) => ({ name, side: usual * 2 ** i })).filter(({ side }) => side <= LARGEST);
}

/** Whether a side can be drawn at. */
export const isSide = (n: number | null): n is number => n !== null && Number.isInteger(n) && n >= 1 && n <= LARGEST;

/** An empty drawing: its model sees all of it at once, as it learned to. */
export function emptyDrawing(
  {
    paper = '#ffffff',
    ...about
  }: { width: number; height: number; model: string | null; wrap: boolean; paper?: DrawingState['paper'] },
  layer: string,
): DrawingState {
  return {
    ...about,
    ...{
      paper,
      layers: [plainLayer({ id: layer, title: t.sketch.layers.first })],
      active: layer,
      scaling: 'fit',
      seed: 0,
    },
  };
}
