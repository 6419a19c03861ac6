/** Opening a window of an installed Chromium in app mode: no tabs, no address bar. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { homeFolder } from '../studio/places.ts';

export interface AppWindow {
  browser: string;
  /** Fulfilled when the window is closed. */
  closed: Promise<void>;
}

const CANDIDATES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'brave-browser'],
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((root) =>
    ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((path) =>
      join(process.env[root] ?? '', path),
    ),
  ),
};

/** Whether a window can be shown at all. */
export const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);

/** The installed Chromium, or null. `MAQUETTE_BROWSER` names another one. */
export function findBrowser(): string | null {
  const wanted = process.env['MAQUETTE_BROWSER'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const files = (wanted ? [wanted] : (CANDIDATES[process.platform] ?? [])).flatMap((name) =>
    /[/\\]/.test(name) ? [name] : folders.map((folder) => join(folder, name)),
  );
  return files.find((file) => existsSync(file)) ?? null;
}

/** Opens the address in a window of its own; null where there is no display or no Chromium. */
export function openWindow(url: string): AppWindow | null {
  const browser = hasDisplay() ? findBrowser() : null;
  if (browser === null) return null;
  const profile = join(homeFolder(), 'browser');
  const child = spawn(
    browser,
    [
      `--app=${url}`,
      `--user-data-dir=${profile}`,
      '--window-size=1440,900',
      '--no-first-run',
      '--no-default-browser-check',
    ],
    { stdio: 'ignore' },
  );
  return {
    browser,
    closed: new Promise((resolve, reject) => {
      child.on('exit', () => resolve());
      child.on('error', reject);
    }),
  };
}
