/**
 * Previews on disk: what a training shows of itself at a step, as cells. `previews/step-000250/` holds a picture for each
 * cell and `preview.json`, which says where they belong; `previews/step-000250.png` beside it shows all of them on one
 * sheet, for people who look into the folder. Format 1 had the sheet alone.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ColumnTitle, Direction } from '../../../models/families/program.ts';
import { readRecord, writeRecord } from '../../records.ts';
import { decodePicture, encodePng, type Picture } from '../pictures/pictures.ts';
import { contactSheet } from '../pictures/sheet.ts';

const FORMAT = 2;

const previewSchema = z.object({
  format: z.literal(FORMAT),
  rows: z.array(
    z.object({
      /** The name of the picture that went in, or of the label; a number where there is neither. */
      name: z.string(),
      /** Which way it was translated, where a family learns both. */
      direction: z.enum(['AtoB', 'BtoA']).nullable(),
      /** From left to right. */
      columns: z.array(z.enum(['input', 'result', 'truth', 'example'])),
    }),
  ),
});

/** What a preview shows: its rows, each with its columns. */
export type PreviewRow = z.infer<typeof previewSchema>['rows'][number];

/** A row with its pictures. */
export interface DrawnRow {
  name: string;
  direction: Direction | null;
  cells: readonly { title: ColumnTitle; picture: Picture }[];
}

const name = (step: number): string => `step-${String(step).padStart(6, '0')}`;

/** Pixels between and around the pictures of a sheet. */
const gapOf = (size: number): number => Math.max(2, size >> 5);

/** The previews of one run. */
export class PreviewFolder {
  readonly #path: string;

  /** @param path the run's folder */
  constructor(path: string) {
    this.#path = join(path, 'previews');
  }

  /** The steps that have a preview, oldest first. */
  steps(): number[] {
    const entries = existsSync(this.#path) ? readdirSync(this.#path) : [];
    const steps = entries.flatMap((entry) => /^step-(\d+)(?:\.png)?$/.exec(entry)?.[1] ?? []);
    return [...new Set(steps.map(Number))].sort((a, b) => a - b);
  }

  /** The sheet of a step. */
  sheet(step: number): string {
    return join(this.#path, `${name(step)}.png`);
  }

  /** The file of a cell; null where the preview is of format 1, which has a sheet alone. */
  cell(step: number, row: number, title: ColumnTitle): string | null {
    const folder = join(this.#path, name(step));
    return existsSync(folder) ? join(folder, cellName(row, title)) : null;
  }

  /** The rows of a preview; null where it is of format 1, which did not say them. @throws UserError when it is damaged */
  rows(step: number): PreviewRow[] | null {
    const file = join(this.#path, name(step), 'preview.json');
    return existsSync(file) ? readRecord(file, { schema: previewSchema, format: FORMAT }).rows : null;
  }

  /** Writes a preview: all of it is there, or nothing. Gives the sheet's file. @throws UserError */
  async write(step: number, rows: readonly DrawnRow[]): Promise<string> {
    const [folder, half] = [join(this.#path, name(step)), join(this.#path, `.${name(step)}.partial`)];
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
    writeRecord(join(half, 'preview.json'), { format: FORMAT, rows: said });
    const pictures = rows.map(({ cells }) => cells.map(({ picture }) => picture));
    await encodePng(contactSheet(pictures, { gap: gapOf(pictures[0]![0]!.width) }), this.sheet(step));
    rmSync(folder, { recursive: true, force: true });
    renameSync(half, folder);
    return this.sheet(step);
  }
}

const cellName = (row: number, title: ColumnTitle): string => `${row}-${title}.png`;

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
