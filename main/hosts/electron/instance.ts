/**
 * One studio a person: a second start brings the first to the front, with what it was given. A project is opened; files go
 * where they would go if they had been dropped into the window.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { app } from 'electron';
import { isProject } from '../../studio/project.ts';
import type { Studio } from '../../studio/studio.ts';
import type { Windows } from './windows.ts';

type Take = (paths: readonly string[]) => void;

/** Hears from the first moment on: macOS says which file it was started with before the program is ready. */
export function hearFiles(): (take: Take) => void {
  const early: string[] = [];
  let take: Take = (paths) => void early.push(...paths);
  app.on('open-file', (event, path) => {
    event.preventDefault();
    take([path]);
  });
  return (taken) => {
    take = taken;
    if (early.length > 0) take(early);
  };
}

export function setupInstance(studio: Studio, windows: Windows, files: ReturnType<typeof hearFiles>): void {
  const open: Take = (paths) => {
    windows.show();
    const project = paths.find(isProject);
    const plain = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
    try {
      if (project !== undefined) studio.open(project);
      else if (plain.length > 0) studio.openFiles(plain);
      for (const path of project === undefined ? plain : [project]) app.addRecentDocument(path);
    } catch (error) {
      studio.tell('notice', { level: 'error', message: studio.explain(error).message, run: null });
    }
  };
  /** What was named on the command line: after the program, and outside packages after its folder. Chromium adds flags. */
  const named = (args: readonly string[], folder: string): string[] =>
    args
      .filter((arg) => !arg.startsWith('-'))
      .slice(app.isPackaged ? 1 : 2)
      .map((path) => resolve(folder, path));
  app.on('second-instance', (_, args, folder) => open(named(args, folder)));
  app.on('activate', () => windows.show());
  files(open);
  const first = named(process.argv, process.cwd());
  if (first.length > 0) open(first);
}
