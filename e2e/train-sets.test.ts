/** Training on two sets from the command line: CycleGAN and CUT learn, resume to the bit, and translate both ways. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAt, run, type Ended } from './maquette.ts';
import { temporary } from '../main/testing/folder.ts';
import { writeSets } from '../main/testing/datasets.ts';

const { path, remove } = temporary();
const STEPS = 80;
const train = (family: string, out: string, ...more: string[]): string[] => [
  ...['train', family, path('sets'), '--out', path(out), '--size', '32', '--width', '8', '--blocks', '1'],
  ...['--upsampling', 'resize', '--holdout', '0.3', '--seed', '3', '--json', ...more],
];
const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

beforeAll(() => writeSets(path('sets'), 40));
afterAll(remove);

describe('train cyclegan', () => {
  // A pool of 3, so that past results come back within the run.
  const cyclegan = (out: string, ...more: string[]): string[] =>
    train('cyclegan', out, '--steps', String(STEPS), '--pool-size', '3', '--identity-weight', '0', ...more);
  let whole: Ended;
  beforeAll(async () => {
    whole = await run(...cyclegan('whole', '--checkpoint-every', '40'));
  });

  it('ends with a verified model for each way', () => {
    expect(whole.stderr).toBe('');
    expect(whole.done).toEqual({ event: 'done', step: STEPS, model: path('whole', 'model.onnx') });
    const exported = whole.events.filter(({ event }) => event === 'exported');
    expect(exported.map(({ model }) => model)).toEqual([path('whole', 'model.onnx'), path('whole', 'model.BtoA.onnx')]);
    for (const { maxDifference } of exported) expect(maxDifference).toBeLessThan(0.5);
  });

  it('learns: what it makes comes nearer to the other set', () => {
    const distances = whole.events
      .filter(({ event }) => event === 'preview')
      .map(({ score }) => (score as { swd: number }).swd);
    expect(distances).toHaveLength(4); // after 10, 40, 50 and 80 steps
    expect(distances.at(-1)).toBeLessThan(0.8 * distances[0]!);
  });

  it('gives the same bits after SIGKILL as without, with the pool of past results', { timeout: 180_000 }, async () => {
    const args = cyclegan('killed', '--checkpoint-every', '15', '--resume');
    for (const at of [17 + Math.floor(Math.random() * 20), 46]) {
      const { signal, stderr } = await killAt(at, args);
      expect(signal, stderr).toBe('SIGKILL');
    }
    const resumed = await run(...args);
    expect(resumed.stderr).toBe('');
    expect(resumed.events.some(({ event }) => event === 'resumed')).toBe(true);
    for (const file of ['model.onnx', 'model.BtoA.onnx'])
      expect(hash(path('killed', file)), file).toBe(hash(path('whole', file)));
  });

  it('is evaluated each way: by its distance to the set, and by what comes back', async () => {
    type Scores = Record<'swd' | 'swdUntranslated' | 'cycleL1', number>;
    const scores: Scores[] = [];
    for (const direction of ['AtoB', 'BtoA']) {
      const { done, stderr } = await run('evaluate', path('whole'), path('sets'), '--direction', direction, '--json');
      expect(stderr).toBe('');
      expect(done).toMatchObject({ n: 12, direction });
      scores.push(done as unknown as Scores);
    }
    const [there, back] = scores as [Scores, Scores];
    // The distance of the two sets is the same from both sides; what is made of each, and what comes back, is not.
    expect(there.swdUntranslated).toBeCloseTo(back.swdUntranslated, 6);
    for (const { swd, swdUntranslated, cycleL1 } of scores) {
      expect(Math.abs(swd / swdUntranslated - 1)).toBeGreaterThan(0.01);
      expect(cycleL1).toBeGreaterThan(0);
      expect(cycleL1).toBeLessThan(1);
    }
    expect(Math.abs(there.swd / back.swd - 1)).toBeGreaterThan(0.001);
    expect(Math.abs(there.cycleL1 / back.cycleL1 - 1)).toBeGreaterThan(0.001);
  });

  it('translates both ways from the run, at any size of which it takes the multiples', async () => {
    for (const [direction, set] of [
      ['AtoB', 'trainA'],
      ['BtoA', 'trainB'],
    ] as const) {
      const out = path('translated', direction);
      const { done, stderr } = await run(
        ...['translate', path('whole'), path('sets', set), '--direction', direction, '--out', out, '--json'],
      );
      expect(stderr).toBe('');
      expect(done).toMatchObject({ n: 40 });
    }
    // Each way is that of its own model.
    for (const [direction, model, set] of [
      ['AtoB', 'model.onnx', 'trainA'],
      ['BtoA', 'model.BtoA.onnx', 'trainB'],
    ] as const) {
      const out = path('by-file', direction);
      await run('translate', path('whole', model), path('sets', set), '--out', out);
      for (const name of readdirSync(path('translated', direction)).slice(0, 3))
        expect(hash(join(out, name)), name).toBe(hash(path('translated', direction, name)));
    }
    await run('translate', path('whole', 'model.BtoA.onnx'), path('sets', 'trainA'), '--out', path('by-file', 'wrong'));
    const name = readdirSync(path('translated', 'AtoB'))[0]!;
    expect(hash(path('by-file', 'wrong', name))).not.toBe(hash(path('translated', 'AtoB', name)));
  });

  it('begins from both of its models, and says so where the way back is missing', async () => {
    const { stderr, status } = await run(
      ...train('cyclegan', 'from', '--steps', '10', '--from', path('whole', 'model.onnx')),
    );
    expect([status, stderr]).toEqual([0, '']);
    const alone = await run(
      ...train('cyclegan', 'from-one', '--steps', '10', '--from', path('whole', 'model.BtoA.onnx')),
    );
    expect(alone.status).toBe(0);
    expect(JSON.stringify(alone.events)).toContain('translates one way only');
  });
});

it('trains CUT, whose run has one model and no way back', { timeout: 180_000 }, async () => {
  const cut = train('cut', 'cut', '--steps', '40', '--patches', '32', '--features', '16', '--checkpoint-every', '20');
  const trained = await run(...cut);
  expect(trained.stderr).toBe('');
  expect(trained.done).toMatchObject({ step: 40 });
  const killed = cut.map((flag) => (flag === path('cut') ? path('cut-killed') : flag));
  expect((await killAt(27, [...killed, '--resume'])).signal).toBe('SIGKILL');
  await run(...killed, '--resume');
  expect(hash(path('cut-killed', 'model.onnx'))).toBe(hash(path('cut', 'model.onnx')));
  const evaluated = await run('evaluate', path('cut'), path('sets'), '--json');
  expect(evaluated.done).toMatchObject({ n: 12, cycleL1: null });
  const back = await run('translate', path('cut'), path('sets', 'trainB'), '--direction', 'BtoA', '--out', path('no'));
  expect(back.status).toBe(2);
  expect(back.stderr).toContain('has no model that translates back (--direction AtoB)');
});

it('names the folder that is missing', async () => {
  const { status, stderr } = await run('train', 'cut', path('sets', 'trainA'), '--out', path('nothing'));
  expect(status).toBe(2);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('trainA/ and trainB/');
});
