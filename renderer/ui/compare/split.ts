/** Where a key moves the line between two pictures. */

const STEP = 0.02;
const LEAP = 0.1;

/** The share of the width at the left of the line; null when the key is none of a slider's. */
export function splitAfterKey(key: string, split: number): number | null {
  const to: Readonly<Record<string, number>> = {
    ArrowLeft: split - STEP,
    ArrowDown: split - STEP,
    ArrowRight: split + STEP,
    ArrowUp: split + STEP,
    PageDown: split - LEAP,
    PageUp: split + LEAP,
    Home: 0,
    End: 1,
  };
  const wanted = to[key];
  return wanted === undefined ? null : Math.max(0, Math.min(1, +wanted.toFixed(4)));
}
