/** Writing that survives a crash: beside its place, flushed, then renamed (old or new, never half). */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainIo } from './errors.ts';

/**
 * Writes the chunks to `file` so that a reader sees the old content or the new one, also after a power cut.
 * @throws UserError when the folder cannot be written or the disk is full; nothing half-written is left.
 */
export function writeAtomic(file: string, chunks: Chunks, mode = 0o666): void {
  write(file, chunks, { mode, lasting: true });
}

/**
 * Writes the chunks to `file` so that a reader sees the old content or the new one, but not to last through a power cut:
 * for what can be made again, many times faster than what is flushed.
 * @throws UserError as `writeAtomic`
 */
export function writeForNow(file: string, chunks: Chunks): void {
  write(file, chunks, { mode: 0o666, lasting: false });
}

type Chunks = readonly (string | NodeJS.ArrayBufferView)[];

function write(file: string, chunks: Chunks, { mode, lasting }: { mode: number; lasting: boolean }): void {
  const folder = dirname(file);
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true });
    const fd = openSync(beside, 'w', mode);
    try {
      for (const chunk of chunks) {
        const bytes =
          typeof chunk === 'string'
            ? Buffer.from(chunk)
            : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        writeWhole(fd, bytes);
      }
      if (lasting) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, file);
    if (lasting) syncFolder(folder);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw explainIo(error, `Cannot write ${file}`);
  }
}

/** Writes all of it where the file stands: one call may write less. */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, Math.min(bytes.length - at, 1 << 28));
}

/** Flushes a folder's entries, so that a rename in it survives a power cut. Windows cannot open folders and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes sure that `folder` exists and can be written, before long work begins. @throws UserError */
export function ensureWritableFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const probe = join(folder, `.maquette-${process.pid}.tmp`);
    closeSync(openSync(probe, 'w'));
    rmSync(probe);
  } catch (error) {
    throw explainIo(error, `Cannot write to ${folder}`);
  }
}
