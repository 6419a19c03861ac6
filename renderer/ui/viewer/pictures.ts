/** Pictures for the viewer: whole ones, and cells cut out of a preview sheet. */
import { cellAt, type Side } from '../sheet.ts';
import type { Pixels } from './stage-view.ts';

/** Loads a picture. @throws Error when it cannot be shown */
export async function loadPicture(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** One cell of a sheet, at its full size. */
export async function loadCell(address: string, size: number, row: number, side: Side): Promise<Pixels> {
  const sheet = await loadPicture(address);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const { left, top } = cellAt(size, row, side);
  canvas.getContext('2d')!.drawImage(sheet, left, top, size, size, 0, 0, size, size);
  return canvas;
}
