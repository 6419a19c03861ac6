/** Fills polygons with anti-aliased edges: exact across, fifteen lines a pixel down, by the non-zero rule. */
import { boxOfPoints } from './box.ts';
import type { Coverage } from './coverage.ts';
import type { Box, Point } from './types.ts';

/** 15 lines of 17 make 255. */
const LINES = 15;
const WEIGHT = 17;

interface Edge {
  readonly top: number;
  readonly bottom: number;
  /** At `top`. */
  readonly x: number;
  readonly slope: number;
  readonly winding: 1 | -1;
}

/** Covers a closed polygon, in wrap mode with its copies. */
export function fillPolygon(coverage: Coverage, points: readonly Point[], wrap: boolean): void {
  coverage.draw(boxOfPoints(points), wrap, (inside, { x, y }) => {
    coverage.markBox(inside);
    const edges = edgesOf(points.map((point) => ({ x: point.x + x, y: point.y + y })));
    fill(coverage.bytes, coverage.width, inside, edges);
  });
}

function edgesOf(points: readonly Point[]): Edge[] {
  return points
    .flatMap((a, i): Edge[] => {
      const b = points[(i + 1) % points.length]!;
      if (a.y === b.y) return [];
      const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
      const slope = (lower.x - upper.x) / (lower.y - upper.y);
      return [{ top: upper.y, bottom: lower.y, x: upper.x, slope, winding: a.y < b.y ? 1 : -1 }];
    })
    .sort((a, b) => a.top - b.top);
}

function fill(bytes: Uint8Array, stride: number, inside: Box, edges: readonly Edge[]): void {
  const { left, top, width, height } = inside;
  const steps = new Float32Array(width + 2); // what coverage grows by from one pixel to the next
  let active: Edge[] = [];
  let next = 0;
  for (let y = top; y < top + height; y++) {
    while (next < edges.length && edges[next]!.top < y + 1) active.push(edges[next++]!);
    active = active.filter(({ bottom }) => bottom > y);
    if (active.length === 0) continue;
    steps.fill(0);
    for (let line = 0; line < LINES; line++) addLine(steps, active, y + (line + 0.5) / LINES, left, width);
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += steps[x]!;
      const at = y * stride + left + x;
      const value = Math.min(255, (sum * WEIGHT + 0.5) | 0);
      if (value > bytes[at]!) bytes[at] = value;
    }
  }
}

function addLine(steps: Float32Array, edges: readonly Edge[], y: number, left: number, width: number): void {
  const crossings = edges
    .filter(({ top, bottom }) => top <= y && bottom > y)
    .map(({ top, x, slope, winding }) => ({ x: x + (y - top) * slope - left, winding }))
    .sort((a, b) => a.x - b.x);
  let winding = 0;
  for (const crossing of crossings) {
    const before = winding;
    winding += crossing.winding;
    if ((before === 0) === (winding === 0)) continue;
    const x = Math.max(0, Math.min(width, crossing.x));
    const sign = before === 0 ? 1 : -1;
    const pixel = Math.floor(x);
    const share = x - pixel;
    steps[pixel] = steps[pixel]! + sign * (1 - share);
    steps[pixel + 1] = steps[pixel + 1]! + sign * share;
  }
}
