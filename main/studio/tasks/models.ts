/** What the task worker does with models, and by them. */
import { reportEngines } from '../../engine/engines.ts';
import { mixResult, saveResults, tryModel, workOnPictures } from '../batch-tasks.ts';
import { exportCheckpoint } from '../export-checkpoint.ts';
import { examineModel, inspectModel, modelShape, packModel } from '../inspect-model.ts';

export const modelTasks = {
  reportEngines: ({ threads }: { threads: number }) => reportEngines(threads),
  inspectModel: (args: { file: string }) => Promise.resolve(inspectModel(args.file)),
  exportCheckpoint,
  examineModel,
  packModel,
  modelShape: (args: { file: string }) => Promise.resolve(modelShape(args.file)),
  workOnPictures,
  tryModel,
  saveResults,
  mixResult,
};
