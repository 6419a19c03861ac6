/** What the task worker does for drawings. */
import { readModelFile } from '../../engine/training/snapshot.ts';
import { varies } from '../../engine/inference/variation.ts';
import { isTransparent } from '../datasets/transparency.ts';
import { bringLines, bringPicture, importDrawing } from './bring-in.ts';
import { readLayer, saveDrawing, type SaveDrawing } from './drawing-folder.ts';
import { exportDrawing, previewMap } from './export.ts';
import { cutLessons, reportLesson } from './lessons.ts';
import { bringExample, examplesIn } from './example.ts';
import { learnedPalette, learnedPaper, lookAt } from './palette.ts';

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
  bringExample,
  /** What a drawing person wants to know of a model; `dataset` is the folder that it was trained on, if that is known. */
  modelFacts: async ({ model, dataset, heldOut }: { model: string; dataset: string | null; heldOut: string[] }) => {
    const looks = dataset === null ? [] : await lookAt(dataset);
    const palette = learnedPalette(looks);
    const example = dataset !== null && palette.length > 0 && examplesIn(dataset, heldOut).length > 0;
    const read = readModelFile(model);
    const rgba = read.metadata['maquette.channels'] === '4';
    const clear = rgba && dataset !== null && (await isTransparent(dataset, 'drawings'));
    // A model that learned from drawings on nothing takes paper for a part of the thing.
    return { varies: varies(read), palette, example, paper: clear ? ('transparent' as const) : learnedPaper(looks) };
  },
};
