/** Previews with their pictures: written by a training, and cut from the sheets of older ones. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ColumnTitle, Direction } from '../../../models/families/program.ts';
import { writeRecord } from '../../records.ts';
import { decodePicture, encodePng, type Picture } from '../pictures/pictures.ts';
import { contactSheet } from '../pictures/sheet.ts';
import { cellName, PREVIEW_FORMAT, previewName, type PreviewFolder } from './previews.ts';

/** A row with its pictures. */
export interface DrawnRow {
  name: string;
  direction: Direction | null;
  cells: readonly { title: ColumnTitle; picture: Picture }[];
}

/** Pixels between and around the pictures of a sheet. */
const gapOf = (size: number): number => Math.max(2, size >> 5);

/** Writes a preview: all of it is there, or nothing. Gives the sheet's file. @throws UserError */
export async function writePreview(previews: PreviewFolder, step: number, rows: readonly DrawnRow[]): Promise<string> {
  const [folder, half] = [join(previews.path, previewName(step)), join(previews.path, `.${previewName(step)}.partial`)];
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  await Promise.all(
    rows.flatMap(({ cells }, row) =>
      cells.map(({ title, picture }) => encodePng(picture, join(half, cellName(row, title)))),
    ),
  );
  const said = rows.map((row) => ({
    ...{ name: row.name, direction: row.direction },
    columns: row.cells.map(({ title }) => title),
  }));
  writeRecord(join(half, 'preview.json'), { format: PREVIEW_FORMAT, rows: said });
  const pictures = rows.map(({ cells }) => cells.map(({ picture }) => picture));
  await encodePng(contactSheet(pictures, { gap: gapOf(pictures[0]![0]!.width) }), previews.sheet(step));
  rmSync(folder, { recursive: true, force: true });
  renameSync(half, folder);
  return previews.sheet(step);
}

/** A cell of a sheet of format 1, whose pictures of `size` pixels stand in three columns. */
export async function cutOldCell(
  sheet: string,
  { size, row, title }: { size: number; row: number; title: ColumnTitle },
): Promise<Picture> {
  const gap = gapOf(size);
  const column = title === 'input' ? 0 : title === 'result' ? 1 : 2;
  const whole = await decodePicture(sheet, { channels: 3 });
  const at = (i: number): number => gap + i * (size + gap);
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    const from = ((at(row) + y) * whole.width + at(column)) * 3;
    data.set(whole.data.subarray(from, from + size * 3), y * size * 3);
  }
  return { width: size, height: size, channels: 3, data };
}
