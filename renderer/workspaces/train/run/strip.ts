/** The film strip of a run: the results of its sheets, small, made once for each sheet. */
import { cellAt } from '../../../ui/sheet.ts';
import { loadPicture } from '../../../ui/viewer/pictures.ts';

/** At most so many frames are shown. */
export const MOST_FRAMES = 40;
/** Pixels of a frame. */
export const FRAME = 112;

/** At most `most` of the items, evenly spread, the first and the last among them. */
export function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}

/** The results of a sheet as one column of small frames: whole sheets would fill the memory. */
export async function framesOf(address: string, size: number, rows: number): Promise<HTMLCanvasElement> {
  const sheet = await loadPicture(address);
  const canvas = document.createElement('canvas');
  canvas.width = FRAME;
  canvas.height = FRAME * rows;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.imageSmoothingEnabled = size > FRAME / 2;
  for (let row = 0; row < rows; row++) {
    const { left, top } = cellAt(size, row, 'result');
    context.drawImage(sheet, left, top, size, size, 0, row * FRAME, FRAME, FRAME);
  }
  return canvas;
}
