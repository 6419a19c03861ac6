/** Where the cells of a run's previews are: a picture each. */
import type { Run } from '../../preload/contract/index.ts';

export type ColumnTitle = Run['previewRows'][number]['columns'][number];

/** The address of a cell. */
export const cellAddress = (run: string, step: number, row: number, title: ColumnTitle): string =>
  `/media/preview/${encodeURIComponent(run)}/${step}/${row}/${title}`;
