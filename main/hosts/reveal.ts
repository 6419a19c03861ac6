/** Shows a folder in the system's own window for files. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasDisplay } from './chromium.ts';

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { linux: 'xdg-open', darwin: 'open', win32: 'explorer.exe' };

/** What opens a folder here; null where nothing can (no display, or no such program). */
export function folderOpener(log: (line: string) => void): ((folder: string) => void) | null {
  const opener = OPENERS[process.platform];
  const known = (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, opener ?? '')));
  if (opener === undefined || !hasDisplay() || (process.platform === 'linux' && !known)) return null;
  return (folder) => {
    spawn(opener, [folder], { stdio: 'ignore', detached: true })
      .on('error', (error) => log(`the folder could not be shown: ${error.message}`))
      .unref();
  };
}
