/** Brushes to begin with. A brush keeps the size that it has. */
import type { BrushSettings } from './types.ts';

export const BRUSHES = ['ink', 'pencil', 'soft', 'chalk', 'marker'] as const;
export type BrushName = (typeof BRUSHES)[number];

export type Brush = Omit<BrushSettings, 'size'>;

export const PRESETS: Readonly<Record<BrushName, Brush>> = {
  ink: {
    ...{ hardness: 0.9, opacity: 1, smoothing: 0.3, firmness: 0, tip: 'round', grain: 'none' },
    ...{ pressureSize: true, pressureOpacity: false },
  },
  pencil: {
    ...{ hardness: 0.6, opacity: 0.85, smoothing: 0.1, firmness: -0.2, tip: 'round', grain: 'paper' },
    ...{ pressureSize: false, pressureOpacity: true },
  },
  soft: {
    ...{ hardness: 0, opacity: 0.7, smoothing: 0.2, firmness: 0, tip: 'round', grain: 'none' },
    ...{ pressureSize: false, pressureOpacity: true },
  },
  chalk: {
    ...{ hardness: 0.75, opacity: 1, smoothing: 0.1, firmness: -0.3, tip: 'round', grain: 'chalk' },
    ...{ pressureSize: true, pressureOpacity: true },
  },
  marker: {
    ...{ hardness: 0.95, opacity: 0.6, smoothing: 0.3, firmness: 0, tip: 'chisel', grain: 'none' },
    ...{ pressureSize: false, pressureOpacity: false },
  },
};

/** Which of them a brush is; null for one that was changed. */
export const brushOf = (brush: BrushSettings): BrushName | null =>
  BRUSHES.find((name) =>
    (Object.keys(PRESETS[name]) as (keyof Brush)[]).every((key) => PRESETS[name][key] === brush[key]),
  ) ?? null;
