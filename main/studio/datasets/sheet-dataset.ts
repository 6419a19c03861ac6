/** The cells of a sprite sheet as a dataset of the studio. */
import { join } from 'node:path';
import { cutSheet, type SheetPlan } from './cells.ts';
import { PICTURES } from '../../engine/data/one-set.ts';
import { writeManifest } from './manifest.ts';
import { wholeFolder } from './whole-folder.ts';

export interface SheetDatasetOptions {
  file: string;
  plan: SheetPlan;
  /** The new dataset's folder, which must not exist yet. */
  folder: string;
  title: string;
  onProgress: (done: number, total: number) => void;
}

/** Cuts a sheet, whole or not at all. @throws UserError */
export const sheetDataset = ({ file, plan, folder, title, onProgress }: SheetDatasetOptions): Promise<null> =>
  wholeFolder(folder, async (partial) => {
    await cutSheet({ file, plan, folder: join(partial, PICTURES), onProgress });
    writeManifest(partial, { format: 1, title, kind: 'pictures', created: new Date().toISOString() });
    return null;
  });
