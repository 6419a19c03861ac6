/**
 * SHA-256 of files, remembered from one start to the next: a file whose path, size and time of change are the same is not
 * read again. The memory is a file in the user's cache folder, and nothing but time is lost with it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { explainIo, UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';

const FORMAT = 1;
/** Size, time of change in milliseconds, and hash by path. */
const schema = z.object({
  format: z.literal(FORMAT),
  files: z.record(z.string(), z.tuple([z.number(), z.number(), z.string()])),
});
type Known = z.infer<typeof schema>['files'];

/** More are forgotten, but for those of the dataset at hand. */
const MOST_KNOWN = 200_000;
/** A file that was just changed can change again within the grain of its time. */
const SETTLED_MS = 2000;

/** Where the system wants files that can be made again. `MAQUETTE_HOME` moves it, as it does the settings. */
function cacheFile(): string {
  const { MAQUETTE_HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  const folder = MAQUETTE_HOME
    ? join(MAQUETTE_HOME, 'cache')
    : process.platform === 'win32'
      ? join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Maquette', 'Cache')
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches', 'Maquette')
        : join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'maquette');
  return join(folder, 'contents.json');
}

/** The hashes of files, in their order. @throws UserError where one cannot be read */
export function contentHashes(files: readonly string[]): string[] {
  const before = remembered();
  const now: Known = {};
  let read = 0;
  const hashes = files.map((file) => {
    try {
      const { size, mtimeMs } = statSync(file);
      const known = before[file];
      const same = known?.[0] === size && known[1] === mtimeMs;
      const hash = same ? known[2] : createHash('sha256').update(readFileSync(file)).digest('hex');
      if (!same) read++;
      if (same || Date.now() - mtimeMs > SETTLED_MS) now[file] = [size, mtimeMs, hash];
      return hash;
    } catch (error) {
      throw explainIo(error, `Cannot read ${file}`);
    }
  });
  if (read > 0) remember(Object.keys(before).length > MOST_KNOWN ? now : { ...before, ...now });
  return hashes;
}

/** What is remembered; nothing where there is no memory yet, or it is damaged or of another version. */
function remembered(): Known {
  try {
    const read = schema.safeParse(JSON.parse(readFileSync(cacheFile(), 'utf8')));
    return read.success ? read.data.files : {};
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return {};
    throw error;
  }
}

function remember(files: Known): void {
  try {
    writeAtomic(cacheFile(), [JSON.stringify({ format: FORMAT, files })]);
  } catch (error) {
    if (!(error instanceof UserError)) throw error; // a cache that cannot be written costs time, and nothing else
  }
}
