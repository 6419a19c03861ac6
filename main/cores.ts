/** How many threads engines take. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UserError } from './errors.ts';

/** The number of physical cores, or of the processors that this process may use if that is less. */
function physicalCores(): number {
  const usable = availableParallelism();
  if (process.platform !== 'linux') return usable;
  const folder = '/sys/devices/system/cpu';
  const files = (existsSync(folder) ? readdirSync(folder) : []).map(
    (name) => `${folder}/${name}/topology/thread_siblings_list`,
  );
  const siblings = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8').trim());
  return Math.max(1, Math.min(usable, new Set(siblings).size || usable));
}

/**
 * The threads of an engine where nobody says how many: what `MAQUETTE_THREADS` says, 1 to 256, or one a physical core.
 * @throws UserError where `MAQUETTE_THREADS` is no such number
 */
export function usualThreads(): number {
  const said = process.env['MAQUETTE_THREADS'];
  if (!said) return physicalCores();
  const threads = Number(said);
  if (!Number.isInteger(threads) || threads < 1 || threads > 256)
    throw new UserError(`MAQUETTE_THREADS is "${said}"; set it to a number of processor threads from 1 to 256`);
  return threads;
}
