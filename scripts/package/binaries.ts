/** Which machine a native binary is for, told from its first bytes, and the tree of a package rid of all others. */
import { closeSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Target {
  platform: 'linux' | 'win32' | 'darwin';
  arch: 'x64' | 'arm64';
}

/** For several processors of one system at once. */
type Universal = Omit<Target, 'arch'> & { arch: 'universal' };

const HEAD = 4096;

/**
 * Of ELF (System V ABI), PE (Microsoft's PE/COFF) and Mach-O (Apple's loader.h) files, by magic number and machine.
 * @param head the first 4,096 bytes, or all where there are fewer
 * @returns null for anything else, and for machines that no package is made for
 */
export function targetOf(head: Buffer): Target | Universal | 'other' | null {
  if (head.length < 20) return null;
  if (head.readUInt32BE(0) === 0x7f454c46)
    return of('linux', { 0x3e: 'x64', 0xb7: 'arm64' } as const, head.readUInt16LE(18));
  if (head.readUInt32LE(0) === 0xfeedfacf)
    return of('darwin', { 0x01000007: 'x64', 0x0100000c: 'arm64' } as const, head.readUInt32LE(4));
  // A class file of Java begins alike, but counts its version where a library counts its processors.
  if (head.readUInt32BE(0) === 0xcafebabe && head.readUInt32BE(4) < 8) return { platform: 'darwin', arch: 'universal' };
  if (head.toString('latin1', 0, 2) === 'MZ' && head.length >= 64) {
    const at = head.readUInt32LE(60);
    if (at + 6 > head.length || head.toString('latin1', at, at + 4) !== 'PE\0\0') return null;
    return of('win32', { 0x8664: 'x64', 0xaa64: 'arm64' } as const, head.readUInt16LE(at + 4));
  }
  return null;
}

function of(
  platform: Target['platform'],
  machines: Readonly<Record<number, Target['arch']>>,
  machine: number,
): Target | 'other' {
  const arch = machines[machine];
  return arch ? { platform, arch } : 'other';
}

function headOf(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    return head.subarray(0, readSync(descriptor, head, 0, HEAD, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** The native binaries under a folder: of this machine, and of all others; and the other files. */
function sorted(folder: string, { platform, arch }: Target): Record<'ours' | 'foreign' | 'plain', string[]> {
  const found: ReturnType<typeof sorted> = { ours: [], foreign: [], plain: [] };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const target = targetOf(headOf(file));
    const fits =
      target !== null &&
      target !== 'other' &&
      target.platform === platform &&
      (target.arch === 'universal' || target.arch === arch);
    found[target === null ? 'plain' : fits ? 'ours' : 'foreign'].push(file);
  }
  return found;
}

/** Removes every native binary under a folder that another machine would need. @returns the paths removed, and kept */
export function prune(folder: string, target: Target): { removed: string[]; kept: string[] } {
  const { ours, foreign } = sorted(folder, target);
  for (const file of foreign) rmSync(file);
  return { removed: foreign, kept: ours };
}

/** The files of a folder without the binaries of other machines. */
export function filesFor(folder: string, target: Target): string[] {
  const { ours, plain } = sorted(folder, target);
  return [...ours, ...plain];
}
