import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Newest } from './newest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Asks for a thing that takes a while to answer; everything asked and told is written into `log`. */
function asks(newest: Newest, log: string[], what: string, { pause = 100, takes = 50, fails = false } = {}): void {
  const question = async (): Promise<string> => {
    log.push(`${what}?`);
    await new Promise((resolve) => setTimeout(resolve, takes));
    if (fails) throw new Error(what);
    return what;
  };
  newest.ask(pause, question).then(
    (answer) => log.push(answer),
    (error: unknown) => log.push(String(error)),
  );
}

it('asks once, for the last of what changes quickly', async () => {
  const [newest, log] = [new Newest(), [] as string[]];
  for (const what of ['a', 'b', 'c']) {
    asks(newest, log, what);
    await vi.advanceTimersByTimeAsync(60);
  }
  await vi.runAllTimersAsync();
  expect(log).toEqual(['c?', 'c']);
});

it.each([false, true])('never tells what came late (failing: %s)', async (fails) => {
  const [newest, log] = [new Newest(), [] as string[]];
  asks(newest, log, 'slow', { pause: 0, takes: 500, fails });
  await vi.advanceTimersByTimeAsync(10);
  asks(newest, log, 'quick', { pause: 0, takes: 10 });
  await vi.runAllTimersAsync();
  expect(log).toEqual(['slow?', 'quick?', 'quick']);
});

it('tells why the newest failed', async () => {
  const [newest, log] = [new Newest(), [] as string[]];
  asks(newest, log, 'no', { fails: true });
  await vi.runAllTimersAsync();
  expect(log).toEqual(['no?', 'Error: no']);
});

it('is silent once stopped, before and after it asked', async () => {
  const [newest, log] = [new Newest(), [] as string[]];
  asks(newest, log, 'a');
  newest.stop();
  asks(newest, log, 'b', { pause: 0 });
  await vi.advanceTimersByTimeAsync(10);
  newest.stop();
  await vi.runAllTimersAsync();
  expect(log).toEqual(['b?']);
});
