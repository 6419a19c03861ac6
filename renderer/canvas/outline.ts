/** The outline of a selection, along the borders of pixels that are at least half chosen: for marching ants. */
import type { Point, Selection } from './types.ts';

/** Closed lines with the chosen pixels on their right. Computed once for each selection. */
export function outline({ mask, box }: Selection, width: number): Point[][] {
  const height = mask.length / width;
  const chosen = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x]! >= 128;
  // Edges by their first corner. A corner where chosen pixels touch diagonally has two.
  const across = width + 1;
  const edges = new Map<number, number[]>();
  const add = (x0: number, y0: number, x1: number, y1: number): void => {
    const from = y0 * across + x0;
    const to = y1 * across + x1;
    const others = edges.get(from);
    if (others) others.push(to);
    else edges.set(from, [to]);
  };
  for (let y = box.top; y < box.top + box.height; y++)
    for (let x = box.left; x < box.left + box.width; x++) {
      if (!chosen(x, y)) continue;
      if (!chosen(x, y - 1)) add(x, y, x + 1, y);
      if (!chosen(x + 1, y)) add(x + 1, y, x + 1, y + 1);
      if (!chosen(x, y + 1)) add(x + 1, y + 1, x, y + 1);
      if (!chosen(x - 1, y)) add(x, y + 1, x, y);
    }
  const loops: Point[][] = [];
  for (const start of edges.keys())
    while (edges.has(start)) {
      const corners: number[] = [];
      let at = start;
      for (let next = take(edges, at); next !== undefined; next = take(edges, at)) {
        corners.push(at);
        at = next;
      }
      loops.push(withoutStraight(corners.map((corner) => ({ x: corner % across, y: Math.floor(corner / across) }))));
    }
  return loops;
}

function take(edges: Map<number, number[]>, from: number): number | undefined {
  const ends = edges.get(from);
  const end = ends?.pop();
  if (ends?.length === 0) edges.delete(from);
  return end;
}

/** Only the corners at which the line turns. */
function withoutStraight(points: readonly Point[]): Point[] {
  return points.filter((point, i) => {
    const before = points.at(i - 1)!;
    const after = points[(i + 1) % points.length]!;
    return (before.x === point.x) !== (point.x === after.x);
  });
}
