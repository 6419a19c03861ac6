/** `maquette serve` and `npm start` as programs: one host a person, fresh links, an address where there is no display. */
import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { follow, PROGRAM, type Ended, type Event } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';

const folder = temporary();
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts the program in a home of the test's own; gives its first address, and how it ends. */
function begin(args: string[]): { child: ChildProcess; url: Promise<string>; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', MAQUETTE_HOME: folder.path('home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let found: (url: string) => void;
  const url = new Promise<string>((resolve) => (found = resolve));
  const { ended } = follow(child, (event: Event) => {
    if (event.event === 'listening') found(event['url'] as string);
  });
  child.stdout.on('data', (text: Buffer) => {
    const match = /http:\/\/\S+/.exec(text.toString());
    if (match && !text.toString().startsWith('{')) found(match[0]);
  });
  return { child, url, ended };
}

const opens = async (url: string): Promise<number> => (await fetch(url, { redirect: 'manual' })).status;

describe('maquette serve', () => {
  it('gives a link that works once, and called again a fresh one of the same studio', async () => {
    const { url, child, ended } = begin(['serve', '--no-open', '--json']);
    const first = await url;
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    expect(await opens(first)).toBe(303);
    expect(await opens(first)).toBe(401);
    const again = begin(['serve', '--no-open', '--json']);
    const second = await again.url;
    expect((await again.ended).status).toBe(0);
    expect(new URL(second).port).toBe(new URL(first).port);
    expect(second).not.toBe(first);
    expect(await opens(second)).toBe(303);
    if (process.platform !== 'win32') expect(statSync(folder.path('home', 'host.json')).mode & 0o077).toBe(0);
    child.kill('SIGTERM');
    expect((await ended).status).toBe(0);
  });

  it('begins a new one where the last was killed', async () => {
    const first = begin(['serve', '--no-open', '--json']);
    await first.url;
    first.child.kill('SIGKILL');
    await first.ended;
    const second = begin(['serve', '--no-open', '--json']);
    expect(await opens(await second.url)).toBe(303);
  });

  it('says so when its port is used', async () => {
    const first = begin(['serve', '--no-open', '--json']);
    const { port } = new URL(await first.url);
    const { status, stderr } = await begin(['serve', '--no-open', '--port', port]).ended;
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `maquette: Port ${port} is used by another program; give another --port\n`,
    });
  });
});

describe('npm start', () => {
  it('prints an address where there is no display', async () => {
    const { url, child, ended } = begin(['studio']);
    expect(await opens(await url)).toBe(303);
    child.kill('SIGINT');
    const { stdout, stderr } = await ended;
    expect(stdout.split('\n')[0]).toBe('There is no display here, so the studio is served to a browser.');
    expect(stderr).toBe('');
  });
});
