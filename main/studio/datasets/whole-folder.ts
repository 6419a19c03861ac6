/** Making a folder whole or not at all. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainIo, UserError } from '../../errors.ts';

/**
 * Makes a folder whole or not at all: `fill` works on `folder.partial`, which then takes its name.
 * @throws UserError when the folder exists, or cannot be written
 */
export async function wholeFolder<T>(folder: string, fill: (partial: string) => Promise<T>): Promise<T> {
  if (existsSync(folder)) throw new UserError(`${folder} exists already; choose another name`);
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true }); // of a run that was cut off
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(partial);
    const result = await fill(partial);
    renameSync(partial, folder);
    return result;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw fromDisk(error, `Cannot write ${folder}`);
  }
}

/** A failure of the file system in words; every other as it is. */
export function fromDisk(error: unknown, what: string): unknown {
  return typeof (error as NodeJS.ErrnoException).syscall === 'string' ? explainIo(error, what) : error;
}
