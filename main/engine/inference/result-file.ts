/** Where results are written. Apart from what translates, so that the studio can ask without loading an engine. */
import { join } from 'node:path';

/** A picture to be translated. */
export interface NamedPicture {
  file: string;
  /** Where its result belongs: a path without extension, relative to a folder, with forward slashes. */
  name: string;
}

/** The file of a result below a folder. */
export const resultFile = (folder: string, name: string): string => `${join(folder, ...name.split('/'))}.png`;
