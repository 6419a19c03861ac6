/** The two kinds of failure that a person meets. Everything else is a fault of ours and keeps its stack trace. */

/** Wrong usage or bad input: one clear line that says what to do. The command line ends with status 2. */
export class UserError extends Error {
  override name = 'UserError';
}

/** Says in a few words what went wrong with a file, from the code that the operating system gave. */
export function explainIo(error: unknown, what: string): UserError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason =
    code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
      ? 'the disk is full; free some space and run the command again'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'there is no permission to write there; choose another folder'
        : code === 'ENOENT'
          ? 'it does not exist; check the path'
          : code === 'ENOTDIR'
            ? 'a part of the path is a file, not a folder; check the path'
            : code === 'EISDIR'
              ? 'it is a folder, and a file is needed'
              : (error as Error).message;
  return new UserError(`${what}: ${reason}`, { cause: error });
}
