/** The supervisor with real processes: it restarts an engine that dies, pauses, and gives up where starting again is no help. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { temporary } from '../../testing/folder.ts';
import { writePairs } from '../../testing/datasets.ts';
import { DeviceLost } from '../../errors.ts';
import { UNVARIED, type TrainerRequest, type TrainEvent, type TrainOptions } from './messages.ts';
import { failureOf, forkRole } from './roles.ts';
import { startTraining } from './supervisor.ts';

const folder = temporary();
beforeAll(() => writePairs(folder.path('pairs'), 8));
afterAll(() => folder.remove());

let runs = 0;
const options = (change: Partial<TrainOptions> = {}): TrainOptions => ({
  family: 'pix2pix',
  settings: FAMILIES.get('pix2pix')!.settings.parse({ width: 8 }),
  ...{ dataset: folder.path('pairs'), out: folder.path(`run-${runs++}`), size: 32, channels: 3, batch: 1, seed: 1 },
  ...{ holdout: 0.25, steps: 40, minutes: null, engine: 'cpu', threads: 1, background: false, checkpointEvery: 10 },
  ...{ resume: false, from: null, fromStep: null },
  augment: { ...UNVARIED, flip: true },
  emphasis: null,
  ...change,
});

const kill = (pid: number | undefined): void => void process.kill(pid!, 'SIGKILL');

describe('a training', () => {
  it.each([
    ['trainer', 0],
    ['loader', 1],
  ])('whose %s is killed goes on from its checkpoint, and says so once', async (_, which) => {
    const events: TrainEvent[] = [];
    const training = startTraining(options(), (event) => {
      events.push(event);
      if (event.event === 'step' && event.step === 25 && !events.some(({ event }) => event === 'restarted'))
        kill(training.pids()[which]);
    });
    await training.finished;
    expect(events.filter(({ event }) => event === 'restarted')).toHaveLength(1);
    expect(events.find(({ event }) => event === 'resumed')).toMatchObject({
      step: expect.toSatisfy((at) => at === 20 || at === 30) as number,
    });
    expect(events.at(-1)).toMatchObject({ event: 'done', step: 40 });
  });

  it('whose engine dies again and again without a checkpoint ends with words', async () => {
    const events: TrainEvent[] = [];
    const training = startTraining(options({ checkpointEvery: 1000 }), (event) => {
      events.push(event);
      if (event.event === 'step' && event.step === 3) kill(training.pids()[0]);
    });
    await expect(training.finished).rejects.toThrow('The trainer was killed (SIGKILL)');
    expect(events.filter(({ event }) => event === 'restarted')).toHaveLength(2);
  });

  it('that loses its device again and again goes on from its checkpoint, at last on the processor', async () => {
    const events: TrainEvent[] = [];
    const engines: string[] = [];
    const training = startTraining(
      options({ engine: 'auto' }),
      (event) => events.push(event),
      (role) => {
        const forked = forkRole(role);
        if (role !== 'trainer') return forked;
        let hear: (message: never) => void = () => undefined;
        return {
          ...forked,
          onMessage: (listener) => forked.onMessage((hear = listener)),
          send: (message) => {
            const request = message as TrainerRequest;
            if (request.type === 'train') engines.push(request.options.engine);
            if (request.type !== 'train' || request.options.engine === 'cpu') forked.send(message);
            else hear({ type: 'failed', ...failureOf(new DeviceLost('Card was lost (reset)')) } as never);
          },
        };
      },
    );
    await training.finished;
    expect(engines).toEqual(['auto', 'auto', 'cpu']);
    const told = events.flatMap((event) => (event.event === 'restarted' ? [event.message] : []));
    expect(told).toEqual([
      'Card was lost (reset); the run goes on from its last checkpoint',
      'Card was lost (reset); the run goes on from its last checkpoint, on the processor',
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'done', step: 40 });
  });

  it('that cannot be started is a fault in words, not a hang', async () => {
    const training = startTraining(
      options(),
      () => undefined,
      (role) => ({
        ...forkRole(role),
        onExit: (listener) => queueMicrotask(() => listener('could not be started (no such file)')),
      }),
    );
    await expect(training.finished).rejects.toThrow('could not be started');
  });

  it('gives way for as long as it is asked, even inside a step, and goes on by itself', async () => {
    const events: TrainEvent[] = [];
    const training = startTraining(options({ out: folder.path('polite'), steps: 60 }), (event) => {
      events.push(event);
      if (event.event === 'step' && event.step === 5) training.giveWay(60_000);
    });
    const steps = (): number => events.filter(({ event }) => event === 'step').length;
    await vi.waitFor(() => expect(steps()).toBeGreaterThanOrEqual(5), 10_000);
    await new Promise((resolve) => setTimeout(resolve, 300)); // a step or two may have been on their way
    const before = steps();
    expect(before).toBeLessThan(60);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(steps()).toBe(before);
    training.giveWay(0);
    await training.finished;
    expect(events.at(-1)).toMatchObject({ event: 'done', step: 60 });
  });

  it('waits while paused, with a checkpoint, also across the death of its engine, and goes on', async () => {
    const events: TrainEvent[] = [];
    const out = folder.path('paused');
    const training = startTraining(options({ out, steps: 60, checkpointEvery: 1000 }), (event) => {
      events.push(event);
      if (event.event === 'step' && event.step === 5) training.pause();
    });
    const paused = (): TrainEvent[] => events.filter(({ event }) => event === 'paused');
    await vi.waitFor(() => expect(paused()).toHaveLength(1), 10_000);
    expect(events.filter(({ event }) => event === 'checkpoint')).toMatchObject([
      { file: expect.stringContaining(join(out, 'checkpoints')) as string },
    ]);
    kill(training.pids()[0]);
    await vi.waitFor(() => expect(paused()).toHaveLength(2), 10_000);
    const steps = (): number => events.filter(({ event }) => event === 'step').length;
    const before = steps();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(steps()).toBe(before);
    training.proceed();
    await training.finished;
    expect(events.at(-1)).toMatchObject({ event: 'done', step: 60 });
    // It learned what it would have learned without: the run of before gave way and was not paused.
    const [one, other] = [out, folder.path('polite')].map((run) => readFileSync(join(run, 'model.onnx')));
    expect(one!.equals(other!)).toBe(true);
  });
});
