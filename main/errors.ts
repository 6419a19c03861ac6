/** The two kinds of failure that a person meets. Everything else is a fault of ours and keeps its stack trace. */

/** Wrong usage or bad input: one clear line that says what to do. The command line ends with status 2. */
export class UserError extends Error {
  override name = 'UserError';
}

/** A device that was there is gone (a driver's reset, a card taken out): what ran on it can go on in a new process. */
export class DeviceLost extends Error {
  override name = 'DeviceLost';
}

/** Memory does not hold what was asked for; less of it may fit. */
export class OutOfMemory extends UserError {
  override name = 'OutOfMemory';
}

/** The first line of what an error says. */
export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

/** Says in a few words what went wrong with a file, from the code that the operating system gave. */
export function explainIo(error: unknown, what: string): UserError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new UserError(`${what}: ${REASONS[code] ?? message}`, { cause: error });
}

const FULL = 'the disk is full; free some space and run the command again';
const NO_PERMISSION = 'there is no permission to write there; choose another folder';
const REASONS: Readonly<Record<string, string>> = {
  ...{ ENOSPC: FULL, EDQUOT: FULL, EFBIG: FULL },
  ...{ EACCES: NO_PERMISSION, EPERM: NO_PERMISSION, EROFS: NO_PERMISSION },
  ENOENT: 'it does not exist; check the path',
  ENOTDIR: 'a part of the path is a file, not a folder; check the path',
  EISDIR: 'it is a folder, and a file is needed',
  EEXIST: 'a file of that name is there, and a folder is needed; give the name of another folder',
};
