/**
 * Reads a model file with what it keeps in files beside it, as one. Only files in the model's own folder, or below it,
 * are read: a model names them, and a model may be hostile (CVE-2022-25882 and its successors).
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { dirname, join, relative, isAbsolute, sep } from 'node:path';
import { gatherOnnx, type Part } from '../../../models/onnx/gather.ts';
import { ModelError } from '../../../models/onnx/read.ts';
import { explainIo } from '../../errors.ts';

/** The model as one file; `apart` are the files beside it that it was in, as it names them. @throws UserError, ModelError */
export function readWholeModel(file: string): { bytes: Uint8Array; apart: string[] } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw explainIo(error, `Cannot read ${file}`);
  }
  const apart = new Set<string>();
  const whole = gatherOnnx(bytes, (part) => {
    apart.add(part.location);
    return readPart(dirname(file), part);
  });
  return { bytes: whole, apart: [...apart] };
}

/** @throws ModelError when it is not there, or not inside the folder */
function readPart(folder: string, { location, offset, length }: Part): Uint8Array<ArrayBuffer> {
  const file = placeOf(folder, location);
  const fd = openSync(file, 'r');
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new ModelError(`it keeps weights in "${location}", which is no file`);
    const wanted = length ?? stat.size - offset;
    if (wanted < 0 || offset + wanted > stat.size)
      throw new ModelError(
        `its weights in "${location}" are not all there (${stat.size} bytes of ${offset + Math.max(0, wanted)}); copy that file again`,
      );
    const bytes = new Uint8Array(wanted);
    for (let at = 0; at < wanted;) {
      const count = readSync(fd, bytes, at, Math.min(wanted - at, 1 << 28), offset + at);
      if (count === 0) throw new ModelError(`its weights in "${location}" ended while they were read`);
      at += count;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}

function placeOf(folder: string, location: string): string {
  const outside = new ModelError(`it wants to read "${location}", which is not in its own folder`);
  const parts = location.split(/[\\/]/);
  if (isAbsolute(location) || /^[a-z]:/i.test(location) || parts.includes('..') || location.includes('\0'))
    throw outside;
  let real: string;
  try {
    real = realpathSync(join(folder, ...parts));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ModelError(`it keeps its weights in "${location}"; put that file beside it`, { cause: error });
  }
  const way = relative(realpathSync(folder), real); // a link may lead elsewhere
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw outside;
  return real;
}
