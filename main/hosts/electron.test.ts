/** The whole of Electron's main process, started against the fake of its module. */
import type { MessagePort } from 'node:worker_threads';
import { afterAll, expect, it, vi } from 'vitest';
import type { ToWindow } from '../../preload/contract/messages.ts';
import { temporary } from '../testing/folder.ts';
import { app, fake } from './electron/fake.ts';

vi.mock('electron', async () => {
  const electron = await import('./electron/fake.ts');
  return { ...electron, default: electron };
});
const home = temporary();
process.env['MAQUETTE_HOME'] = home.path('home');
afterAll(() => home.remove());

it('stands with every handler, and answers its window', async () => {
  await import('./electron.ts');
  expect(fake.sandboxed).toBe(true);
  expect(fake.schemes.map(({ scheme }) => scheme)).toEqual(['app']);
  expect([...fake.protocols.keys()]).toEqual(['app']);
  // The first is electron-store's own: where the settings lie.
  const handlers = ['electron-store-get-data', 'maquette:connect', 'maquette:token'];
  expect([...fake.handlers.keys()].sort()).toEqual(handlers);
  expect(Object.keys(fake.permissions).sort()).toEqual(['check', 'device', 'request']);
  expect(fake.menu.length).toBeGreaterThan(3);
  for (const event of ['second-instance', 'open-file', 'activate']) expect(app.listenerCount(event), event).toBe(1);
  expect(fake.windows).toHaveLength(1);
  const { webContents, url } = fake.windows[0]!;
  expect(url).toBe('app://studio/');
  const connect = fake.handlers.get('maquette:connect') as (event: object) => void;
  connect({ senderFrame: { url: 'app://studio/', parent: null }, sender: webContents });
  const port = webContents.posted[0]!.ports[0] as MessagePort;
  const answer = new Promise<ToWindow>((resolve) => port.once('message', resolve));
  port.postMessage({ type: 'call', id: 1, name: 'app.info', args: {} });
  expect(await answer).toMatchObject({ type: 'result', id: 1, value: { host: 'electron' } });
  port.close();
});
