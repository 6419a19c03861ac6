/** The contract over each of its carriers: in process, a MessagePort, a WebSocket. One real studio behind all of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Client, type CallError } from '../../preload/contract/client.ts';
import type { CallName, Settings } from '../../preload/contract/index.ts';
import type { Channel, ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { channelPair } from '../../preload/contract/pair.ts';
import { decode, encode } from '../../preload/contract/wire.ts';
import { Studio } from '../studio/studio.ts';
import { encodePng } from '../engine/pictures/pictures.ts';
import { portChannel } from './ports.ts';
import { Web } from './web.ts';

const home = mkdtempSync(join(tmpdir(), 'maquette-contract-'));
process.env['MAQUETTE_HOME'] = home;
const values: Record<string, unknown> = {};
const log: string[] = [];
const studio = new Studio({
  host: 'browser',
  store: { get: (key) => values[key], set: (key, value) => void (values[key] = value) },
  log: (line) => log.push(line),
});
const web = new Web(studio, { port: 0, hostname: '127.0.0.1', log: (line) => log.push(line) });

beforeAll(() => web.listen());
afterAll(async () => {
  web.close();
  await studio.close();
  rmSync(home, { recursive: true, force: true });
});

/** Milliseconds: a loaded machine is slow, not wrong. */
const PATIENCE = 10_000;

type Ours = Channel<ToStudio, ToWindow>;

/** A session's cookie, from a fresh link. */
async function cookie(): Promise<string> {
  const response = await fetch(web.freshLink(), { redirect: 'manual' });
  return response.headers.get('set-cookie')!.split(';')[0]!;
}

const origin = (): string => `http://127.0.0.1:${web.port}`;

async function overWebSocket(): Promise<Ours> {
  const socket = new WebSocket(`ws://127.0.0.1:${web.port}/studio`, {
    headers: { cookie: await cookie(), origin: origin() },
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    send: (message) => socket.send(encode(message)),
    onMessage: (listener) =>
      void socket.on('message', (data: Buffer, binary) =>
        listener(decode(binary ? data : data.toString()) as ToWindow),
      ),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
}

const CARRIERS: Record<string, () => Promise<Ours>> = {
  'in process': () => {
    const [ours, theirs] = channelPair<ToStudio, ToWindow>();
    studio.server.add(theirs);
    return Promise.resolve(ours);
  },
  'a MessagePort': () => {
    const { port1, port2 } = new MessageChannel();
    studio.server.add(portChannel(port1, (message) => message));
    return Promise.resolve({
      send: (message) => port2.postMessage(message),
      onMessage: (listener) => void port2.on('message', listener),
      onClose: (listener) => void port2.on('close', listener),
      close: () => port2.close(),
    });
  },
  'a WebSocket': overWebSocket,
};

const failure = (promise: Promise<unknown>): Promise<CallError> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => error as CallError,
  );

describe.each(Object.entries(CARRIERS))('over %s', (_, connect) => {
  it('a call is answered', async () => {
    const client = new Client(await connect());
    expect(await client.call('app.info', {})).toMatchObject({ host: 'browser', nativeDialogs: false });
    client.close();
  });

  it('many calls at once each have their own answer', async () => {
    const client = new Client(await connect());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i % 2 ? client.call('families.list', {}) : client.call('settings.get', {}),
      ),
    );
    answers.forEach((answer, i) => expect(Array.isArray(answer)).toBe(i % 2 === 1));
    client.close();
  });

  it('arguments that break the contract are refused, in words, and logged', async () => {
    const client = new Client(await connect());
    log.length = 0;
    const wrong = await failure(client.call('projects.create', { title: '', token: null }));
    expect(wrong).toMatchObject({ code: 'refused', message: 'title: Give it a name' });
    const unknown = await failure(client.call('projects.destroy' as CallName, {}));
    expect(unknown.code).toBe('refused');
    const inherited = await failure(client.call('constructor' as CallName, {}));
    expect(inherited.code).toBe('refused');
    expect(log.filter((line) => line.startsWith('refused: '))).toHaveLength(3);
    client.close();
  });

  it('a failure crosses as a code and words that can be acted on, without a stack', async () => {
    const client = new Client(await connect());
    const error = await failure(client.call('projects.open', { token: 'made-up' }));
    expect(error).toMatchObject({
      code: 'user',
      message: 'That file or folder is not known any more; pick it again',
    });
    client.close();
  });

  it('pixels cross as bytes', async () => {
    const client = new Client(await connect());
    const size = 96;
    const file = join(home, 'pixels.png');
    await encodePng({ width: size, height: size, channels: 3, data: new Uint8Array(size * size * 3).fill(200) }, file);
    const { upload } = await client.call('files.beginUpload', {});
    const bytes = new Uint8Array(70_000).map((_, i) => i % 251);
    await client.call('files.upload', { upload, path: 'folder/pixels.bin', bytes });
    const [picked] = await client.call('files.endUpload', { upload });
    expect(picked).toMatchObject({ name: 'folder', folder: true });
    const place = await client.call('files.browse', { token: picked!.token });
    const { readFileSync } = await import('node:fs');
    const written = readFileSync(studio.tokens.path(place.entries[0]!.token));
    expect(Buffer.compare(written, bytes)).toBe(0);
    client.close();
  });

  it('events come to those who subscribed, until they end it', async () => {
    const client = new Client(await connect());
    const heard: Settings['theme'][] = [];
    const end = client.on('settings', ({ theme }) => heard.push(theme));
    await client.call('settings.set', { theme: 'dark' });
    await vi.waitFor(() => expect(heard).toEqual(['dark']), PATIENCE);
    end();
    await client.call('settings.set', { theme: 'light' });
    await client.call('settings.get', {});
    expect(heard).toEqual(['dark']);
    client.close();
  });

  it('what is waiting when the connection ends fails as gone', async () => {
    const channel = await connect();
    const client = new Client(channel);
    const waiting = failure(client.call('app.info', {}));
    client.close();
    expect((await waiting).code).toBe('gone');
    expect((await failure(client.call('app.info', {}))).code).toBe('gone');
  });

  it('a window that is gone is not served any more', async () => {
    await vi.waitFor(() => expect(studio.server.windows).toBe(0), PATIENCE); // those of the tests before
    const client = new Client(await connect());
    await client.call('app.info', {});
    expect(studio.server.windows).toBe(1);
    client.close();
    await vi.waitFor(() => expect(studio.server.windows).toBe(0), PATIENCE);
  });
});

describe('a hostile page', () => {
  const upgrade = (headers: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${web.port}/studio`, { headers });
      socket.on('open', () => {
        socket.terminate();
        resolve('open');
      });
      socket.on('error', (error) => resolve(error.message));
    });

  it('is refused a WebSocket: without a session, from another origin, by another name', async () => {
    const session = await cookie();
    const refused = 'Unexpected server response: 403';
    expect(await upgrade({ cookie: session, origin: origin() })).toBe('open');
    expect(await upgrade({ origin: origin() })).toBe(refused);
    expect(await upgrade({ cookie: session })).toBe(refused);
    expect(await upgrade({ cookie: session, origin: 'https://evil.example' })).toBe(refused);
    expect(await upgrade({ cookie: session, origin: 'null' })).toBe(refused);
    expect(await upgrade({ cookie: session, origin: origin(), host: `evil.example:${web.port}` })).toBe(refused);
    expect(await upgrade({ cookie: 'maquette=guess', origin: origin() })).toBe(refused);
  });

  it('is refused pages and pictures without a session, and a link works once', async () => {
    for (const path of ['/', '/index.html', '/media/model/x/1', '/assets/x.js'])
      expect((await fetch(origin() + path)).status).toBe(401);
    const link = web.freshLink();
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(401);
    expect((await fetch(`${origin()}/?token=guess`, { redirect: 'manual' })).status).toBe(401);
  });

  it('is refused fresh links, other methods, and paths that leave their folder', async () => {
    const headers = { cookie: await cookie() };
    expect((await fetch(`${origin()}/link`, { method: 'POST' })).status).toBe(403);
    expect((await fetch(`${origin()}/link`, { headers: { authorization: `Bearer ${web.secret}` } })).status).toBe(403);
    expect((await fetch(origin(), { method: 'DELETE', headers })).status).toBe(405);
    expect((await fetch(origin(), { headers: { ...headers, origin: 'https://evil.example' } })).status).toBe(403);
    for (const path of ['/..%2fpackage.json', '/%2e%2e/package.json', '/media/thumb/a/1/256/..%2f..', '/%E0%A4%A'])
      expect((await fetch(origin() + path, { headers })).status).toBe(404);
    expect((await fetch(`${origin()}/`, { headers })).headers.get('content-security-policy')).toContain(
      "default-src 'none'",
    );
  });

  it('cannot crash the studio with frames that are no messages', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${web.port}/studio`, {
      headers: { cookie: await cookie(), origin: origin() },
    });
    await new Promise((resolve) => socket.on('open', resolve));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send('{"type":"call","id":"one","name":5}');
    socket.send('null');
    socket.send('{"type":"subscribe","name":"__proto__"}');
    socket.send(Buffer.from([255, 255, 255, 255, 1]));
    expect(await closed).toBe(1007);
    const client = new Client(await overWebSocket());
    expect(await client.call('app.info', {})).toHaveProperty('version');
    client.close();
  });

  it('cannot write outside of an upload', async () => {
    const client = new Client(await overWebSocket());
    const { upload } = await client.call('files.beginUpload', {});
    const bytes = new Uint8Array(3);
    for (const path of ['../x', 'a/../../x', '/etc/x', 'C:/x', 'a\\..\\x', 'a//x', '.', 'a\0b'])
      expect((await failure(client.call('files.upload', { upload, path, bytes }))).code).toBe('user');
    client.close();
  });
});
