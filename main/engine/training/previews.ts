/**
 * Previews on disk: what a training shows of itself at a step, as cells. No decoder is loaded here, as the studio's own
 * process looks into them; drawn-previews.ts writes them.
 * `previews/step-000250/` holds a picture for each
 * cell and `preview.json`, which says where they belong; `previews/step-000250.png` beside it shows all of them on one
 * sheet, for people who look into the folder. Format 1 had the sheet alone.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ColumnTitle } from '../../../models/families/program.ts';
import { readRecord } from '../../records.ts';

export const PREVIEW_FORMAT = 2;

const previewSchema = z.object({
  format: z.literal(PREVIEW_FORMAT),
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

export const previewName = (step: number): string => `step-${String(step).padStart(6, '0')}`;

/** The previews of one run. */
export class PreviewFolder {
  /** Where they lie. */
  readonly path: string;

  /** @param path the run's folder */
  constructor(path: string) {
    this.path = join(path, 'previews');
  }

  /** The steps that have a preview, oldest first. */
  steps(): number[] {
    const entries = existsSync(this.path) ? readdirSync(this.path) : [];
    const steps = entries.flatMap((entry) => /^step-(\d+)(?:\.png)?$/.exec(entry)?.[1] ?? []);
    return [...new Set(steps.map(Number))].sort((a, b) => a - b);
  }

  /** The sheet of a step. */
  sheet(step: number): string {
    return join(this.path, `${previewName(step)}.png`);
  }

  /** The file of a cell; null where the preview is of format 1, which has a sheet alone. */
  cell(step: number, row: number, title: ColumnTitle): string | null {
    const folder = join(this.path, previewName(step));
    return existsSync(folder) ? join(folder, cellName(row, title)) : null;
  }

  /** The rows of a preview; null where it is of format 1, which did not say them. @throws UserError when it is damaged */
  rows(step: number): PreviewRow[] | null {
    const file = join(this.path, previewName(step), 'preview.json');
    return existsSync(file) ? readRecord(file, { schema: previewSchema, format: PREVIEW_FORMAT }).rows : null;
  }
}

export const cellName = (row: number, title: ColumnTitle): string => `${row}-${title}.png`;
