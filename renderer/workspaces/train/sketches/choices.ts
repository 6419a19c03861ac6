/** Which ways of drawing are chosen, and which of them are shown. */
import type { SketchStyle } from '../../../../preload/contract/index.ts';

/** With one thing more or less, in the order of all. */
export const toggled = <T>(all: readonly T[], chosen: readonly T[], one: T): T[] =>
  all.filter((each) => (each === one ? !chosen.includes(one) : chosen.includes(each)));

/** The name of one way of drawing. */
export const keyOf = (style: SketchStyle, strength: number): string => `${style}@${strength}`;

/** Shown where no strength is chosen. */
const MIDDLE = 0.5;

/** The strengths that a style is shown at. */
export const shownAt = (strengths: readonly number[]): readonly number[] =>
  strengths.length > 0 ? strengths : [MIDDLE];

/** What has to be drawn to show every style, those that are chosen first. */
export function previewsOf(
  all: readonly SketchStyle[],
  { styles, strengths }: { styles: readonly SketchStyle[]; strengths: readonly number[] },
): { key: string; style: SketchStyle; strength: number }[] {
  const order = [...styles, ...all.filter((style) => !styles.includes(style))];
  return order.flatMap((style) =>
    shownAt(strengths).map((strength) => ({ key: keyOf(style, strength), style, strength })),
  );
}
