/** The copies that symmetry draws of everything. */
import type { Point, Symmetry } from './types.ts';

export type Move = (point: Point) => Point;

/** All different images of the drawing under a symmetry; the first is the drawing itself. */
export function moves({ mirrorX, mirrorY, radial, centre }: Symmetry): Move[] {
  const found: Move[] = [];
  const known = new Set<string>();
  const turns = Math.max(1, Math.round(radial));
  for (let i = 0; i < turns; i++)
    for (const flipX of mirrorX ? [1, -1] : [1])
      for (const flipY of mirrorY ? [1, -1] : [1]) {
        const [cos, sin] = turn(i, turns);
        const [a, b, c, d] = [cos * flipX, -sin * flipY, sin * flipX, cos * flipY];
        // Half a turn is both mirrors: such an image is drawn once.
        const name = [a, b, c, d].map((value) => Math.round(value * 1e6) + 0).join();
        if (known.has(name)) continue;
        known.add(name);
        if (found.length === 0) found.push((point) => point);
        else found.push((point) => applied(a, b, c, d, centre, point));
      }
  return found;
}

function applied(a: number, b: number, c: number, d: number, centre: Point, point: Point): Point {
  const [x, y] = [point.x - centre.x, point.y - centre.y];
  return { x: centre.x + a * x + b * y, y: centre.y + c * x + d * y };
}

/** Cosine and sine, exact for quarter turns. */
function turn(i: number, of: number): [number, number] {
  if ((4 * i) % of === 0)
    return (
      [
        [1, 0],
        [0, 1],
        [-1, 0],
        [0, -1],
      ] as const
    )[(4 * i) / of]!.slice() as [number, number];
  const angle = (2 * Math.PI * i) / of;
  return [Math.cos(angle), Math.sin(angle)];
}
