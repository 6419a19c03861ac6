/** What runs on this machine (Linux). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { PROGRAM } from './maquette.ts';

/** What is asked of a process, which may end at any moment: undefined then. */
function ifItLives<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}

const read = (file: string): string => ifItLives(() => readFileSync(file, 'utf8')) ?? '';
/** The words that a process was started with, each ended by a NUL. */
export const commandOf = (pid: number): string => read(`/proc/${pid}/cmdline`);

/** The parent of each living process. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = /\) (\w) (\d+) /.exec(read(`/proc/${name}/stat`));
    if (stat && stat[1] !== 'Z') found.set(Number(name), Number(stat[2]));
  }
  return found;
}

/** A process, its parent, and so on. */
function lineOf(pid: number, all: ReadonlyMap<number, number>): number[] {
  const parent = all.get(pid);
  return parent ? [pid, ...lineOf(parent, all)] : [pid];
}

/** The living descendants of a process. */
export function descendantsOf(pid: number): number[] {
  const all = parents();
  return [...all.keys()].filter((each) => each !== pid && lineOf(each, all).includes(pid));
}

/** Ends the studios of tests that were killed: they have a process group of their own, and nobody else would. */
export function endOrphans(): void {
  if (process.platform !== 'linux') return;
  const all = parents();
  const isInUse = (pid: number): boolean => lineOf(pid, all).some((each) => commandOf(each).includes('vitest'));
  for (const pid of all.keys())
    if (commandOf(pid).split('\0').includes(PROGRAM) && isOurs(pid) && startedByTest(pid) && !isInUse(pid))
      ifItLives(() => process.kill(pid, 'SIGKILL'));
}

const isOurs = (pid: number): boolean => ifItLives(() => statSync(`/proc/${pid}`).uid) === process.getuid!();
const startedByTest = (pid: number): boolean => read(`/proc/${pid}/environ`).split('\0').includes('VITEST=true');
