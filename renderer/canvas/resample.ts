/** Moves, scales and rotates a piece of pixels. */
import { boxOfPoints, type Size } from './box.ts';
import { createSurface } from './pixels.ts';
import type { Box, Point, Surface, Transform } from './types.ts';

/** Above this much shrinking, samples are taken less densely than pixels. */
const MOST_SAMPLES = 8;
const EDGE_SAMPLES = 4;

/** Where a piece is that has not been transformed, with its corner at a place. */
export const homeOf = ({ width, height }: Size, at: Point): Transform => ({
  x: at.x + width / 2,
  y: at.y + height / 2,
  scaleX: 1,
  scaleY: 1,
  rotation: 0,
});

export const sameTransform = (a: Transform, b: Transform): boolean =>
  a.x === b.x && a.y === b.y && a.scaleX === b.scaleX && a.scaleY === b.scaleY && a.rotation === b.rotation;

/** Where a point of the piece (from its corner) is in the document. */
export function place({ x, y, scaleX, scaleY, rotation }: Transform, { width, height }: Size, point: Point): Point {
  const [cos, sin] = turn(rotation);
  const across = (point.x - width / 2) * scaleX;
  const down = (point.y - height / 2) * scaleY;
  return { x: x + across * cos - down * sin, y: y + across * sin + down * cos };
}

/** Which point of the piece is at a point of the document. */
export function placeBack({ x, y, scaleX, scaleY, rotation }: Transform, { width, height }: Size, at: Point): Point {
  const [cos, sin] = turn(rotation);
  const [across, down] = [at.x - x, at.y - y];
  return {
    x: (across * cos + down * sin) / scaleX + width / 2,
    y: (down * cos - across * sin) / scaleY + height / 2,
  };
}

/** The corners of the transformed piece, clockwise from what was the top left. */
export const frame = (transform: Transform, { width, height }: Size): Point[] =>
  [
    { x: 0, y: 0 },
    { x: width, y: 0 },
    { x: width, y: height },
    { x: 0, y: height },
  ].map((corner) => place(transform, { width, height }, corner));

/**
 * The piece as the transform shows it, and where its corner is. A move by whole pixels keeps the bytes; all else is
 * sampled bilinearly in premultiplied colours, and several times a pixel where the piece shrinks.
 */
export function resample(piece: Surface, transform: Transform): { pixels: Surface; at: Point } {
  const corner = place(transform, piece, { x: 0, y: 0 });
  const moved = transform.scaleX === 1 && transform.scaleY === 1 && transform.rotation % 360 === 0;
  if (moved && Number.isInteger(corner.x) && Number.isInteger(corner.y)) return { pixels: piece, at: corner };
  const box = boxOfPoints(frame(transform, piece), 0.5);
  return { pixels: sampled(piece, transform, box), at: { x: box.left, y: box.top } };
}

function sampled(piece: Surface, transform: Transform, box: Box): Surface {
  const result = createSurface(box);
  if (transform.scaleX === 0 || transform.scaleY === 0) return result;
  const samples = (scale: number): number => Math.min(MOST_SAMPLES, Math.max(1, Math.ceil(1 / Math.abs(scale) - 1e-6)));
  const [countX, countY] = [samples(transform.scaleX), samples(transform.scaleY)];
  // One document pixel to the right and one down, in the piece: the samples of a pixel lie in that cell.
  const origin = placeBack(transform, piece, { x: box.left + 0.5, y: box.top + 0.5 });
  const right = placeBack(transform, piece, { x: box.left + 1.5, y: box.top + 0.5 });
  const down = placeBack(transform, piece, { x: box.left + 0.5, y: box.top + 1.5 });
  const [ax, ay] = [right.x - origin.x, right.y - origin.y];
  const [bx, by] = [down.x - origin.x, down.y - origin.y];
  // Samples are spread along the piece's own axes.
  const [cellX, cellY] = [1 / Math.abs(transform.scaleX), 1 / Math.abs(transform.scaleY)];
  const sum = new Float64Array(4);
  const { data } = result;
  for (let y = 0, at = 0; y < box.height; y++)
    for (let x = 0; x < box.width; x++, at += 4) {
      const px = origin.x + x * ax + y * bx - 0.5;
      const py = origin.y + x * ay + y * by - 0.5;
      if (px < -1 - cellX || py < -1 - cellY || px > piece.width + cellX || py > piece.height + cellY) continue;
      sum.fill(0);
      // More samples where the pixel may be cut by the frame: they are its anti-aliasing.
      const cut = px < cellX || py < cellY || px > piece.width - 1 - cellX || py > piece.height - 1 - cellY;
      const [nx, ny] = cut ? [Math.max(countX, EDGE_SAMPLES), Math.max(countY, EDGE_SAMPLES)] : [countX, countY];
      for (let j = 0; j < ny; j++)
        for (let i = 0; i < nx; i++)
          add(sum, piece, px + ((i + 0.5) / nx - 0.5) * cellX, py + ((j + 0.5) / ny - 0.5) * cellY);
      const alpha = sum[3]! / (nx * ny);
      if (alpha < 0.5) continue;
      for (let k = 0; k < 3; k++) data[at + k] = sum[k]! / sum[3]!;
      data[at + 3] = alpha;
    }
  return result;
}

/**
 * Adds the bilinear sample at a point, in the coordinates of pixel middles, premultiplied by alpha. Outside of the piece
 * is nothing; up to its border the outermost pixels go on, so that a piece that is enlarged keeps a crisp edge.
 */
function add(sum: Float64Array, { width, height, data }: Surface, x: number, y: number): void {
  if (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5) return;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  for (let j = 0; j < 2; j++)
    for (let i = 0; i < 2; i++) {
      const column = Math.max(0, Math.min(width - 1, left + i));
      const row = Math.max(0, Math.min(height - 1, top + j));
      const at = (row * width + column) * 4;
      const weight = (1 - Math.abs(x - left - i)) * (1 - Math.abs(y - top - j)) * data[at + 3]!;
      if (weight === 0) continue;
      for (let k = 0; k < 3; k++) sum[k] = sum[k]! + data[at + k]! * weight;
      sum[3] = sum[3]! + weight;
    }
}

function turn(degrees: number): [number, number] {
  const quarter = degrees / 90;
  // Quarter turns are exact.
  if (Number.isInteger(quarter)) {
    const i = ((quarter % 4) + 4) % 4;
    return [[1, 0, -1, 0][i]!, [0, 1, 0, -1][i]!];
  }
  const radians = (degrees * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians)];
}
