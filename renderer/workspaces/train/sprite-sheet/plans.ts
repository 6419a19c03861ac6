/** The numbers of a plan for cutting a sheet: what they may be, and what is wrong with them. */
import type { CutPlan } from '../../../../preload/contract/index.ts';

type Of<M extends CutPlan['mode']> = Extract<CutPlan, { mode: M }>;
export type GridPlan = Of<'grid'>;
export type IslandsPlan = Of<'islands'>;

export type FieldName = Exclude<keyof GridPlan | keyof IslandsPlan, 'mode'>;

/** As the contract has them. */
export const LIMITS: Readonly<Record<FieldName, readonly [least: number, most: number]>> = {
  columns: [1, 256],
  rows: [1, 256],
  margin: [0, 4096],
  spacing: [0, 4096],
  tolerance: [0, 255],
  gap: [0, 256],
  least: [1, 4096],
  pad: [0, 256],
};

export const FIELDS: Readonly<Record<CutPlan['mode'], readonly FieldName[]>> = {
  grid: ['columns', 'rows', 'margin', 'spacing'],
  islands: ['tolerance', 'gap', 'least', 'pad'],
};

/** Plans to begin with, for the mode that was not suggested. */
export const FIRST: { grid: GridPlan; islands: IslandsPlan } = {
  grid: { mode: 'grid', columns: 4, rows: 4, margin: 0, spacing: 0 },
  islands: { mode: 'islands', tolerance: 16, gap: 2, least: 8, pad: 2 },
};

/** Whether a number can stand in a field. */
export function fits(field: FieldName, value: number | null | undefined): value is number {
  const [least, most] = LIMITS[field];
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

/** The plan that the numbers make; null while one of them cannot be. */
export function planOf(
  mode: CutPlan['mode'],
  draft: Readonly<Partial<Record<FieldName, number | null>>>,
): CutPlan | null {
  if (!FIELDS[mode].every((field) => fits(field, draft[field]))) return null;
  return { mode, ...Object.fromEntries(FIELDS[mode].map((field) => [field, draft[field]])) } as CutPlan;
}
