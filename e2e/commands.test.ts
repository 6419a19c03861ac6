/**
 * Every command that README, CHANGELOG or --help name is there and runs: quick ones whole, long ones started and stopped.
 * A command that is named and not in the table fails, and so does one of the table that is named nowhere.
 */
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../main/root.ts';
import { run } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { writeLabelled, writePairs } from '../main/testing/datasets.ts';

const folder = temporary();
afterAll(() => folder.remove());

const text = ['README.md', 'CHANGELOG.md', 'bench/README.md']
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** How each command of the program is shown to work: arguments, or what it must say within a few seconds. */
const QUICK = { help: true } as const;
const COMMANDS: Record<string, typeof QUICK | { args: () => Promise<string[]> | string[]; says?: RegExp }> = {
  samples: { args: () => ['samples', 'props', '--out', folder.path('props'), '--count', '2'] },
  train: {
    args: async () => {
      await writePairs(folder.path('pairs'), 4);
      return [
        'train',
        'pix2pix',
        folder.path('pairs'),
        '--out',
        folder.path('run'),
        '--size',
        '32',
        '--width',
        '2',
        '--steps',
        '1',
      ];
    },
  },
  sketches: {
    args: async () => {
      await writePairs(folder.path('art'), 2);
      return ['sketches', folder.path('art'), '--out', folder.path('drawn'), '--style', 'flats', 'hints'];
    },
  },
  translate: { args: () => ['translate', folder.path('run'), folder.path('pairs', 'A'), '--out', folder.path('out')] },
  upscale: {
    args: () => [
      'upscale',
      folder.path('pairs', 'A'),
      '--out',
      folder.path('larger'),
      '--factor',
      '1.5',
      '--keep-colours',
    ],
  },
  generate: {
    args: async () => {
      await writeLabelled(folder.path('labelled'), 4);
      const trained = ['--out', folder.path('made'), '--size', '32', '--width', '2', '--steps', '1'];
      await run('train', 'fewshot', folder.path('labelled'), ...trained);
      return ['generate', folder.path('made'), '--count', '2', '--label', 'red', '--out', folder.path('new')];
    },
  },
  interpolate: {
    args: () => [
      ...['interpolate', folder.path('made'), '--seeds', '1,2', '--frames', '4', '--loop'],
      ...['--out', folder.path('way.gif')],
    ],
  },
  project: {
    args: () => [
      ...['project', folder.path('made'), folder.path('new', '0001.png'), '--label', 'red'],
      ...['--learn', '--out', folder.path('found')],
    ],
  },
  evaluate: { args: () => ['evaluate', folder.path('run'), folder.path('pairs')] },
  inspect: { args: () => ['inspect', folder.path('pairs')] },
  halve: { args: () => ['halve', folder.path('run'), '--out', folder.path('half.onnx')] },
  engines: { args: () => ['engines'] },
  bench: QUICK,
  serve: { args: () => ['serve', '--port', '0', '--no-open'], says: /http:\/\/127\.0\.0\.1:\d+/ },
  studio: QUICK,
  help: QUICK,
};

/** Starts a process, and ends it as soon as it says what it should. */
function startAndStop(command: string, args: readonly string[], says: RegExp): Promise<string> {
  const env = { ...process.env, MAQUETTE_HOME: folder.path('home') };
  // A group of its own: what it has started (a browser, an engine) ends with it.
  const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let [heard, stopped] = ['', false];
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      heard += chunk.toString();
      if (says.test(heard) && !stopped) stopped = process.kill(-child.pid!, 'SIGKILL');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', () => (says.test(heard) ? resolve(heard) : reject(new Error(`it said: ${heard}`))));
  });
}

/** What a command says of itself: asked once. */
const helps = new Map<string, ReturnType<typeof run>>();
function helpOf(...command: string[]): ReturnType<typeof run> {
  const key = command.join(' ');
  if (!helps.has(key)) helps.set(key, run(...command, '--help'));
  return helps.get(key)!;
}

describe('maquette', () => {
  it('names its commands in --help, and the table has them all', async () => {
    const { stdout } = await run('--help');
    const named = [...stdout.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.keys(COMMANDS).sort());
  });
  it('README and CHANGELOG name no other', () => {
    const named = [...text.matchAll(/(?:npx |`)maquette ([a-z]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in COMMANDS))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });
  it.each(Object.entries(COMMANDS))(
    '%s',
    async (name, how) => {
      const help = await helpOf(name);
      expect(help.status, help.stderr).toBe(0);
      if ('help' in how) return;
      const args = await how.args();
      if (how.says) await startAndStop(process.execPath, ['bin/maquette.js', ...args], how.says);
      else expect(await run(...args)).toMatchObject({ status: 0 });
    },
    120_000,
  );
  it.each(['train', 'infer', 'upscale'])('bench %s starts', async (what) => {
    const { status, stderr } = await run('bench', what, '--help');
    expect(status, stderr).toBe(0);
  });
  it('the flags that README names are known', async () => {
    for (const [, command, rest] of text.matchAll(/npx maquette ([a-z]+)([^\n#`]*)/g)) {
      const family = command === 'train' ? (/^\s+(\w+)/.exec(rest!)?.[1] ?? '') : '';
      const { stdout } = await helpOf(command!, ...(family ? [family] : []));
      for (const [flag] of rest!.matchAll(/--[a-z][a-z-]+/g)) expect(stdout, `${command!} ${flag}`).toContain(flag);
    }
  }, 60_000);
});

describe('npm', () => {
  const named = [...new Set([...text.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name]) => name!))];
  const OF_NPM = ['ci', 'install', 'pack', 'test', 'start'];
  it('run: README and CHANGELOG name only scripts that there are', () => {
    expect(named.filter((name) => !(name in scripts) && !OF_NPM.includes(name))).toEqual([]);
    expect(named).toContain('screenshots');
  });
  // Long ones: they begin, say so, and are stopped.
  it.each([
    ['demo', /renders|sample|step/i],
    ['portraits', /portraits|sample|step/i],
    ['screenshots', /01-home-empty/],
  ])(
    'run %s begins',
    async (script, says) => {
      const [command, ...args] = scripts[script]!.split(' ');
      await startAndStop(command === 'node' ? process.execPath : command!, args, says);
    },
    120_000,
  );
});
