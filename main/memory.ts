/** How much memory there is to take. */
import { existsSync, readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';

/** Where a kernel's control groups tell of memory: of version 2, and of version 1. */
const GROUPS = [
  { line: /^0::(.*)$/m, folder: '', most: 'memory.max', taken: 'memory.current', files: /^inactive_file (\d+)/m },
  {
    ...{ line: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m, folder: 'memory', most: 'memory.limit_in_bytes' },
    ...{ taken: 'memory.usage_in_bytes', files: /^total_inactive_file (\d+)/m },
  },
] as const;

/**
 * The bytes that this process can still take: what the machine has free, or what a container leaves, if that is less. Files
 * that are kept in memory and not used count as free, as the kernel lets them go first.
 * @param root where `proc` and `sys` are
 */
export function freeMemory(root = '/'): number {
  const own = join(root, 'proc', 'self', 'cgroup');
  if (!existsSync(own)) return freemem();
  const said = readFileSync(own, 'utf8');
  const left = GROUPS.flatMap(({ line, folder, most, taken, files }) => {
    const place = line.exec(said)?.[1];
    if (place === undefined) return [];
    // Each group is held by those that it is in. A container may see itself as the outermost one.
    return [...upwards(place)].flatMap((group) => {
      const at = (name: string): string => join(root, 'sys', 'fs', 'cgroup', folder, group, name);
      if (!existsSync(at(most)) || !existsSync(at(taken))) return [];
      const limit = Number(readFileSync(at(most), 'utf8')); // "max" is no number
      if (!Number.isFinite(limit)) return [];
      const unused = existsSync(at('memory.stat'))
        ? Number(files.exec(readFileSync(at('memory.stat'), 'utf8'))?.[1] ?? 0)
        : 0;
      return [Math.max(0, limit - Number(readFileSync(at(taken), 'utf8')) + unused)];
    });
  });
  return Math.min(freemem(), ...left);
}

function* upwards(place: string): Generator<string> {
  for (let at = place; ; at = dirname(at)) {
    yield at;
    if (at === dirname(at)) return;
  }
}
