/** A batch whose studio is killed with everything that it started: what was made stays, the rest is made afterwards. */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodePng } from '../main/engine/pictures/pictures.ts';
import { randomModel } from '../main/engine/testing/testing-model.ts';
import { Client } from '../preload/contract/client.ts';
import type { Batch, Picked } from '../preload/contract/index.ts';
import type { ToWindow } from '../preload/contract/messages.ts';
import { decode, encode } from '../preload/contract/wire.ts';
import { follow, PROGRAM } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';

const COUNT = 400;
const folder = temporary();
const hosts: ChildProcess[] = [];
afterAll(() => {
  for (const { pid, exitCode, signalCode } of hosts)
    if (exitCode === null && signalCode === null) process.kill(-pid!, 'SIGKILL');
  folder.remove();
});

/** `maquette serve` in a process group of its own, and a window of it. */
async function serve(): Promise<{ client: Client; kill: () => Promise<void>; pid: number }> {
  const host = spawn(process.execPath, [PROGRAM, 'serve', '--no-open', '--json', '--port', '0'], {
    env: { ...process.env, MAQUETTE_HOME: folder.path('home'), HOME: folder.path('person') },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  hosts.push(host);
  const url = await new Promise<string>((resolve) =>
    follow(host, (event) => {
      if (event.event === 'listening') resolve(event['url'] as string);
    }),
  );
  const cookie = (await fetch(url, { redirect: 'manual' })).headers.get('set-cookie')!.split(';')[0]!;
  const { origin, host: address } = new URL(url);
  const socket = new WebSocket(`ws://${address}/studio`, { headers: { cookie, origin } });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const client = new Client({
    send: (message) => socket.send(encode(message)),
    onMessage: (listener) =>
      void socket.on('message', (data: Buffer, binary) =>
        listener(decode(binary ? data : data.toString()) as ToWindow),
      ),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  });
  const kill = async (): Promise<void> => {
    const gone = new Promise((resolve) => host.once('exit', resolve));
    process.kill(-host.pid!, 'SIGKILL');
    await gone;
  };
  return { client, kill, pid: host.pid! };
}

it.skipIf(process.platform === 'win32')('goes on where it was, and makes only what is missing', async () => {
  mkdirSync(folder.path('person', 'pictures'), { recursive: true });
  const small = { width: 16, height: 16, channels: 3 as const, data: new Uint8Array(16 * 16 * 3).fill(90) };
  await encodePng(small, folder.path('person', 'pictures', '0.png'));
  for (let i = 1; i < COUNT; i++)
    copyFileSync(folder.path('person', 'pictures', '0.png'), folder.path('person', 'pictures', `${i}.png`));
  writeFileSync(folder.path('person', 'model.onnx'), randomModel());

  const first = await serve();
  const { id: project } = await first.client.call('projects.create', { title: 'Killed', token: null });
  const { entries } = await first.client.call('files.browse', { token: null });
  const tokenOf = (name: string): string => (entries.find((entry) => entry.name === name) as Picked).token;
  const { models } = await first.client.call('models.import', { tokens: [tokenOf('model.onnx')] });
  const { batch } = await first.client.call('translate.start', {
    ...{ model: models[0]!, direction: 'AtoB', tokens: [tokenOf('pictures')], size: 'model' },
  });
  const results = folder.path('home', 'projects', 'Killed', 'pictures', batch);
  const there = (): string[] =>
    existsSync(results) ? readdirSync(results).filter((name) => name.endsWith('.png')) : [];
  await expect.poll(() => there().length, { timeout: 60_000, interval: 20 }).toBeGreaterThan(100);
  if (process.platform === 'linux') {
    // The studio's own process has loaded neither what opens pictures nor what runs models.
    const maps = readFileSync(`/proc/${first.pid}/maps`, 'utf8');
    expect(maps).not.toMatch(/libvips|onnxruntime/);
  }
  await first.kill();
  const times = new Map(there().map((name) => [name, statSync(join(results, name)).mtimeMs]));
  expect(times.size).toBeLessThan(COUNT);

  const { client, kill } = await serve();
  await client.call('projects.open', { id: project });
  const now = async (): Promise<Batch> => (await client.call('projects.current', {}))!.batches[0]!;
  expect(await now()).toMatchObject({
    ...{ id: batch, state: 'stopped', done: times.size, total: COUNT, failed: 0, job: null },
    message: 'Maquette was ended meanwhile; resume to make the rest',
  });
  await client.call('translate.resume', { batch });
  await expect.poll(async () => (await now()).state, { timeout: 60_000 }).toBe('done');
  expect(await now()).toMatchObject({ done: COUNT, failed: 0, message: null });
  expect(there()).toHaveLength(COUNT);
  for (const [name, time] of times) expect(statSync(join(results, name)).mtimeMs, name).toBe(time);
  expect(readdirSync(results).filter((name) => !/^\d+\.png$|^batch\.json$/.test(name))).toEqual([]);
  await kill();
});
