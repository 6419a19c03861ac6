/** The browser host: the studio on this machine's loopback, in a window of Chromium where there is one. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeAtomic } from '../files.ts';
import { homeFolder } from '../studio/places.ts';
import { Studio } from '../studio/studio.ts';
import { openWindow, type AppWindow } from './chromium.ts';
import { openLog } from './log.ts';
import { openStore } from './store.ts';
import { folderOpener } from './reveal.ts';
import { Web } from './web.ts';

export interface ServeOptions {
  /** null for the host that runs already, or any free port. */
  port: number | null;
  hostname: string;
  /** Opens a window, where there is a display and a Chromium. */
  open: boolean;
  /** Tells of the address. */
  listening: (url: string, how: 'fresh' | 'running', window: string | null) => void;
}

/** What a running host leaves for the next `serve` of the same person. */
interface Running {
  pid: number;
  port: number;
  hostname: string;
  secret: string;
}

const runningFile = (): string => join(homeFolder(), 'host.json');

/** Serves until it is told to end. A host that runs already gives a fresh link instead. @throws UserError */
export async function serve(options: ServeOptions): Promise<void> {
  const known = options.port === null ? await linkOfRunning() : null;
  if (known !== null) {
    options.listening(known, 'running', options.open ? (openWindow(known)?.browser ?? null) : null);
    return;
  }
  const log = openLog();
  const reveal = folderOpener(log);
  const studio = new Studio({ host: 'browser', store: openStore(), log, ...(reveal && { reveal }) });
  const web = new Web(studio, { port: options.port ?? 0, hostname: options.hostname, log });
  const port = await web.listen();
  const running: Running = { pid: process.pid, port, hostname: options.hostname, secret: web.secret };
  writeAtomic(runningFile(), [JSON.stringify(running)], 0o600);
  const url = web.freshLink();
  const window = options.open ? openWindow(url) : null;
  options.listening(url, 'fresh', window?.browser ?? null);
  await ended(studio, window);
  web.close();
  rmSync(runningFile(), { force: true });
  await studio.close();
}

/** Fulfilled by Ctrl-C, or when the window that we opened was closed and nothing is under way. */
function ended(studio: Studio, window: AppWindow | null): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
    window?.closed.then(
      () => {
        const check = (): void => {
          if (studio.queue.busy || studio.server.windows > 0) setTimeout(check, 1000);
          else resolve();
        };
        check();
      },
      () => undefined,
    );
  });
}

/** A fresh link of the host that runs already, or null. */
async function linkOfRunning(): Promise<string | null> {
  if (!existsSync(runningFile())) return null;
  try {
    const { port, hostname, secret } = JSON.parse(readFileSync(runningFile(), 'utf8')) as Running;
    const response = await fetch(`http://${hostname}:${port}/link`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      signal: AbortSignal.timeout(2000),
    });
    return response.ok ? await response.text() : null;
  } catch (error) {
    // It was killed, and what it left is of no use any more: SyntaxError (half a file) or no answer.
    if (error instanceof SyntaxError || error instanceof TypeError || (error as Error).name === 'TimeoutError')
      return null;
    throw new UserError(`Cannot ask the running studio for a link: ${(error as Error).message}`, { cause: error });
  }
}
