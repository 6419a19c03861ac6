/** The rows of a preview sheet: as pictures for the viewer, in groups where a training goes both ways. */
import type { Direction, Run } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';
import { SIDES } from '../../../ui/sheet.ts';
import { loadCell } from '../../../ui/viewer/pictures.ts';
import type { ViewerPicture } from '../../../ui/viewer/viewer.svelte.ts';

/** What the three pictures of a row are called. */
export const sideWords = ({ data }: Pick<Run, 'data'>): (typeof t.train.run)['sides'] =>
  data === 'sets' ? t.train.run.setSides : t.train.run.sides;

/** Rows of one direction: from `from` to before `end`; no direction where there is but one. */
export interface Rows {
  direction: Direction | null;
  from: number;
  end: number;
}

/** The groups of a sheet's rows, by the names of their pictures. @param rows of the sheet, also before names are known */
export function directionsOf(names: readonly string[], rows: number): Rows[] {
  const back = names.findIndex((name) => name.startsWith('B/'));
  if (back <= 0) return [{ direction: null, from: 0, end: rows }];
  return [
    { direction: 'AtoB', from: 0, end: back },
    { direction: 'BtoA', from: back, end: rows },
  ];
}

/** One row: input, result, and the truth or an example. */
export const previewPicture = (run: Run, address: string, row: number): ViewerPicture => ({
  title: run.previewNames[row] ?? '',
  sides: SIDES.map((side) => ({
    label: sideWords(run)[side],
    load: () => loadCell(address, run.size, row, side),
  })),
});
