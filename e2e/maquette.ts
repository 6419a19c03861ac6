/** What the end-to-end tests share: the real program in a process of its own, and small datasets. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../main/root.ts';

export type Event = { event: string } & Record<string, unknown>;

export interface Ended {
  status: number | null;
  signal: string | null;
  stderr: string;
  stdout: string;
  /** The JSON lines of stdout. */
  events: Event[];
  /** The last event, if it is `done`. */
  done: Event | undefined;
}

export const PROGRAM = join(ROOT, 'bin', 'maquette.js');

/** Starts the program; `onEvent` sees its JSON lines as they come. */
export function start(
  args: readonly string[],
  onEvent: (event: Event, child: ChildProcess) => void = () => undefined,
  options: SpawnOptions = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  return follow(
    spawn(process.execPath, [PROGRAM, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] }),
    onEvent,
  );
}

/** Reads a process to its end. */
export function follow(
  child: ChildProcess,
  onEvent: (event: Event, child: ChildProcess) => void = () => undefined,
): { child: ChildProcess; ended: Promise<Ended> } {
  const [events, lines]: [Event[], string[]] = [[], []];
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as Event;
    events.push(event);
    onEvent(event, child);
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      const last = events.at(-1);
      resolve({
        status,
        signal,
        stderr,
        stdout: lines.join('\n'),
        events,
        done: last?.event === 'done' ? last : undefined,
      });
    });
  });
  return { child, ended };
}

export const run = (...args: string[]): Promise<Ended> => start(args).ended;

/** Trains until the given step, then kills the program and its engine at once. */
export async function killAt(step: number, args: readonly string[]): Promise<Ended> {
  const { ended } = start(
    args,
    (event, child) => {
      if (event.event === 'step' && event['step'] === step) process.kill(-child.pid!, 'SIGKILL');
    },
    { detached: true },
  );
  return ended;
}
