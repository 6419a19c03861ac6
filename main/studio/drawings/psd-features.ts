/** What the layers of a PSD use that a drawing cannot show, in words. */
import type { Layer } from 'ag-psd';
import { isKnownMode } from './psd-layers.ts';

/** Kinds of things that change what a layer looks like, or what is below it. */
type Feature = 'blend' | 'mask' | 'vector mask' | 'fill' | 'effects' | 'adjustment' | 'shape' | 'knockout' | 'ranges';

interface Row {
  /** As it follows "layers that use ...". */
  says: (layer: Layer) => string;
  used: (layer: Layer) => boolean;
}

const FEATURES: Record<Feature, Row> = {
  blend: {
    says: ({ blendMode }) => `the blend mode ${blendMode}`,
    used: ({ blendMode = 'normal' }) => !isKnownMode(blendMode),
  },
  mask: {
    says: () => 'soft or several masks',
    used: ({ mask, realMask }) =>
      (realMask !== undefined && !realMask.disabled) ||
      (mask !== undefined && !mask.disabled && ((mask.userMaskFeather ?? 0) > 0 || (mask.userMaskDensity ?? 1) < 1)),
  },
  'vector mask': {
    says: () => 'vector masks',
    used: ({ vectorMask }) => vectorMask !== undefined && !vectorMask.disable,
  },
  fill: { says: () => 'fill opacity', used: ({ fillOpacity = 1 }) => fillOpacity < 1 },
  effects: {
    says: () => 'layer effects',
    used: ({ effects }) => effects !== undefined && !effects.disabled && hasEffect(effects),
  },
  adjustment: {
    says: ({ adjustment }) => `adjustments (${adjustment!.type})`,
    used: ({ adjustment }) => adjustment !== undefined,
  },
  shape: {
    says: () => 'fills and shapes',
    used: ({ vectorFill, vectorStroke }) => vectorFill !== undefined || vectorStroke?.strokeEnabled === true,
  },
  knockout: { says: () => 'knockout', used: ({ knockout = false }) => knockout },
  ranges: { says: () => 'blending ranges', used: ({ blendingRanges }) => restricts(blendingRanges) },
};

/** Effects are lists, or single ones; each can be switched off. */
const hasEffect = (effects: NonNullable<Layer['effects']>): boolean =>
  Object.values(effects)
    .flat()
    .some(
      (effect: unknown) =>
        typeof effect === 'object' && effect !== null && (effect as { enabled?: boolean }).enabled !== false,
    );

/** Each range is black and white, twice each; anything but 0, 0, 255, 255 hides something. */
const restricts = (ranges: Layer['blendingRanges']): boolean =>
  ranges !== undefined &&
  [
    ranges.compositeGrayBlendSource,
    ranges.compositeGraphBlendDestinationRange,
    ...ranges.ranges.flatMap(({ sourceRange, destRange }) => [sourceRange, destRange]),
  ].some((range) => range.length >= 4 && range.slice(0, 4).some((end, i) => end !== (i < 2 ? 0 : 255)));

/** What the layers that are seen use, each once. */
export function unseenFeatures(layers: readonly Layer[]): string[] {
  const found = layers.flatMap((layer): string[] => {
    if (layer.hidden || layer.opacity === 0) return [];
    const own = Object.values(FEATURES).flatMap(({ used, says }) => (used(layer) ? [says(layer)] : []));
    return [...own, ...unseenFeatures(layer.children ?? [])];
  });
  return [...new Set(found)];
}
