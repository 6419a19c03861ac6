import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { usualThreads } from './cores.ts';

describe('the threads of an engine', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('are the cores that there are', () => {
    vi.stubEnv('MAQUETTE_THREADS', '');
    expect(usualThreads()).toBeGreaterThanOrEqual(1);
    expect(usualThreads()).toBeLessThanOrEqual(availableParallelism());
  });

  it('are as many as the environment says', () => {
    vi.stubEnv('MAQUETTE_THREADS', '7');
    expect(usualThreads()).toBe(7);
  });

  it.each(['0', '257', '1.5', 'two'])('"%s" is refused in words', (said) => {
    vi.stubEnv('MAQUETTE_THREADS', said);
    expect(usualThreads).toThrow(`MAQUETTE_THREADS is "${said}"; set it to a number`);
  });
});
