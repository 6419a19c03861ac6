/** What the task worker can do, and the messages in which it is asked. */
import type { RoleFailure } from '../../engine/processes/messages.ts';
import { reportEngines } from '../../engine/engines.ts';
import { probePicture } from '../../engine/pictures/pictures.ts';
import { findCells, type SheetPlan } from '../datasets/cells.ts';
import { datasetTasks } from '../datasets/tasks.ts';
import { drawingTasks } from '../drawings/tasks.ts';
import { latentTasks } from '../latent/tasks.ts';
import { joinPictures, oldPreviewCell } from '../preview-pictures.ts';
import { readCurves } from '../curves.ts';
import { collectPictures } from '../collect-pictures.ts';
import { exportCheckpoint } from '../export-checkpoint.ts';
import { examineModel, inspectModel, modelShape, packModel } from '../inspect-model.ts';
import { sampleDataset } from '../datasets/sample-dataset.ts';
import {
  mixResult,
  saveResults,
  workOnPictures,
  tryModel,
  type PictureNews,
  type SaveResults,
  type WorkOnPictures,
} from '../batch-tasks.ts';

export type Progress = (done: number, total: number, news?: PictureNews) => void;

export const tasks = {
  ...datasetTasks,
  ...drawingTasks,
  ...latentTasks,
  /** The cells of a sheet, with the sheet's size. */
  sheetCells: async ({ file, plan }: { file: string; plan: SheetPlan }) => {
    const { width, height } = await probePicture(file);
    return { width, height, boxes: await findCells(file, plan) };
  },
  reportEngines: ({ threads }: { threads: number }) => reportEngines(threads),
  joinPictures,
  oldPreviewCell,
  readCurves: (args: { file: string; points: number; trainPictures: number }) =>
    readCurves(args.file, args.points, args.trainPictures),
  inspectModel: (args: { file: string }) => Promise.resolve(inspectModel(args.file)),
  exportCheckpoint,
  examineModel,
  packModel,
  modelShape: (args: { file: string }) => Promise.resolve(modelShape(args.file)),
  collectPictures: ({ paths }: { paths: string[] }) => collectPictures(paths),
  workOnPictures: (args: WorkOnPictures, onProgress: Progress) => workOnPictures(args, onProgress),
  tryModel,
  saveResults: (args: SaveResults, onProgress: Progress) => saveResults(args, onProgress),
  mixResult,
  sampleDataset: (args: { name: string; folder: string; title: string; count: number }, onProgress: Progress) =>
    sampleDataset({ ...args, onProgress }),
};

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskArgs<K extends TaskName> = Parameters<Tasks[K]>[0];
export type TaskResult<K extends TaskName> = Awaited<ReturnType<Tasks[K]>>;

export interface TaskRequest {
  id: number;
  task: TaskName;
  args: unknown;
}

export type TaskReply =
  | { id: number; type: 'progress'; done: number; total: number; news?: PictureNews | undefined }
  | { id: number; type: 'done'; value: unknown }
  | ({ id: number; type: 'failed' } & RoleFailure);
