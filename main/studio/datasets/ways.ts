/** In which ways finished pictures are drawn: known to the studio, which loads nothing that draws. */
import type { StyleName } from './drawing.ts';

/** One way to draw a picture. Strengths are 0 (few, bold lines) .. 1 (many, fine lines). */
export interface Way {
  style: StyleName;
  strength: number;
}

/** Every style at every strength. */
export const everyWay = (styles: readonly StyleName[], strengths: readonly number[]): Way[] =>
  styles.flatMap((style) => strengths.map((strength) => ({ style, strength })));
