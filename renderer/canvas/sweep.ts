/**
 * Draws what a brush covers on its way from one place to the next. The brush is not stamped at intervals: each
 * pixel's distance to the way itself is measured, so that a line has no beads at any size or hardness, and lines of one
 * to three pixels are as smooth as wide ones.
 */
import { around } from './box.ts';
import type { Coverage } from './coverage.ts';
import { STEPS, type Falloff } from './falloff.ts';
import type { Box, TipName } from './types.ts';

/** The brush at one place of a stroke. */
export interface Dab {
  readonly x: number;
  readonly y: number;
  /** In pixels. */
  readonly radius: number;
  /** The most that is covered here, 0..1. */
  readonly flow: number;
}

/** What touches the ground. */
export interface Foot {
  falloff: Falloff;
  tip: TipName;
  wrap: boolean;
}

/** Tips that are no discs: how thin they are, and how they are held, in degrees. */
const FLAT: Readonly<Partial<Record<TipName, { thin: number; angle: number }>>> = {
  chisel: { thin: 0.28, angle: -40 },
};

/** Under this radius a line gets no thinner but fainter, by the area that it should have. */
const LEAST_RADIUS = 0.5;

const visible = (dab: Dab): Dab =>
  dab.radius >= LEAST_RADIUS ? dab : { ...dab, radius: LEAST_RADIUS, flow: (dab.flow * dab.radius) / LEAST_RADIUS };

/**
 * @param from where the way begins. The same as `to` it is a dot; else the dot there is drawn already (each way begins
 * where the last one ended), so what lies behind it is left alone.
 */
export function sweep(coverage: Coverage, from: Dab, to: Dab, { falloff, tip, wrap }: Foot): void {
  const [a, b] = [visible(from), visible(to)];
  const [ra, rb] = [a.radius + 0.5, b.radius + 0.5];
  const box = around(
    Math.min(a.x - ra, b.x - rb) - 0.5,
    Math.min(a.y - ra, b.y - rb) - 0.5,
    Math.max(a.x + ra, b.x + rb) + 0.5,
    Math.max(a.y + ra, b.y + rb) + 0.5,
  );
  coverage.draw(box, wrap, (inside, shift) => {
    const moved = (dab: Dab): Dab => ({ ...dab, x: dab.x + shift.x - 0.5, y: dab.y + shift.y - 0.5 });
    const shape = FLAT[tip];
    if (shape) drawFlat(coverage, inside, moved(a), moved(b), { ...falloff, ...shape });
    else draw(coverage, inside, moved(a), moved(b), falloff);
  });
}

/** Dabs here are in the coordinates of pixel middles. */
function draw(coverage: Coverage, inside: Box, a: Dab, b: Dab, { table, band }: Falloff): void {
  const { bytes, width: stride } = coverage;
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const dot = length2 < 1e-9;
  const perLength = dot ? 0 : 1 / length2;
  const [bandA, bandB] = [band(a.radius), band(b.radius)];
  const outer = Math.max(a.radius, b.radius) + 0.5;
  // Inside of this every pixel has the full coverage, so that no distance is needed.
  const full = Math.min(a.radius + 0.5 - bandA, b.radius + 0.5 - bandB);
  const even = a.flow === b.flow;
  const top = Math.round(255 * a.flow);
  const [scale, scaleGrowth] = [STEPS / bandA, STEPS / bandB - STEPS / bandA];
  const [edge, growth, flow, flowGrowth] = [a.radius + 0.5, b.radius - a.radius, a.flow, b.flow - a.flow];
  const span = { from: 0, to: 0 };
  for (let y = inside.top; y < inside.top + inside.height; y++) {
    if (!cut(a, b, outer, y, span)) continue;
    const py = y - a.y;
    if (!dot) ahead(span, a.x, dx, py * dy);
    const first = Math.max(inside.left, Math.ceil(span.from));
    const last = Math.min(inside.left + inside.width, Math.floor(span.to) + 1);
    if (first >= last) continue;
    coverage.mark(y, first, last);
    let [coreFrom, coreTo] = [last, last];
    if (even && full > 0 && cut(a, b, full, y, span)) {
      coreFrom = Math.min(last, Math.max(first, Math.ceil(span.from)));
      coreTo = Math.max(coreFrom, Math.min(last, Math.floor(span.to) + 1));
      cover(bytes, y * stride + coreFrom, y * stride + coreTo, top);
    }
    const row = y * stride;
    for (let x = first; x < last; x++) {
      if (x === coreFrom) {
        x = coreTo;
        if (x >= last) break;
      }
      const px = x - a.x;
      let t = (px * dx + py * dy) * perLength;
      t = t < 0 ? 0 : t > 1 ? 1 : t;
      const ox = px - t * dx;
      const oy = py - t * dy;
      const depth = edge + t * growth - Math.sqrt(ox * ox + oy * oy);
      if (depth <= 0) continue;
      const step = (depth * (scale + t * scaleGrowth)) | 0;
      const value = (table[step > STEPS ? STEPS : step]! * (flow + t * flowGrowth) + 0.5) | 0;
      if (value > bytes[row + x]!) bytes[row + x] = value;
    }
  }
}

/**
 * The same for an ellipse: in a space that is turned and stretched until it is a disc. Distances to the edge are measured
 * there and brought back by how much that space is stretched across the edge, so that the edge is as smooth all around.
 */
function drawFlat(
  coverage: Coverage,
  { left, top, width, height }: Box,
  a: Dab,
  b: Dab,
  { table, band, thin, angle }: Falloff & { thin: number; angle: number },
): void {
  const { bytes, width: stride } = coverage;
  const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const along = (x: number, y: number): number => x * cos + y * sin;
  const across = (x: number, y: number): number => (y * cos - x * sin) / thin;
  const [dx, dy] = [along(b.x - a.x, b.y - a.y), across(b.x - a.x, b.y - a.y)];
  const length2 = dx * dx + dy * dy;
  // What is thin is soft over a thin band.
  const scaleOf = (radius: number): number => STEPS / Math.max(1, band(radius) * thin);
  for (let y = top; y < top + height; y++) {
    coverage.mark(y, left, left + width);
    for (let x = left; x < left + width; x++) {
      const [px, py] = [along(x - a.x, y - a.y), across(x - a.x, y - a.y)];
      const t = length2 < 1e-9 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / length2));
      const [ox, oy] = [px - t * dx, py - t * dy];
      const distance = Math.sqrt(ox * ox + oy * oy);
      const radius = a.radius + t * (b.radius - a.radius);
      const stretched = distance < 1e-6 ? 1 / thin : Math.hypot(ox, oy / thin) / distance;
      const depth = (radius - distance) / stretched + 0.5;
      if (depth <= 0) continue;
      const step = Math.min(STEPS, (depth * scaleOf(radius)) | 0);
      const value = (table[step]! * (a.flow + t * (b.flow - a.flow)) + 0.5) | 0;
      const at = y * stride + x;
      if (value > bytes[at]!) bytes[at] = value;
    }
  }
}

/** Narrows a row to what is not behind the way's beginning; a pixel more, for the pixels on the border. */
function ahead(span: { from: number; to: number }, x: number, dx: number, rowT: number): void {
  if (dx > 0) span.from = Math.max(span.from, x - rowT / dx - 1);
  else if (dx < 0) span.to = Math.min(span.to, x - rowT / dx + 1);
  else if (rowT < 0) span.to = -Infinity;
}

function cover(bytes: Uint8Array, from: number, to: number, value: number): void {
  if (value === 255) bytes.fill(255, from, to);
  else for (let i = from; i < to; i++) if (bytes[i]! < value) bytes[i] = value;
}

/**
 * Where a row crosses all points within a distance of the way: between the outermost crossings of the two end discs and
 * of the two edges beside the way, as that shape is convex.
 */
function cut(a: Dab, b: Dab, distance: number, y: number, span: { from: number; to: number }): boolean {
  span.from = Infinity;
  span.to = -Infinity;
  disc(a, distance, y, span);
  disc(b, distance, y, span);
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = Math.hypot(dx, dy);
  if (length > 1e-6 && dy !== 0) {
    const [nx, ny] = [(-dy / length) * distance, (dx / length) * distance];
    edge(a.x + nx, a.y + ny, dx, dy, y, span);
    edge(a.x - nx, a.y - ny, dx, dy, y, span);
  }
  return span.to >= span.from;
}

function disc(middle: Dab, radius: number, y: number, span: { from: number; to: number }): void {
  const inside = radius * radius - (y - middle.y) ** 2;
  if (inside < 0) return;
  const half = Math.sqrt(inside);
  span.from = Math.min(span.from, middle.x - half);
  span.to = Math.max(span.to, middle.x + half);
}

function edge(x: number, y0: number, dx: number, dy: number, y: number, span: { from: number; to: number }): void {
  const t = (y - y0) / dy;
  if (t < 0 || t > 1) return;
  span.from = Math.min(span.from, x + t * dx);
  span.to = Math.max(span.to, x + t * dx);
}
