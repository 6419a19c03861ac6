/** What shapes are made of. */
import type { Point } from '../types.ts';

export interface Keys {
  shift: boolean;
  alt: boolean;
}

/** The corners that a drag from one point to another means: Shift makes a square of it, Alt grows it from its centre. */
export function dragged(from: Point, to: Point, { shift, alt }: Keys): [Point, Point] {
  let [dx, dy] = [to.x - from.x, to.y - from.y];
  if (shift) {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    [dx, dy] = [Math.sign(dx || 1) * side, Math.sign(dy || 1) * side];
  }
  return [alt ? { x: from.x - dx, y: from.y - dy } : from, { x: from.x + dx, y: from.y + dy }];
}

/** The end of a line; Shift keeps it to steps of 45 degrees, Alt draws it from its middle. */
export function draggedLine(from: Point, to: Point, { shift, alt }: Keys): [Point, Point] {
  let [dx, dy] = [to.x - from.x, to.y - from.y];
  if (shift) {
    const eighth = Math.round(Math.atan2(dy, dx) / (Math.PI / 4));
    const [ux, uy] = DIRECTIONS[((eighth % 8) + 8) % 8]!;
    const along = (dx * ux + dy * uy) / (ux * ux + uy * uy);
    [dx, dy] = [ux * along, uy * along];
  }
  return [alt ? { x: from.x - dx, y: from.y - dy } : from, { x: from.x + dx, y: from.y + dy }];
}

const DIRECTIONS = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/** A corner moved so that an edge lies on the border of pixels, and not half over them. */
export function snapped({ x, y }: Point, lineWidth: number): Point {
  // A line of an odd width is crisp with its middle in the middle of a pixel.
  const half = Math.round(lineWidth) % 2 === 1 ? 0.5 : 0;
  return { x: Math.round(x - half) + half, y: Math.round(y - half) + half };
}

/** A closed line of points on an ellipse, no further from it than the eye can tell. */
export function ellipse(a: Point, b: Point): Point[] {
  const [cx, cy] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  const [rx, ry] = [Math.abs(b.x - a.x) / 2, Math.abs(b.y - a.y) / 2];
  const count = Math.max(16, Math.ceil(Math.PI / Math.acos(1 - Math.min(0.5, 0.04 / Math.max(rx, ry, 0.04)))));
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return { x: cx + rx * Math.cos(angle), y: cy + ry * Math.sin(angle) };
  });
}
