/** Finding, or fetching, Electron's binary. `require('electron')` would begin a download by itself: nothing here does. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { NODE_VARIABLE } from '../node.ts';
import { built } from '../root.ts';
import { hasDisplay } from './chromium.ts';

/** A download that has not ended by then will not. */
const PATIENCE = 180_000;

/** The binary, if it is there. `ELECTRON_OVERRIDE_DIST_PATH` is Electron's own way to name another. */
export function electronBinary(): string | null {
  const folder = electronFolder();
  if (folder === null) return null;
  const named = join(folder, 'path.txt');
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (!override && !existsSync(named)) return null;
  const name = existsSync(named)
    ? readFileSync(named, 'utf8').trim()
    : process.platform === 'win32'
      ? 'electron.exe'
      : 'electron';
  const file = override ? join(override, name) : join(folder, 'dist', name);
  return existsSync(file) ? file : null;
}

function electronFolder(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null; // installed without it
    throw error;
  }
}

/** Opens the studio in Electron and waits for its end. @returns null, or in one line why it cannot be opened */
export async function openElectron(say: (line: string) => void): Promise<string | null> {
  if (!hasDisplay()) return 'There is no display here, so the studio is served to a browser.';
  let binary = electronBinary();
  if (binary === null) {
    say('Fetching Electron (once) ...');
    const problem = await fetchElectron();
    binary = electronBinary();
    if (binary === null) return `Electron could not be fetched (${problem}), so the studio opens in a browser window.`;
  }
  say('Opening the studio in Electron.');
  process.exitCode = await ending(binary, [built('electron.js')]);
  return null;
}

async function fetchElectron(): Promise<string> {
  const folder = electronFolder();
  if (folder === null) return 'the package electron is not installed';
  const status = await ending(process.execPath, [join(folder, 'install.js')], PATIENCE);
  return status === 0 ? 'its files are not where they should be' : 'its download failed';
}

/** The exit status of a program, 1 when it was killed or could not be started. */
function ending(command: string, args: readonly string[], timeout = 0): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, [NODE_VARIABLE]: process.execPath };
    const child = spawn(command, args, { stdio: timeout > 0 ? 'ignore' : 'inherit', timeout, env });
    child.on('error', () => resolve(1));
    child.on('exit', (status) => resolve(status ?? 1));
  });
}
