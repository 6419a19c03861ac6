/** What can be known of packages without making one: the configuration's form, and what the hook does to a tree. */
import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { afterAll, describe, expect, it } from 'vitest';
import { carriedNode } from '../../main/node.ts';
import { ROOT } from '../../main/root.ts';
import { temporary } from '../../main/testing/folder.ts';
import { carryNode, leaveOnly } from './after-pack.ts';
import { targetOf, type Target } from './binaries.ts';

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
      write(folder.path(name, 'npm', 'bin', target.platform === 'win32' ? 'node.exe' : 'node'), library(target));
      carryNode(folder.path(name, 'npm'), folder.path(name), target);
      expect(leaveOnly(folder.path(name), target)).toContain(carriedNode(target.platform).replaceAll('\\', '/'));
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
