/** Files as the person knows them who dropped them: below the folder that was dropped, and never by places of ours. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Skipped } from '../../engine/pictures/listing.ts';
import { shown } from '../../engine/data/shown.ts';

export interface FileNames {
  /** What a file is called. */
  of: (file: string) => string;
  /** The same with what there is to say of it. */
  note: (note: Skipped) => Skipped;
  /** The file of an input, or of a target, by that name: of two folders of one name the first has the inputs. */
  input: (name: string) => string;
  target: (name: string) => string;
}

/** @param sources the dropped files and folders, full paths */
export function namesOf(sources: readonly string[]): FileNames {
  const [only] = sources;
  const alone = sources.length === 1 && statSync(only!, { throwIfNoEntry: false })?.isDirectory();
  const bases = [...new Set(alone ? [only!] : sources.map((source) => dirname(source)))];
  const of = (file: string): string => shown(base(file), file);
  const say = (text: string): string => bases.reduce((said, each) => said.replaceAll(each + sep, ''), text);
  const base = (file: string): string => bases.find((each) => file.startsWith(each + sep)) ?? dirname(file);
  return {
    of,
    note({ file, why }) {
      const [name, said] = [of(file), say(why)];
      return { file: name, why: said.startsWith(`${name} `) ? said.slice(name.length + 1) : said };
    },
    input: (name) => bases.map((each) => join(each, name)).find((file) => existsSync(file)) ?? name,
    target: (name) => bases.map((each) => join(each, name)).findLast((file) => existsSync(file)) ?? name,
  };
}
