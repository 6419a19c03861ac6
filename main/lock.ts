/** A file that says which process has a folder. A lock whose process was killed is taken over. */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { explainIo, UserError } from './errors.ts';

export interface Lock {
  release(): void;
}

/** Takes the lock for this process. @throws UserError with what `refusal` says when another living process has it */
export function takeLock(file: string, refusal: (holder: number) => string): Lock {
  for (;;) {
    try {
      const fd = openSync(file, 'wx');
      writeSync(fd, String(process.pid));
      closeSync(fd);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explainIo(error, `Cannot write ${file}`);
    }
    const holder = lockHolder(file);
    if (holder !== null) throw new UserError(refusal(holder));
    rmSync(file, { force: true }); // its process was killed
  }
}

/** The living process that has a lock, or null. */
export function lockHolder(file: string): number | null {
  if (!existsSync(file)) return null;
  const holder = Number(readFileSync(file, 'utf8'));
  return isAlive(holder) ? holder : null;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process has ended and only waits to be reaped, which in a container without an init may be for ever. */
function isZombie(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return process.platform === 'linux' && existsSync(file) && /\) Z /.test(readFileSync(file, 'utf8'));
}
