/** The film strip of a run: which of its previews are its frames. */

/** At most so many frames are shown. */
export const MOST_FRAMES = 40;

/** At most `most` of the items, evenly spread, the first and the last among them. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}
