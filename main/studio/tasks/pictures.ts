/** What the task worker does with pictures and runs, beside what it does to datasets. */
import { probePicture } from '../../engine/pictures/pictures.ts';
import { collectPictures } from '../collect-pictures.ts';
import { readCurves } from '../curves.ts';
import { findCells, type SheetPlan } from '../datasets/cells.ts';
import type { OnProgress } from '../datasets/tasks.ts';
import { joinPictures, oldPreviewCell } from '../preview-pictures.ts';

export const pictureTasks = {
  /** The cells of a sheet, with the sheet's size. */
  sheetCells: async ({ file, plan }: { file: string; plan: SheetPlan }) => {
    const { width, height } = await probePicture(file);
    return { width, height, boxes: await findCells(file, plan) };
  },
  joinPictures,
  oldPreviewCell,
  readCurves: (args: { file: string; points: number; trainPictures: number }) =>
    readCurves(args.file, args.points, args.trainPictures),
  collectPictures: ({ paths }: { paths: string[] }) => collectPictures(paths),
  sampleDataset: async (
    args: { name: string; folder: string; title: string; count: number },
    onProgress: OnProgress,
  ) => {
    const { sampleDataset } = await import('../datasets/sample-dataset.ts');
    return sampleDataset({ ...args, onProgress });
  },
};
