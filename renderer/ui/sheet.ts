/** Where the cells of a preview sheet are: rows of three (input, result, truth), a gap around and between them. */
import { sheetGap } from '../../preload/contract/sheet.ts';
export const SIDES = ['input', 'result', 'truth'] as const;
export type Side = (typeof SIDES)[number];

export interface SheetShape {
  /** Pixels of a cell. */
  size: number;
  rows: number;
}

/** The address of a run's sheet. */
export const sheetAddress = (run: string, step: number): string => `/media/preview/${encodeURIComponent(run)}/${step}`;

/** The top left pixel of a cell. */
export function cellAt(size: number, row: number, side: Side): { left: number; top: number } {
  const gap = sheetGap(size);
  const at = (index: number): number => gap + index * (size + gap);
  return { left: at(SIDES.indexOf(side)), top: at(row) };
}

/** Half a pixel is cut from each edge, so that enlarging never blends in the gap beside it. */
const INSET = 0.5;

/** The background's size and place that show one cell in a box of any size. */
export function cropStyle({ size, rows }: SheetShape, row: number, side: Side): { size: string; position: string } {
  const gap = sheetGap(size);
  const width = gap + SIDES.length * (size + gap);
  const height = gap + rows * (size + gap);
  const { left, top } = cellAt(size, row, side);
  const seen = size - 2 * INSET;
  const percent = (share: number): string => `${+(share * 100).toFixed(4)}%`;
  return {
    size: `${percent(width / seen)} ${percent(height / seen)}`,
    position: `${percent((left + INSET) / (width - seen))} ${percent((top + INSET) / (height - seen))}`,
  };
}
