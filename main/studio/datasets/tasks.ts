/**
 * Everything that the studio does to datasets, as one table of tasks. Arguments and results are plain data, so that a
 * process of its own can run them: pictures are untrusted, and what opens them may crash.
 */
import { inspectDataset } from '../doctor.ts';
import type { Finding, FixKind } from '../findings.ts';
import { findCells, type SheetPlan } from './cells.ts';
import { describeDataset } from './describe.ts';
import { sketchOf, type DrawingOptions } from './drawing.ts';
import { applyFix, undoFix } from './fixes.ts';
import { addToDataset, importDataset, type ImportOptions } from './import.ts';
import { proposePairs } from './re-pair.ts';
import { recognise } from './recognise.ts';
import { sheetDataset } from './sheet-dataset.ts';
import { makeSketches, suggestStyles, type SketchesOptions } from './sketches.ts';
import { suggestPlan } from './suggest-plan.ts';
import { isTransparent } from './transparency.ts';
import { thumbnail, type ThumbnailOptions } from './thumbnail.ts';

/** Told now and then how far a task is. */
export type OnProgress = (done: number, total: number) => void;

type Plain<T> = Omit<T, 'onProgress'>;

/** The tasks by name. */
export const datasetTasks = {
  recognise: ({ sources }: { sources: string[] }) => recognise(sources),
  importDataset: (args: Plain<ImportOptions>, onProgress: OnProgress) => importDataset({ ...args, onProgress }),
  addToDataset: (args: Omit<Plain<ImportOptions>, 'title' | 'as'>, onProgress: OnProgress) =>
    addToDataset({ ...args, onProgress }),
  isTransparent: ({ folder }: { folder: string }) => isTransparent(folder, 'finished'),
  describeDataset: async ({ folder }: { folder: string }) => Promise.resolve(describeDataset(folder)),
  thumbnail: (args: ThumbnailOptions) => thumbnail(args),
  findCells: ({ file, plan }: { file: string; plan: SheetPlan }) => findCells(file, plan),
  suggestPlan: ({ file }: { file: string }) => suggestPlan(file),
  sheetDataset: (args: { file: string; plan: SheetPlan; folder: string; title: string }, onProgress: OnProgress) =>
    sheetDataset({ ...args, onProgress }),
  makeSketches: (args: Plain<SketchesOptions>, onProgress: OnProgress) => makeSketches({ ...args, onProgress }),
  suggestStyles: ({ folder }: { folder: string }) => suggestStyles(folder),
  sketchOf: ({ file, ...options }: { file: string } & DrawingOptions) => sketchOf(file, options),
  inspectDataset: (args: { folder: string; holdout?: number; seed?: number }, onProgress: OnProgress) =>
    inspectDataset(args.folder, { ...args, onProgress }),
  proposePairs: ({ folder }: { folder: string }) => proposePairs(folder),
  applyFix: ({ folder, finding, fix }: { folder: string; finding: Pick<Finding, 'kind' | 'files'>; fix: FixKind }) =>
    applyFix(folder, finding, fix),
  undoFix: async ({ folder, undo }: { folder: string; undo: unknown }) => {
    await Promise.resolve();
    undoFix(folder, undo);
  },
};
