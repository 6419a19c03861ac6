/** Laplacian pyramids (Burt and Adelson 1983): a picture as its details at each scale, and a small blurred rest. */

export interface PlaneShape {
  channels: number;
  height: number;
  width: number;
}

/** Half of the symmetric binomial filter [1 4 6 4 1] / 16, from its end to its centre; applied along each axis. */
const FILTER = [1 / 16, 4 / 16, 6 / 16] as const;

/** The levels' shapes, halved (rounded up) while both sides keep at least `smallest` pixels. @throws RangeError */
export function pyramidShapes(shape: PlaneShape, smallest: number): PlaneShape[] {
  if (Math.min(shape.height, shape.width) < smallest)
    throw new RangeError(
      `Pictures of ${shape.width} x ${shape.height} are too small: ${smallest} x ${smallest} are needed`,
    );
  const shapes = [shape];
  for (;;) {
    const { channels, height, width } = shapes.at(-1)!;
    const next = { channels, height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
    if (Math.min(next.height, next.width) < smallest) return shapes;
    shapes.push(next);
  }
}

/** The levels of a picture (CHW), the finest first: what each blurring takes away, and last what remains. */
export function laplacianPyramid(picture: Float32Array, shapes: readonly PlaneShape[]): Float32Array[] {
  const levels: Float32Array[] = [];
  let current = picture;
  for (let i = 0; i + 1 < shapes.length; i++) {
    const smaller = shrink(current, shapes[i]!, shapes[i + 1]!);
    const blurred = enlarge(smaller, shapes[i + 1]!, shapes[i]!);
    levels.push(difference(current, blurred));
    current = smaller;
  }
  return [...levels, current];
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  const out = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = a[i]! - b[i]!;
  return out;
}

/** Blurs, and keeps every second pixel. */
function shrink(planes: Float32Array, from: PlaneShape, to: PlaneShape): Float32Array {
  const blurred = blur(planes, from, 1);
  const out = new Float32Array(to.channels * to.height * to.width);
  for (let row = 0, at = 0; row < to.channels * to.height; row++)
    for (let x = 0, start = spread(row, to, from); x < to.width; x++) out[at++] = blurred[start + 2 * x]!;
  return out;
}

/** Spreads the pixels over every second place, and blurs: 4 times as strong, as three of four places are empty. */
function enlarge(planes: Float32Array, from: PlaneShape, to: PlaneShape): Float32Array {
  const sparse = new Float32Array(to.channels * to.height * to.width);
  for (let row = 0, at = 0; row < from.channels * from.height; row++)
    for (let x = 0, start = spread(row, from, to); x < from.width; x++) sparse[start + 2 * x] = planes[at++]!;
  return blur(sparse, to, 4);
}

/** Where in the larger planes the row begins that belongs to a row (counted over all channels) of the smaller ones. */
function spread(row: number, small: PlaneShape, large: PlaneShape): number {
  const channel = Math.floor(row / small.height);
  return (channel * large.height + 2 * (row % small.height)) * large.width;
}

/** Filters along both axes, mirrored at the borders without repeating them. */
function blur(planes: Float32Array, { channels, height, width }: PlaneShape, gain: number): Float32Array {
  const once = new Float32Array(planes.length);
  const twice = new Float32Array(planes.length);
  for (let row = 0; row < channels * height; row++)
    filterLine(planes, once, { start: row * width, step: 1, length: width }, FILTER);
  const scaled = FILTER.map((weight) => weight * gain);
  for (let column = 0; column < channels * width; column++) {
    const start = Math.floor(column / width) * height * width + (column % width);
    filterLine(once, twice, { start, step: width, length: height }, scaled);
  }
  return twice;
}

interface Line {
  start: number;
  step: number;
  /** At least 3. */
  length: number;
}

/** Filters one line of pixels with symmetric weights [outer, inner, centre]. */
function filterLine(
  from: Float32Array,
  to: Float32Array,
  { start, step, length }: Line,
  weights: readonly number[],
): void {
  const [outer, inner, centre] = weights as [number, number, number];
  const last = start + (length - 1) * step;
  const at = (i: number): number => from[i < start ? 2 * start - i : i > last ? 2 * last - i : i]!;
  for (let i = start; i <= last; i += step)
    to[i] = outer * (at(i - 2 * step) + at(i + 2 * step)) + inner * (at(i - step) + at(i + step)) + centre * at(i);
}
