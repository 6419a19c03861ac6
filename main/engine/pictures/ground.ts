/** The ground of a picture: what comes in from its border around what it shows. */

/** How far each channel may be from the ground's colour, in levels, and still be ground. */
const NEAR = 24;

interface Size {
  width: number;
  height: number;
}

/** Straight RGBA, rows from the top. */
interface Pixels extends Size {
  data: Uint8Array;
}

/** A colour, 0..255 a channel. */
export type Colour = readonly [number, number, number];

/** Whether a pixel, given by its number, is of about a colour. */
export function isNear(rgba: Uint8Array, pixel: number, [r, g, b]: Colour): boolean {
  const at = pixel * 4;
  return Math.abs(rgba[at]! - r) <= NEAR && Math.abs(rgba[at + 1]! - g) <= NEAR && Math.abs(rgba[at + 2]! - b) <= NEAR;
}

/** The pixels in the corners; that of the top left is the first. */
export const cornersOf = ({ width, height }: Size): number[] => [
  0,
  width - 1,
  width * (height - 1),
  width * height - 1,
];

/** Marks all ground that touches the border, or other ground that does, in runs along the rows. What is marked is ground no more. */
export function fromBorder(
  { width, height }: Size,
  isGround: (pixel: number) => boolean,
  mark: (pixel: number) => void,
): void {
  const stack: number[] = [];
  for (let x = 0; x < width; x++) stack.push(x, width * (height - 1) + x);
  for (let y = 0; y < height; y++) stack.push(y * width, y * width + width - 1);
  while (stack.length > 0) {
    const start = stack.pop()!;
    if (!isGround(start)) continue;
    const row = start - (start % width);
    let [from, to] = [start, start + 1];
    while (from > row && isGround(from - 1)) from--;
    while (to < row + width && isGround(to)) to++;
    for (let i = from; i < to; i++) mark(i);
    for (const by of [-width, width]) {
      if (row + by < 0 || row + by >= width * height) continue;
      for (let i = from + by, inRun = false; i < to + by; i++) {
        const ground = isGround(i);
        if (ground && !inRun) stack.push(i);
        inRun = ground;
      }
    }
  }
}

/**
 * Makes the ground of an opaque picture transparent, its colours kept below, and gives the colour. Null where its
 * corners are not of one colour: then it fills its frame, and nothing is done.
 */
export function clearGround({ data, width, height }: Pixels): Colour | null {
  const colour = [data[0]!, data[1]!, data[2]!] as const;
  if (!cornersOf({ width, height }).every((corner) => isNear(data, corner, colour))) return null;
  fromBorder(
    { width, height },
    (i) => data[i * 4 + 3] !== 0 && isNear(data, i, colour),
    (i) => (data[i * 4 + 3] = 0),
  );
  return colour;
}
