/**
 * The licences of others: of every npm package that a package of the studio holds, and of those that became part of its
 * window. Written while the window is built, as dist/renderer/licences.json, which the window shows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { ThirdParty } from '../../preload/contract/third-party.ts';
import { packageAt, packedPackages, sorted, type Packed } from './packed.ts';

const TEXT = /^(licen[cs]e|copying|notice)/i;

/** Who wrote a package, under which licence, and the texts that it brings. */
export function licenceOf({ name, version, licence, folder }: Packed): ThirdParty {
  const texts = readdirSync(folder)
    .filter((file) => TEXT.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, licence, text: texts.join('\n\n') };
}

/** The folder of the npm package that a module belongs to; null for our own. */
export function packageOf(module: string): string | null {
  const path = module.replaceAll('\\', '/');
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? null;
}

/** Adds licences.json to what is built. */
export const licences = (root: string): Plugin => ({
  name: 'licences',
  apply: 'build',
  generateBundle() {
    const shown = [...this.getModuleIds()].map(packageOf).filter((folder) => folder !== null);
    const all = [...packedPackages(root), ...[...new Set(shown)].map(packageAt)];
    const once = [...new Map(all.map((one) => [`${one.name}@${one.version}`, one])).values()];
    this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify(sorted(once).map(licenceOf)) });
  },
});
