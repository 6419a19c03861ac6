/** How a sheet is probably meant to be cut: guessed from its pixels, for a person to look at and change. */
import { decodePicture } from '../../engine/pictures/pictures.ts';
import { groundOf, maskOf, type GridPlan, type IslandsPlan, type SheetPlan } from './cells.ts';
import { islands, type Box, type Mask } from './islands.ts';

/** A sheet's grid where it has gutters, else its islands. @throws UserError where the sheet cannot be opened */
export async function suggestPlan(file: string): Promise<SheetPlan> {
  const sheet = await decodePicture(file, { channels: 4 });
  const tolerance = toleranceOf(sheet);
  const mask = maskOf(sheet, tolerance);
  const grid = suggestGrid(mask);
  // A sheet without gutters is no grid, or one that only a person can see.
  return grid.columns * grid.rows > 1 ? grid : suggestIslands(mask, tolerance);
}

/** No ground is cleaner than this, and what differs by more is no noise. */
const [LEAST_TOLERANCE, MOST_TOLERANCE] = [8, 64];

/** How far the ground's own pixels are from its colour: along the edge of the sheet, where mostly nothing else is. */
function toleranceOf({ width, height, data }: { width: number; height: number; data: Uint8Array }): number {
  const { away } = groundOf({ width, height, data });
  const edge: number[] = [];
  for (let x = 0; x < width; x++) edge.push(away(x * 4), away(((height - 1) * width + x) * 4));
  for (let y = 0; y < height; y++) edge.push(away(y * width * 4), away((y * width + width - 1) * 4));
  const noise = edge.filter((distance) => distance <= MOST_TOLERANCE / 2).sort((a, b) => a - b);
  const most = noise[Math.floor((noise.length - 1) * 0.98)] ?? 0;
  // Beside a thing JPEG leaves about twice the noise that it leaves far from one.
  return Math.min(MOST_TOLERANCE, Math.max(LEAST_TOLERANCE, 2 * most + 8));
}

/** Cells smaller than this are no pictures to train on. */
const LEAST_CELL = 8;
/** More pixels are hardly ever left around and between cells. */
const MOST_GUTTER = 16;

/** Cells are mostly made in whole steps of so many pixels. */
const ROUND = 16;

/**
 * The grid with the most cells whose gutters (margin, spacing, or the line between two cells) run through empty pixels
 * while no column and no row is empty. Of those the one whose cells have the roundest size, in which the things lie most
 * alike, and which has the least margin and spacing, in this order.
 */
function suggestGrid({ width, height, data }: Mask): GridPlan {
  const [columns, rows] = [new Uint8Array(width), new Uint8Array(height)];
  for (let y = 0, i = 0; y < height; y++) for (let x = 0; x < width; x++, i++) if (data[i]) columns[x] = rows[y] = 1;
  let best: GridPlan = { mode: 'grid', columns: 1, rows: 1, margin: 0, spacing: 0 };
  let merit = [1, 0, 0];
  for (let sum = 0; sum <= 2 * MOST_GUTTER; sum++)
    for (let margin = Math.max(0, sum - MOST_GUTTER); margin <= Math.min(sum, MOST_GUTTER); margin++) {
      const spacing = sum - margin;
      const [x, y] = [columns, rows].map((used) => divisionsOf(used, margin, spacing)) as [number, number];
      if (x * y <= 1) continue;
      const sides = [
        { used: columns, starts: startsOf(columns, x, margin, spacing) },
        { used: rows, starts: startsOf(rows, y, margin, spacing) },
      ];
      const round = Math.min(...sides.map(({ starts: { size } }) => roundness(size)));
      const drift = sides.reduce((sum, { used, starts }) => sum + driftOf(used, starts), 0);
      const now = [x * y, round, -Math.round(drift)];
      if (!isMore(now, merit)) continue;
      merit = now;
      best = { mode: 'grid', columns: x, rows: y, margin, spacing };
    }
  return best;
}

/** The largest power of two that divides a size, up to what counts. */
const roundness = (size: number): number => Math.min(ROUND, size & -size);

/** Whether the first number in which two lists differ is more. */
function isMore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, i) => value !== other[i]);
  return at >= 0 && one[at]! > other[at]!;
}

/** Where the cells of a side begin, and their size. */
interface Starts {
  at: number[];
  size: number;
}

function startsOf(used: Uint8Array, parts: number, margin: number, spacing: number): Starts {
  const size = (used.length - 2 * margin - (parts - 1) * spacing) / parts;
  return { at: Array.from({ length: parts }, (_, i) => margin + i * (size + spacing)), size };
}

/** By how many pixels the things wander through their cells from the first to the last: none where the cells are right. */
function driftOf(used: Uint8Array, { at, size }: Starts): number {
  const middles = at.map((start) => {
    const cell = used.subarray(start, start + size);
    return (cell.indexOf(1) + cell.lastIndexOf(1)) / 2;
  });
  const mid = (middles.length - 1) / 2;
  const [up, across] = middles.reduce(([a, b], middle, i) => [a + (i - mid) * middle, b + (i - mid) ** 2], [0, 0]);
  return across === 0 ? 0 : Math.abs(up / across) * (middles.length - 1);
}

/** Into how many cells a side can be cut at most; 0 where the margin is not empty. */
function divisionsOf(used: Uint8Array, margin: number, spacing: number): number {
  const inside = used.length - 2 * margin;
  const empty = (from: number, length: number): boolean => !used.subarray(from, from + length).includes(1);
  if (!empty(0, margin) || !empty(used.length - margin, margin)) return 0;
  for (let parts = Math.floor((inside + spacing) / (LEAST_CELL + spacing)); parts > 1; parts--) {
    const { at: starts, size } = startsOf(used, parts, margin, spacing);
    if (!Number.isInteger(size)) continue;
    const apart = starts
      .slice(1)
      .every((at) => (spacing > 0 ? empty(at - spacing, spacing) : !used[at] || !used[at - 1]));
    if (apart && starts.every((at) => !empty(at, size))) return parts;
  }
  return inside >= LEAST_CELL && !empty(margin, inside) ? 1 : 0;
}

/** Smaller islands are dirt. */
const LEAST_ISLAND = 8;
const GAPS = [1, 2, 3, 4, 6, 8, 12, 16];
/** What is so much smaller than the usual thing is a part of one: an eye, a spark. */
const SMALL = 0.15;

/** The least gap by which loose parts are joined to the things that they belong to. */
function suggestIslands(mask: Mask, tolerance: number): IslandsPlan {
  const plan = { mode: 'islands', tolerance, least: LEAST_ISLAND, pad: 2 } as const;
  const area = ({ width, height }: Box): number => width * height;
  const loose = (gap: number): number => {
    const areas = islands(mask, gap)
      .map(area)
      .filter((size) => size > 4)
      .sort((a, b) => b - a);
    const usual = areas[Math.floor(areas.length / 4)] ?? 0;
    return areas.filter((size) => size < SMALL * usual).length;
  };
  const counts = GAPS.map(loose);
  const fewest = Math.min(...counts);
  return { ...plan, gap: GAPS[counts.indexOf(fewest)]! };
}
