/** Files as the person knows them who dropped them: below the folder that was dropped, and never by places of ours. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { shown } from '../../engine/data/shown.ts';

export interface FileNames {
  /** What a file is called. */
  of: (file: string) => string;
  /** A text with files so called. */
  say: (text: string) => string;
  /** The file of an input, or of a target, by that name: of two folders of one name the first has the inputs. */
  input: (name: string) => string;
  target: (name: string) => string;
}

/** @param sources the dropped files and folders, full paths */
export function namesOf(sources: readonly string[]): FileNames {
  const [only] = sources;
  const alone = sources.length === 1 && statSync(only!, { throwIfNoEntry: false })?.isDirectory();
  const bases = [...new Set(alone ? [only!] : sources.map((source) => dirname(source)))];
  const base = (file: string): string => bases.find((each) => file.startsWith(each + sep)) ?? dirname(file);
  return {
    of: (file) => shown(base(file), file),
    say: (text) => bases.reduce((said, each) => said.replaceAll(each + sep, ''), text),
    input: (name) => bases.map((each) => join(each, name)).find((file) => existsSync(file)) ?? name,
    target: (name) => bases.map((each) => join(each, name)).findLast((file) => existsSync(file)) ?? name,
  };
}
