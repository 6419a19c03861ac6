import { describe, expect, it, vi } from 'vitest';
import type { Job } from '../../preload/contract/index.ts';
import { UserError } from '../errors.ts';
import { JobQueue, type Control, type JobKind, type JobRecord } from './jobs.ts';

/** Work that a test ends. */
function work() {
  let end!: () => void;
  let fail!: (error: Error) => void;
  const calls: string[] = [];
  const over = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  let control!: Control;
  return {
    calls,
    end: () => end(),
    fail: (error: Error) => fail(error),
    control: () => control,
    run: (given: Control): Promise<void> => {
      control = given;
      calls.push('began');
      given.onPause(
        () => calls.push('paused'),
        () => calls.push('went on'),
      );
      given.signal.addEventListener('abort', () => {
        calls.push('aborted');
        end();
      });
      return over;
    },
  };
}

const LANES: Record<Job['kind'], string> = { train: 'engine', translate: 'engine', files: 'files' };

/** A studio's queue; `kept` is what the one before it left on disk. */
function setup(kept: JobRecord[] = []) {
  const ended: Job['state'][] = [];
  const works = new Map<string, ReturnType<typeof work>>();
  const left: [string, string][] = [];
  const store = { jobs: kept, read: () => kept, write: (jobs: readonly JobRecord[]) => void (store.jobs = [...jobs]) };
  const kindOf = (kind: Job['kind']): JobKind => ({
    lane: LANES[kind],
    first: kind === 'translate',
    entered: (given) => {
      if (given === 'gone') throw new UserError('What it works on is gone');
      works.set(String(given), works.get(String(given)) ?? work());
    },
    work: (given, control) => works.get(String(given))!.run(control),
    left: (given, { state }) => left.push([String(given), state]),
  });
  const queue = new JobQueue(
    () => undefined,
    ({ job }) => ended.push(job.state),
  );
  queue.serve({ train: kindOf('train'), translate: kindOf('translate'), files: kindOf('files') }, store);
  const add = (title: string, kind: Job['kind'] = 'train') => {
    const { id, finished } = queue.add({ kind, title, arguments: title });
    return { ...works.get(title)!, id, finished };
  };
  const state = (id: string): string => queue.list().find((job) => job.id === id)!.state;
  return { queue, ended, add, state, store, left, works };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the job queue', () => {
  it('runs one job of a lane at a time, in order, and other lanes beside', async () => {
    const { add, state } = setup();
    const [first, second, files] = [add('a'), add('b'), add('c', 'files')];
    await settled();
    expect([state(first.id), state(second.id), state(files.id)]).toEqual(['running', 'queued', 'running']);
    first.end();
    await first.finished;
    await settled();
    expect([state(first.id), state(second.id)]).toEqual(['done', 'running']);
    expect(second.calls).toEqual(['began']);
  });

  it('a paused job gives its lane to the next, and waits for it when it goes on', async () => {
    const { queue, add, state } = setup();
    const [first, second] = [add('a'), add('b')];
    await settled();
    queue.pause(first.id);
    await settled();
    expect([state(first.id), state(second.id)]).toEqual(['paused', 'running']);
    queue.resume(first.id);
    expect(state(first.id)).toBe('queued');
    second.end();
    await second.finished;
    await settled();
    expect(state(first.id)).toBe('running');
    expect(first.calls).toEqual(['began', 'paused', 'went on']);
  });

  it('what a person waits for goes before what runs for long, which makes way and goes on after', async () => {
    const { queue, add, state } = setup();
    const [long, next] = [add('a'), add('b')];
    await settled();
    const [batch, second] = [add('c', 'translate'), add('d', 'translate')];
    const all = [long, next, batch, second];
    const states = (): string[] => all.map(({ id }) => state(id));
    await settled();
    expect(states()).toEqual(['queued', 'queued', 'running', 'queued']);
    expect(queue.list().map(({ waitsFor }) => waitsFor)).toEqual(['c', 'c', null, 'c']);
    // Paused, it leaves its place to the next one of its kind; gone on with, it waits for that one.
    queue.pause(batch.id);
    expect(states()).toEqual(['queued', 'queued', 'paused', 'running']);
    queue.resume(batch.id);
    expect(states()).toEqual(['queued', 'queued', 'queued', 'running']);
    for (const job of [second, batch]) {
      job.end();
      await job.finished;
      await settled();
    }
    expect(states()).toEqual(['running', 'queued', 'done', 'done']);
    expect(long.calls).toEqual(['began', 'paused', 'went on']);
    expect(batch.calls).toEqual(['began', 'paused', 'went on']);
  });

  it('what made way can be held back, and ended, where it stands', async () => {
    const { queue, add, state } = setup();
    const held = add('a');
    await settled();
    const batch = add('b', 'translate');
    await settled();
    queue.pause(held.id);
    batch.end();
    await batch.finished;
    await settled();
    expect([state(held.id), held.calls]).toEqual(['paused', ['began', 'paused']]);
    queue.cancel(held.id);
    await held.finished;
    expect(state(held.id)).toBe('cancelled');
  });

  it('cancels what runs by its signal, what is paused, and what waits without ever beginning it', async () => {
    const { queue, add, state } = setup();
    const [first, second, third] = [add('a'), add('b'), add('c')];
    await settled();
    queue.cancel(third.id);
    queue.pause(first.id);
    await settled();
    queue.cancel(first.id);
    queue.cancel(second.id);
    await Promise.all([first.finished, second.finished, third.finished]);
    expect([first, second, third].map(({ id }) => state(id))).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(third.calls).toEqual([]);
    expect(queue.busy).toBe(false);
  });

  it('a job that fails says why, and the next one runs', async () => {
    const { queue, ended, add, state } = setup();
    const [first, second] = [add('a'), add('b')];
    await settled();
    first.fail(new Error('the disk is full'));
    await expect(first.finished).rejects.toThrow('the disk is full');
    await settled();
    expect(queue.list()[0]).toMatchObject({ state: 'failed', message: 'the disk is full' });
    expect(state(second.id)).toBe('running');
    expect(ended).toEqual(['failed']);
  });

  it('puts waiting jobs in another order, and only those', async () => {
    const { queue, add } = setup();
    const jobs = ['a', 'b', 'c', 'd'].map((title) => add(title));
    await settled();
    queue.move(jobs[3]!.id, 0);
    expect(queue.list().map(({ title }) => title)).toEqual(['a', 'd', 'b', 'c']);
    queue.move(jobs[3]!.id, 9);
    expect(queue.list().map(({ title }) => title)).toEqual(['a', 'b', 'c', 'd']);
    expect(() => queue.move(jobs[0]!.id, 1)).toThrow('Only jobs that wait');
  });

  it('shows progress and the time left, and forgets ended jobs when asked', async () => {
    const { queue, add } = setup();
    const job = add('a');
    await settled();
    job.control().progress(1, 4);
    expect(queue.list()[0]!.progress).toBe(0.25);
    expect(queue.list()[0]!.secondsLeft).toBeGreaterThanOrEqual(0);
    queue.clear();
    expect(queue.list()).toHaveLength(1);
    job.end();
    await job.finished;
    queue.clear();
    expect(queue.list()).toEqual([]);
  });

  it('ends everything when the studio does', async () => {
    const { queue, add } = setup();
    const jobs = [add('a'), add('b'), add('c', 'files')];
    await settled();
    await queue.stopAll();
    expect(queue.busy).toBe(false);
    await vi.waitFor(() => expect(jobs.map(({ calls }) => calls.at(-1))).toEqual(['aborted', undefined, 'aborted']));
  });

  it('writes down what waits, and takes it up again in the next studio, in its order', async () => {
    const before = setup();
    const [first] = ['a', 'b', 'c'].map((title) => before.add(title));
    await settled();
    expect(before.store.jobs.map(({ title }) => title)).toEqual(['b', 'c']);
    before.queue.move(before.queue.list()[2]!.id, 0);
    await before.queue.stopAll();
    expect(first!.calls).toEqual(['began', 'aborted']);
    // What ran is not begun again by itself: it may have been what ended the studio.
    const kept = [...before.store.jobs, { ...before.store.jobs[0]!, id: 'x', arguments: 'gone' }];
    const after = setup(kept);
    await settled();
    expect(after.queue.list().map(({ title, state }) => [title, state])).toEqual([
      ['c', 'running'],
      ['b', 'queued'],
    ]);
    expect(after.works.get('c')!.calls).toEqual(['began']);
    expect(after.store.jobs.map(({ title }) => title)).toEqual(['b']);
  });

  it('tells the kind of every job how it left, also one that never began', async () => {
    const { queue, add, left } = setup();
    const [first, second, third] = [add('a'), add('b'), add('c')];
    await settled();
    queue.cancel(second.id);
    first.end();
    await first.finished;
    third.fail(new Error('no'));
    await expect(third.finished).rejects.toThrow('no');
    expect(left).toEqual([
      ['b', 'cancelled'],
      ['a', 'done'],
      ['c', 'failed'],
    ]);
  });
});
