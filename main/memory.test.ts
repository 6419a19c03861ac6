/** What containers leave of memory, in both versions of control groups. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { freeMemory } from './memory.ts';
import { temporary } from './testing/folder.ts';

const folder = temporary();
afterEach(() => folder.remove());

const MB = 2 ** 20;
function tree(files: Readonly<Record<string, string | number>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = folder.path('root', ...name.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${content}\n`);
  }
  return folder.path('root');
}

it('is what a container has left, with the files that it can let go', () => {
  const root = tree({
    'proc/self/cgroup': '0::/app/worker',
    'sys/fs/cgroup/app/worker/memory.max': 'max',
    'sys/fs/cgroup/app/worker/memory.current': 10 * MB,
    'sys/fs/cgroup/app/memory.max': 100 * MB,
    'sys/fs/cgroup/app/memory.current': 70 * MB,
    'sys/fs/cgroup/app/memory.stat': `anon 5\nactive_file 9\ninactive_file ${20 * MB}`,
  });
  expect(freeMemory(root)).toBe(50 * MB);
});

it('is so too where the container sees itself as the whole', () => {
  const root = tree({
    'proc/self/cgroup': '0::/docker/0123',
    'sys/fs/cgroup/memory.max': 64 * MB,
    'sys/fs/cgroup/memory.current': 24 * MB,
  });
  expect(freeMemory(root)).toBe(40 * MB);
});

it('is so with control groups of version 1', () => {
  const root = tree({
    'proc/self/cgroup': '5:cpu,cpuacct:/\n4:memory:/a\n0::/',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712',
    'sys/fs/cgroup/memory/memory.usage_in_bytes': 900 * MB,
    'sys/fs/cgroup/memory/a/memory.limit_in_bytes': 30 * MB,
    'sys/fs/cgroup/memory/a/memory.usage_in_bytes': 25 * MB,
    'sys/fs/cgroup/memory/a/memory.stat': `inactive_file 1\ntotal_inactive_file ${2 * MB}`,
  });
  expect(freeMemory(root)).toBe(7 * MB);
});

it('is what the machine has where nothing is limited, or nothing is said', () => {
  const root = tree({
    'proc/self/cgroup': '0::/',
    'sys/fs/cgroup/memory.max': 'max',
    'sys/fs/cgroup/memory.current': 1,
  });
  for (const where of [root, folder.path('nothing')]) {
    expect(freeMemory(where)).toBeGreaterThan(0.5 * freemem());
    expect(freeMemory(where)).toBeLessThan(2 * freemem());
  }
});
