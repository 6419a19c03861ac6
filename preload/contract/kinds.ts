/** What lies in a dataset, and what learns from it. */
import type { DatasetKind } from './schemas.ts';

/** Whether a family that wants one kind of data learns from another: labelled pictures are pictures too. */
export const learnsFrom = (data: DatasetKind, dataset: DatasetKind): boolean =>
  data === dataset || (data === 'pictures' && dataset === 'labelled');
