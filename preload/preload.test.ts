/** The bridge as it ships: one CommonJS file that a sandboxed preload can load, with nothing but electron in it. */
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { built } from '../main/root.ts';

/** Runs dist/preload.cjs in an empty world; gives what it did there. */
function load() {
  const required: string[] = [];
  const exposed: Record<string, Record<string, (...args: unknown[]) => unknown>> = {};
  const sent: unknown[][] = [];
  const posted: unknown[][] = [];
  let hearPort: (event: { ports: unknown[] }) => void = () => undefined;
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: (typeof exposed)[string]) => (exposed[name] = api) },
    ipcRenderer: {
      on: (channel: string, listener: typeof hearPort) =>
        (hearPort = channel === 'maquette:port' ? listener : hearPort),
      send: (...message: unknown[]) => sent.push(message),
      invoke: (...message: unknown[]) => (sent.push(message), 'token'),
    },
    webUtils: { getPathForFile: () => '/dropped/file.png' },
  };
  runInNewContext(readFileSync(built('preload.cjs'), 'utf8'), {
    require: (name: string) => (required.push(name), electron),
    window: { postMessage: (...message: unknown[]) => posted.push(message), location: { origin: 'app://studio' } },
  });
  return { required, exposed, sent, posted, hearPort };
}

describe('dist/preload.cjs', () => {
  it('needs electron alone, and exposes two functions under one name', () => {
    const { required, exposed } = load();
    expect(required).toEqual(['electron']);
    expect(Object.keys(exposed)).toEqual(['maquette']);
    expect(Object.keys(exposed['maquette']!).sort()).toEqual(['connect', 'tokenOf']);
  });

  it('hands the port to our own page alone, and a path to main alone', () => {
    const { exposed, sent, posted, hearPort } = load();
    exposed['maquette']!['connect']!();
    expect(sent).toEqual([['maquette:connect']]);
    hearPort({ ports: ['port'] });
    expect(posted).toEqual([['maquette:port', 'app://studio', ['port']]]);
    expect(exposed['maquette']!['tokenOf']!({})).toBe('token');
    expect(sent.at(-1)).toEqual(['maquette:token', '/dropped/file.png']);
  });
});
