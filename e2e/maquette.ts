/** What the end-to-end tests share: the real program in a process of its own, and small datasets. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Random } from '../models/graph/random.ts';
import { encodePng, type Picture } from '../main/engine/pictures/pictures.ts';
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

/** A folder for one test file; removed by `remove`. */
export function temporary(): { path: (...parts: string[]) => string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'maquette-'));
  return { path: (...parts) => join(root, ...parts), remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Two sets that do not belong together: dark discs, and coloured ones at other places. */
export async function writeSets(folder: string, count: number, size = 32): Promise<void> {
  await writePairs(folder, 2 * count, size);
  for (const [side, kept] of [
    ['A', 0],
    ['B', 1],
  ] as const) {
    for (const [i, name] of readdirSync(join(folder, side)).sort().entries())
      if (i % 2 !== kept) rmSync(join(folder, side, name));
    renameSync(join(folder, side), join(folder, `train${side}`));
  }
}

/** Pairs that can be learned: a dark disc on white, and the same disc in the colour of its place. */
export async function writePairs(folder: string, count: number, size = 32): Promise<void> {
  for (const side of ['A', 'B']) mkdirSync(join(folder, side), { recursive: true });
  for (let i = 0; i < count; i++) {
    const random = new Random(i, 'disc');
    const [cx, cy, radius] = [
      random.uniform() * size,
      random.uniform() * size,
      size * (0.15 + 0.25 * random.uniform()),
    ];
    const paint = (inside: readonly number[]): Picture => {
      const data = new Uint8Array(size * size * 3).fill(255);
      for (let y = 0; y < size; y++)
        for (let x = 0; x < size; x++) if (Math.hypot(x - cx, y - cy) < radius) data.set(inside, (y * size + x) * 3);
      return { width: size, height: size, channels: 3, data };
    };
    const name = `disc-${String(i).padStart(3, '0')}.png`;
    await encodePng(paint([20, 20, 20]), join(folder, 'A', name));
    await encodePng(paint([(cx / size) * 255, (cy / size) * 255, 128]), join(folder, 'B', name));
  }
}
