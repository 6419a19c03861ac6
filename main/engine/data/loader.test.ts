/** The loader as the studio runs it: bundled, forked, spoken to by messages. */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MinibatchSource } from './minibatches.ts';
import { UNVARIED, type LoaderReply, type LoaderRequest, type LoaderSettings } from '../processes/messages.ts';
import { connect, forgetAddress, freshAddress } from '../processes/wire.ts';
import { encodePng } from '../pictures/pictures.ts';

const root = join(import.meta.dirname, '../../..');
let folder: string;
let outDir: string;
let settings: LoaderSettings;
const running: ChildProcess[] = [];
const addresses: string[] = [];

beforeAll(async () => {
  outDir = mkdtempSync(join(root, 'node_modules/.maquette-loader-')); // inside the project, so that sharp is found
  const input = { loader: join(root, 'main/engine/processes/loader.ts') };
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: { ssr: true, target: 'node20', outDir, rolldownOptions: { input } },
  });
  folder = mkdtempSync(join(tmpdir(), 'maquette-loader-'));
  for (let i = 0; i < 4; i++)
    for (const side of ['A', 'B'])
      await encodePng(
        { width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(i) },
        join(folder, side, `${i}.png`),
      );
  const augment = { ...UNVARIED, flip: true };
  settings = {
    dataset: folder,
    kind: 'pairs',
    size: 8,
    channels: 3,
    batch: 2,
    seed: 1,
    holdout: 0.25,
    augment,
    emphasis: null,
    only: null,
  };
});
afterAll(() => {
  for (const made of [folder, outDir]) rmSync(made, { recursive: true });
});
afterEach(() => {
  running.splice(0).forEach((child) => child.kill('SIGKILL'));
  addresses.splice(0).forEach(forgetAddress);
});

interface Loader {
  child: ChildProcess;
  ask: (request: LoaderRequest) => Promise<LoaderReply>;
}

async function start(): Promise<Loader> {
  const child = fork(join(outDir, 'loader.js'), { serialization: 'advanced' });
  running.push(child);
  const address = freshAddress();
  addresses.push(address);
  const listening = new Promise((resolve) => child.once('message', resolve));
  child.send({ type: 'listen', address });
  expect(await listening).toEqual({ type: 'listening' });
  const line = await connect(address);
  const waiting = new Map<number, (reply: LoaderReply) => void>();
  line.onMessage((message) => {
    const reply = message as LoaderReply;
    if (reply.type !== 'warning') waiting.get(reply.id)?.(reply);
  });
  const ask = (request: LoaderRequest): Promise<LoaderReply> =>
    new Promise((resolve) => {
      waiting.set(request.id, resolve);
      line.send(request);
    });
  return { child, ask };
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.on('exit', resolve));

describe('the loader process', () => {
  it('opens a dataset and answers with the minibatches that MinibatchSource makes', async () => {
    const { ask } = await start();
    const here = new MinibatchSource(settings, () => expect.unreachable());
    expect(await ask({ type: 'open', id: 1, settings })).toEqual({
      type: 'opened',
      id: 1,
      summary: here.summary,
    });
    const replies = await Promise.all([3, 0].map((step) => ask({ type: 'batch', id: 10 + step, step })));
    expect(replies).toEqual([
      { type: 'batch', id: 13, batch: await here.batch(3) },
      { type: 'batch', id: 10, batch: await here.batch(0) },
    ]);
    expect(await ask({ type: 'heldOut', id: 20, from: 0, count: 9 })).toEqual({
      type: 'batch',
      id: 20,
      batch: await here.heldOut(0, 9),
    });
  });

  it('tells faults of the dataset from faults of ours', async () => {
    const { ask } = await start();
    const before = await ask({ type: 'batch', id: 1, step: 0 });
    expect(before).toMatchObject({ type: 'failed', id: 1, of: 'us' });
    const missing = await ask({
      type: 'open',
      id: 2,
      settings: { ...settings, dataset: join(folder, 'nowhere') },
    });
    expect(missing).toMatchObject({
      type: 'failed',
      id: 2,
      of: 'user',
      message: expect.stringMatching(/nowhere: it does not exist/) as string,
    });
  });

  it('ends by itself when its parent is gone, and not at Ctrl-C', async () => {
    const { child: loader, ask } = await start();
    await ask({ type: 'open', id: 1, settings });
    loader.kill('SIGINT');
    expect(await ask({ type: 'batch', id: 2, step: 0 })).toMatchObject({ type: 'batch' });
    const code = ended(loader);
    loader.disconnect();
    expect(await code).toBe(0);
  });
});
