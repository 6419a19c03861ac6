/** Sprite sheets: where the cells are, by a grid or by the islands on it, and cutting them out. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodePicture, encodePng, type Picture } from '../../engine/pictures/pictures.ts';
import { explainIo, UserError } from '../../errors.ts';
import { islands, type Box, type Mask } from './islands.ts';
import { Names, stemOf } from './names.ts';

export type { Box } from './islands.ts';

/** How a sheet is cut. Lengths are pixels. */
export type SheetPlan = GridPlan | IslandsPlan;

export interface GridPlan {
  mode: 'grid';
  columns: number;
  rows: number;
  /** Around all cells. */
  margin: number;
  /** Between two cells. */
  spacing: number;
}

export interface IslandsPlan {
  mode: 'islands';
  /** Alpha (0..255) up to which a pixel is background; without alpha, how far its colour may be from the edge's. */
  tolerance: number;
  /** Parts with at most so many empty pixels between them are one thing. */
  gap: number;
  /** The smallest width and height of a thing; what is smaller is dirt. */
  least: number;
  /** Added around each thing. */
  pad: number;
}

export interface CutOptions {
  file: string;
  plan: SheetPlan;
  /** Where the cells are written; what is there stays. */
  folder: string;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The cells of a sheet by a plan, empty ones left out, in reading order. @throws UserError for an impossible plan */
export async function findCells(file: string, plan: SheetPlan): Promise<Box[]> {
  return cellsOf(await openSheet(file), plan);
}

/** Writes each cell as `<sheet>-001.png` and so on, with alpha. @throws UserError when there is none */
export async function cutSheet({ file, plan, folder, onProgress }: CutOptions): Promise<{ files: string[] }> {
  const sheet = await openSheet(file);
  const boxes = cellsOf(sheet, plan);
  if (boxes.length === 0) throw new UserError(`${file} has no cell with anything in it; try other settings`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw explainIo(error, `Cannot write to ${folder}`);
  }
  const stem = new Names().take(stemOf(file));
  const files: string[] = [];
  for (const [i, box] of boxes.entries()) {
    const cell = join(folder, `${stem}-${String(i + 1).padStart(3, '0')}.png`);
    await encodePng(cut(sheet, box), cell);
    files.push(cell);
    onProgress?.(i + 1, boxes.length);
  }
  return { files };
}

async function openSheet(file: string): Promise<Picture> {
  return decodePicture(file, { channels: 4 });
}

function cellsOf(sheet: Picture, plan: SheetPlan): Box[] {
  if (plan.mode === 'islands') return islandBoxes(sheet, plan);
  return gridBoxes(sheet, plan).filter((box) => !isFlat(sheet, box));
}

function gridBoxes({ width, height }: Picture, { columns, rows, margin, spacing }: GridPlan): Box[] {
  const size = (length: number, parts: number): number =>
    Math.floor((length - 2 * margin - (parts - 1) * spacing) / parts);
  const cell = { width: size(width, columns), height: size(height, rows) };
  const whole = [columns, rows].every((n) => Number.isInteger(n) && n > 0) && margin >= 0 && spacing >= 0;
  if (!whole || !(cell.width > 0 && cell.height > 0))
    throw new UserError(`A sheet of ${width} x ${height} pixels cannot be cut into ${columns} x ${rows} cells`);
  return Array.from({ length: columns * rows }, (_, i) => ({
    left: margin + (i % columns) * (cell.width + spacing),
    top: margin + Math.floor(i / columns) * (cell.height + spacing),
    ...cell,
  }));
}

function islandBoxes(sheet: Picture, { tolerance, gap, least, pad }: IslandsPlan): Box[] {
  if (![tolerance, gap, least, pad].every((n) => n >= 0))
    throw new UserError('Tolerance, gap, smallest size and padding of a sheet cannot be negative');
  return islands(maskOf(sheet, tolerance), Math.floor(gap))
    .filter(({ width, height }) => Math.min(width, height) >= least)
    .map((box) => padded(box, Math.floor(pad), sheet));
}

function padded({ left, top, width, height }: Box, pad: number, sheet: Picture): Box {
  const [x, y] = [Math.max(0, left - pad), Math.max(0, top - pad)];
  const [right, bottom] = [Math.min(sheet.width, left + width + pad), Math.min(sheet.height, top + height + pad)];
  return { left: x, top: y, width: right - x, height: bottom - y };
}

/** The background of a sheet: nothing, or where all of it is opaque the most common colour along its edge. */
export function groundOf({ width, height, data }: Pick<Picture, 'width' | 'height' | 'data'>): {
  /** How far the pixel at an offset is from it, 0..255. */
  away: (at: number) => number;
} {
  let opaque = true;
  for (let at = 3; at < data.length && opaque; at += 4) opaque = data[at] === 255;
  if (!opaque) return { away: (at) => data[at + 3]! };
  const [r, g, b] = edgeColour({ width, height, data });
  return {
    away: (at) => Math.max(Math.abs(data[at]! - r), Math.abs(data[at + 1]! - g), Math.abs(data[at + 2]! - b)),
  };
}

/** The middle of each channel along the edge: things that touch it, and noise, hardly move it. */
function edgeColour({ width, height, data }: Pick<Picture, 'width' | 'height' | 'data'>): [number, number, number] {
  const places = [
    ...Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x]),
    ...Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1]),
  ].flat();
  const middle = (c: number): number => places.map((i) => data[i * 4 + c]!).sort((a, b) => a - b)[places.length >> 1]!;
  return [middle(0), middle(1), middle(2)];
}

/** What is not background. */
export function maskOf(sheet: Picture, tolerance: number): Mask {
  const mask = new Uint8Array(sheet.width * sheet.height);
  const { away } = groundOf(sheet);
  for (let i = 0; i < mask.length; i++) if (away(i * 4) > tolerance) mask[i] = 1;
  return { width: sheet.width, height: sheet.height, data: mask };
}

/** Whether a cell is all of one colour (premultiplied: all that is transparent is one). */
function isFlat(sheet: Picture, { left, top, width, height }: Box): boolean {
  const pixels = new Uint32Array(sheet.data.buffer, sheet.data.byteOffset, sheet.width * sheet.height);
  const first = pixels[top * sheet.width + left];
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) if (pixels[y * sheet.width + x] !== first) return false;
  return true;
}

function cut(sheet: Picture, { left, top, width, height }: Box): Picture {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * sheet.width + left) * 4;
    data.set(sheet.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { width, height, channels: 4, data };
}
