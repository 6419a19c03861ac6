/** The rows of a preview: as pictures for the viewer, in groups where a training goes both ways. */
import type { Direction, Run } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';
import { cellAddress, type ColumnTitle } from '../../../ui/preview.ts';
import { loadPicture } from '../../../ui/viewer/pictures.ts';
import type { ViewerPicture } from '../../../ui/viewer/viewer.svelte.ts';
import { kindOf, type RunKind } from './kind.ts';

export type PreviewRow = Run['previewRows'][number];

/** What the columns of a run's previews usually are, before the first one comes. */
const USUAL: Record<RunKind, readonly ColumnTitle[]> = {
  pairs: ['input', 'result', 'truth'],
  sets: ['input', 'result', 'example'],
  labelled: ['result'],
  pictures: ['result'],
  enlarging: ['input', 'result', 'truth'],
};

/** As many rows as a preview usually has, so that nothing moves when the first one comes. */
const USUAL_ROWS = 6;

/** The rows of a run's previews, or boxes that wait for them. */
export const rowsOf = (run: Pick<Run, 'previewRows' | 'data' | 'does'>): PreviewRow[] =>
  run.previewRows.length > 0
    ? run.previewRows
    : Array.from({ length: USUAL_ROWS }, (_, i) => ({
        name: `${i + 1}`,
        direction: null,
        columns: [...USUAL[kindOf(run)]],
      }));

/** Rows that follow each other and go the same way, and the place of the first. */
export interface Group {
  direction: Direction | null;
  from: number;
  rows: PreviewRow[];
}

export function groupsOf(rows: readonly PreviewRow[]): Group[] {
  const groups: Group[] = [];
  for (const [at, row] of rows.entries()) {
    const last = groups.at(-1);
    if (last?.direction === row.direction) last.rows.push(row);
    else groups.push({ direction: row.direction, from: at, rows: [row] });
  }
  return groups;
}

/** One row, its columns as sides to compare. */
export const previewPicture = (run: Run, step: number, row: number): ViewerPicture => ({
  title: run.previewRows[row]?.name ?? '',
  sides: (run.previewRows[row]?.columns ?? []).map((title) => ({
    label: t.train.run.columns[title],
    load: () => loadPicture(cellAddress(run.id, step, row, title)),
  })),
});
