/** The rows of a preview sheet as pictures for the viewer. */
import type { Run } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';
import { SIDES } from '../../../ui/sheet.ts';
import { loadCell } from '../../../ui/viewer/pictures.ts';
import type { ViewerPicture } from '../../../ui/viewer/viewer.svelte.ts';

/** One row: input, result, truth. */
export const previewPicture = (run: Run, address: string, row: number): ViewerPicture => ({
  title: run.previewNames[row] ?? '',
  sides: SIDES.map((side) => ({
    label: t.train.run.sides[side],
    load: () => loadCell(address, run.size, row, side),
  })),
});
