/** Where things are on this machine: the folder of settings, and the folder of projects. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, sep } from 'node:path';

export { homeFolder } from '../home.ts';

/** Where new projects go. */
export function projectsFolder(): string {
  if (process.env['MAQUETTE_HOME']) return join(process.env['MAQUETTE_HOME'], 'projects');
  const documents = join(homedir(), 'Documents');
  return join(existsSync(documents) ? documents : homedir(), 'Maquette');
}

/** A path for a person to read: the home folder as ~. */
export function shownPath(path: string): string {
  const home = homedir();
  return path === home || path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}

/** A message in which files of the project and dropped ones are called by their names, others as a person knows them. */
export function withoutPaths(message: string, project?: string, picked: readonly string[] = []): string {
  const uploads = /\S*[/\\]\.?(?:maquette[/\\])?\.?uploads[/\\][0-9a-f-]{36}[/\\]/g;
  const inside = project === undefined ? message : message.replaceAll(project + sep, '');
  const named = picked.reduce((said, path) => said.replaceAll(path, basename(path)), inside.replace(uploads, ''));
  return named.replaceAll(homedir() + sep, `~${sep}`);
}
