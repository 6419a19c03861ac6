/** One studio a person: a second start brings the first to the front, with the project that it was given. */
import { app } from 'electron';
import { isProject } from '../../studio/project.ts';
import type { Studio } from '../../studio/studio.ts';
import type { Windows } from './windows.ts';

export function setupInstance(studio: Studio, windows: Windows): void {
  const open = (path: string | undefined): void => {
    windows.show();
    if (path === undefined) return;
    try {
      studio.open(path);
      app.addRecentDocument(path);
    } catch (error) {
      studio.tell('notice', { level: 'error', message: studio.explain(error).message, run: null });
    }
  };
  const named = (args: readonly string[]): string | undefined => args.slice(1).find(isProject);
  app.on('second-instance', (_, args) => open(named(args)));
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('activate', () => windows.show());
  const first = named(process.argv);
  if (first !== undefined) open(first);
}
