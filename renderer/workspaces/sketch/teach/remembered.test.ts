import { describe, expect, it } from 'vitest';
import type { Dataset, Run } from '../../../../preload/contract/index.ts';
import { homeOf, lessonState } from './remembered.ts';

const dataset = (id: string, over: Partial<Dataset> = {}) => ({ id, kind: 'pairs', problem: null, ...over }) as Dataset;
const run = (over: Partial<Run>) => ({ id: 'r', dataset: 'd', model: null, state: 'done', ...over }) as Run;

describe('where corrections belong', () => {
  it.each([
    ['with its training', { run: 'r' }, [run({})], [dataset('d')], 'd'],
    ['that was imported', { run: null }, [run({})], [dataset('d')], undefined],
    ['whose training is gone', { run: 'r' }, [], [dataset('d')], undefined],
    ['whose dataset is gone', { run: 'r' }, [run({})], [], undefined],
    ['whose dataset is broken', { run: 'r' }, [run({})], [dataset('d', { problem: 'moved' })], undefined],
  ] as const)('for a model %s', (_, model, runs, datasets, id) =>
    expect(homeOf(model, { runs: [...runs], datasets: [...datasets] })?.id).toBe(id),
  );
});

describe('a lesson', () => {
  it.each([
    [undefined, 'gone'],
    [run({ state: 'queued' }), 'waiting'],
    [run({ state: 'training' }), 'learning'],
    [run({ state: 'training', model: 'm' }), 'learning'],
    [run({ state: 'done' }), 'finishing'],
    [run({ state: 'done', model: 'elsewhere' }), 'finishing'],
    [run({ state: 'failed' }), 'failed'],
    [run({ state: 'done', model: 'm' }), 'there'],
  ] as const)('%#: is %s', (one, state) => expect(lessonState(one, [{ id: 'm' }]).state).toBe(state));
});
