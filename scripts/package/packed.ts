/** Which npm packages a package of the studio holds: what it needs to run, as far as it is installed, and what they need. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Packed {
  name: string;
  version: string;
  /** What package.json says of it ("MIT"). */
  licence: string;
  folder: string;
}

interface PackageJson {
  name: string;
  version: string;
  license?: string | { type: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const jsonOf = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson;

/** One package by its folder. */
export function packageAt(folder: string): Packed {
  const { name, version, license = 'not stated' } = jsonOf(folder);
  return { name, version, licence: typeof license === 'string' ? license : license.type, folder };
}

/** Where Node finds a package from a folder; undefined where it is not installed, as optional ones may be. */
function resolve(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * All packages that the one in `root` needs to run, by name and version.
 * @throws Error where one that is not optional is not installed
 */
export function packedPackages(root: string): Packed[] {
  const found = new Map<string, Packed>();
  const visit = (from: string): void => {
    const { dependencies = {}, optionalDependencies = {} } = jsonOf(from);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const folder = resolve(name, from);
      if (folder === undefined && !Object.hasOwn(optionalDependencies, name))
        throw new Error(`${name} is not installed; npm ci brings it`);
      if (folder === undefined || found.has(folder)) continue;
      found.set(folder, packageAt(folder));
      visit(folder);
    }
  };
  visit(root);
  return sorted([...found.values()]);
}

export const sorted = (all: readonly Packed[]): Packed[] =>
  [...all].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
