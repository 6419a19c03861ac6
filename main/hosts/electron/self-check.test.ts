/** The check that packages make of themselves: the whole of Electron's main process, a real engine, the one fake. */
import { existsSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { afterAll, expect, it, vi } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import type { ToWindow } from '../../../preload/contract/messages.ts';
import { UserError } from '../../errors.ts';
import { forkRole } from '../../engine/processes/roles.ts';
import { Studio } from '../../studio/studio.ts';
import { openStudio } from '../../studio/testing-studio.ts';
import { fake } from './fake.ts';

vi.mock('electron', async () => {
  const electron = await import('./fake.ts');
  return { ...electron, default: electron };
});
const { selfCheck } = await import('./self-check.ts');

const home = temporary();
process.env['MAQUETTE_HOME'] = home.path('home');
afterAll(() => home.remove());

it('passes where the window speaks and the engine works, in a home of its own', { timeout: 120_000 }, async () => {
  const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  process.argv.push('--self-check');
  const checked = import('../electron.ts');
  await vi.waitFor(() => expect(fake.windows).toHaveLength(1), 10_000);
  // The window: it connects, as the preload does for it, and asks.
  const { webContents } = fake.windows[0]!;
  const connect = fake.handlers.get('maquette:connect') as (event: object) => void;
  connect({ senderFrame: { url: 'app://studio/', parent: null }, sender: webContents });
  const port = webContents.posted[0]!.ports[0] as MessagePort;
  const answer = new Promise<ToWindow>((resolve) => port.once('message', resolve));
  port.postMessage({ type: 'call', id: 1, name: 'app.info', args: {} });
  expect(await answer).toMatchObject({ type: 'result' });
  await checked;
  process.argv.pop();
  expect(fake.exits).toEqual([0]);
  expect(said.mock.calls.flat().join('')).toContain('the self-check passed');
  expect(fake.paths['userData']).toContain('maquette-self-check-');
  expect(existsSync(fake.paths['userData']!)).toBe(false);
  expect(existsSync(home.path('home'))).toBe(false);
  port.close();
  said.mockRestore();
});

it('says in one line which part is not well', { timeout: 60_000 }, async () => {
  process.env['MAQUETTE_HOME'] = home.path('broken');
  const store = { get: () => undefined, set: () => undefined };
  const silent = new Studio({ host: 'electron', store, log: () => undefined });
  expect(await selfCheck(silent, 100)).toBe('the window did not come up: it took too long');
  await silent.close();
  const broken = await openStudio((role) => {
    if (role === 'trainer') throw new UserError('no such program');
    return forkRole(role);
  });
  expect(await selfCheck(broken.studio, 30_000)).toMatch(/^the engine did not train: .*no such program/);
  await broken.studio.close();
});
