/** The sizes that a new drawing is offered, from what its model was trained at. */
import type { DrawingState } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';

/** As contract's LARGEST_DRAWING: only its types cross into the window. */
export const LARGEST = 4096;
/** For a model that has any size. */
const USUAL = 512;

export const FACTORS = [1, 2, 4] as const;

/** Sizes in pixels by factor, as far as a drawing can be that large. */
export const presetsOf = (size: number | null): { factor: (typeof FACTORS)[number]; side: number }[] =>
  FACTORS.map((factor) => ({ factor, side: (size ?? USUAL) * factor })).filter(({ side }) => side <= LARGEST);

/** Whether a side can be drawn at. */
export const isSide = (n: number | null): n is number => n !== null && Number.isInteger(n) && n >= 1 && n <= LARGEST;

/** An empty drawing. */
export function emptyDrawing(
  {
    paper = '#ffffff',
    ...about
  }: { width: number; height: number; model: string | null; wrap: boolean; paper?: DrawingState['paper'] },
  layer: string,
): DrawingState {
  const lines = { id: layer, title: t.sketch.layers.first, opacity: 1, visible: true, locked: false };
  return {
    ...about,
    ...{ paper, layers: [{ ...lines, role: 'paint' }], active: layer, scaling: 'tiles', seed: 0 },
  };
}
