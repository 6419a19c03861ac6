/** A sample as a dataset of the studio. */
import { writeSample } from '../samples.ts';
import { kindOfFolder } from './describe.ts';
import { writeManifest } from './manifest.ts';
import { wholeFolder } from './whole-folder.ts';

export interface SampleDatasetOptions {
  name: string;
  /** The new dataset's folder, which must not exist yet. */
  folder: string;
  title: string;
  count: number;
  onProgress: (done: number, total: number) => void;
}

/** What the two sets of a sample are called. */
const SETS: Readonly<Record<string, { setNames: { a: string; b: string } }>> = {
  portraits: { setNames: { a: 'ink', b: 'colour' } },
};

/** Writes a sample, whole or not at all. @throws UserError */
export const sampleDataset = ({ name, folder, title, count, onProgress }: SampleDatasetOptions): Promise<null> =>
  wholeFolder(folder, async (partial) => {
    await writeSample(name, partial, { count, onProgress });
    const created = new Date().toISOString();
    writeManifest(partial, { format: 1, title, kind: kindOfFolder(partial), created, from: name, ...SETS[name] });
    return null;
  });
