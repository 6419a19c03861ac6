/** How many threads engines take. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The number of physical cores, or of the processors that this process may use if that is less. */
export function physicalCores(): number {
  const usable = availableParallelism();
  if (process.platform !== 'linux') return usable;
  const folder = '/sys/devices/system/cpu';
  const files = (existsSync(folder) ? readdirSync(folder) : []).map(
    (name) => `${folder}/${name}/topology/thread_siblings_list`,
  );
  const siblings = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8').trim());
  return Math.max(1, Math.min(usable, new Set(siblings).size || usable));
}
