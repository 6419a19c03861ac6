/** The log: faults and refused messages, in the folder of settings. A log that has grown is begun anew. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../studio/places.ts';

const LIMIT = 5e6;

/** A function that writes a line with the time. */
export function openLog(): (line: string) => void {
  const file = join(homeFolder(), 'maquette.log');
  mkdirSync(homeFolder(), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LIMIT) renameSync(file, `${file}.1`);
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
}
