import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { carriedNode, nodeBinary } from './node.ts';
import { temporary } from './testing/folder.ts';

const folder = temporary();
afterAll(() => folder.remove());

describe('the Node of the engine', () => {
  const electron = {
    execPath: '/opt/Maquette/maquette',
    platform: 'linux',
    versions: { electron: '45.4.1' },
    env: {},
  } as const;

  it('is the one that runs, outside Electron', () => {
    expect(nodeBinary()).toBe(process.execPath);
    expect(nodeBinary({ ...electron, execPath: '/usr/bin/node', versions: {} })).toBe('/usr/bin/node');
  });

  it.each(['linux', 'win32', 'darwin'] as const)('is the one that a package for %s carries', (platform) => {
    const resourcesPath = folder.path(platform);
    const carried = folder.path(platform, carriedNode(platform));
    mkdirSync(dirname(carried), { recursive: true });
    writeFileSync(carried, '');
    // A person's own variable does not change what a package runs.
    expect(nodeBinary({ ...electron, platform, resourcesPath, env: { MAQUETTE_NODE: '/other' } })).toBe(carried);
  });

  it('is the one that a checkout names; else there is none, and it says so', () => {
    const resourcesPath = folder.path('empty');
    expect(nodeBinary({ ...electron, resourcesPath, env: { MAQUETTE_NODE: '/usr/bin/node' } })).toBe('/usr/bin/node');
    expect(() => nodeBinary({ ...electron, resourcesPath })).toThrow(/no Node for the engine/);
  });
});
