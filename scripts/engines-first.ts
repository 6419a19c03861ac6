/**
 * The order of the tests. Without an earlier run, Vitest goes by the length of a file, which says little about its time:
 * whatever starts an engine, a process or a window is begun first, and what only computes fills the end, when there is
 * not work for all cores any more. Files that share a process follow one another, as it ends when another kind is next.
 */
import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const STARTS =
  /\b(openStudio|forkRole|startRuntime|startTraining|setBackend|TaskWorker|triedEngines|softwareDevice)\b|\b(Studio|Training)\(|\/maquette\.ts'/;

/** The projects of vitest.config.ts, the longest first. */
const PROJECTS = ['work', 'pure'];

/** Those first whose text starts something, else in the order in which they are. */
export const startersFirst = <File>(files: readonly File[], textOf: (file: File) => string): File[] => {
  const starts = new Set(files.filter((file) => STARTS.test(textOf(file))));
  return [...starts, ...files.filter((file) => !starts.has(file))];
};

/** The files of a project one after another, else in the order in which they are. */
export const projectsTogether = <File>(files: readonly File[], projectOf: (file: File) => string): File[] =>
  [...files].sort((a, b) => PROJECTS.indexOf(projectOf(a)) - PROJECTS.indexOf(projectOf(b)));

export class EnginesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = startersFirst(await super.sort(files), ({ moduleId }) => readFileSync(moduleId, 'utf8'));
    return projectsTogether(sorted, ({ project }) => project.name);
  }
}
