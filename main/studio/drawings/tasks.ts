/** What the task worker does for drawings. */
import { readModelFile } from '../../engine/training/snapshot.ts';
import { varies } from '../../engine/inference/variation.ts';
import { bringLines, bringPicture, importDrawing } from './bring-in.ts';
import { readLayer, saveDrawing, type SaveDrawing } from './drawing-folder.ts';
import { exportDrawing, previewMap } from './export.ts';
import { cutLessons, reportLesson } from './lessons.ts';
import { learnedPalette } from './palette.ts';

export const drawingTasks = {
  saveDrawing: (args: SaveDrawing) => saveDrawing(args),
  readLayer: ({ folder, layer }: { folder: string; layer: string }) => readLayer(folder, layer),
  bringPicture,
  bringLines,
  importDrawing,
  exportDrawing,
  previewMap,
  cutLessons,
  reportLesson,
  /** What a drawing person wants to know of a model; `dataset` is the folder that it was trained on, if that is known. */
  modelFacts: async ({ model, dataset }: { model: string; dataset: string | null }) => ({
    varies: varies(readModelFile(model)),
    palette: dataset === null ? [] : await learnedPalette(dataset),
  }),
};
