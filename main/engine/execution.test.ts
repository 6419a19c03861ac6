/** What trainings on every engine promise beside parity: bits, states that cross between engines, steps bound late. */
import { afterAll, describe, expect, it } from 'vitest';
import { cpu } from './cpu/index.ts';
import type { Engine, EngineState, Execution } from './engine.ts';
import { plain } from './plain/index.ts';
import { triedEngines } from './testing/engines.ts';
import { relativeDifference } from './testing/testing.ts';
import { givenAt, smallProgram } from './testing/testing-program.ts';

const SEED = 7;
const STEPS = 20;

const program = smallProgram();
const executions: Execution[] = [];
const opened = async (engine: Engine): Promise<Execution> => {
  const execution = await engine.open(program, { seed: SEED, threads: 1 });
  executions.push(execution);
  return execution;
};
const begun = async (engine: Engine): Promise<Execution> => {
  const execution = await opened(engine);
  await execution.initialise(SEED);
  return execution;
};

/** Trains from a step to another, the first of the run as a warm-up; gives what every step reported. */
async function train(execution: Execution, from: number, to: number) {
  const reports: Awaited<ReturnType<Execution['reports']>>[] = [];
  for (let step = from; step < to; step++) {
    for (const [port, data] of Object.entries(givenAt(step))) await execution.write(port, data);
    await execution.step(step, step < 3 ? 'warmUp' : 'main', STEPS);
    reports.push(await execution.reports());
  }
  return reports;
}

/** A state by itself: engines may give their own memory. */
const copied = ({ tensors, updates, pools }: EngineState): EngineState => ({
  tensors: tensors.map((tensor) => ({ ...tensor, data: tensor.data.slice() })),
  updates: { ...updates },
  pools: { ...pools },
});

const bitsOf = ({ tensors }: EngineState): Record<string, string> =>
  Object.fromEntries(
    tensors.map(({ name, data }) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
  );

function expectClose(ours: EngineState, theirs: EngineState, tolerance: number): void {
  const names = ({ tensors }: EngineState): string[] => tensors.map(({ name }) => name).sort();
  expect(names(ours)).toEqual(names(theirs));
  expect([ours.updates, ours.pools]).toEqual([theirs.updates, theirs.pools]);
  for (const { name, data } of theirs.tensors) {
    const own = ours.tensors.find((each) => each.name === name)!.data;
    expect(relativeDifference(own, data), name).toBeLessThanOrEqual(tolerance);
  }
}

describe.each(triedEngines())('a training on %s', (_, { engine, missing }) => {
  /** What it is compared with: another engine. */
  const other = engine === cpu ? plain : cpu;
  afterAll(async () => {
    for (const execution of executions.splice(0)) await execution.dispose();
  });

  it.skipIf(missing)(
    'reports, keeps and learns what it does on another engine, with every kind of feed and of turn',
    async () => {
      const [ours, theirs] = [await begun(engine), await begun(other)];
      const [reports, expected] = [await train(ours, 0, STEPS), await train(theirs, 0, STEPS)];
      expected.forEach((step, at) => {
        expect(Object.keys(reports[at]!).sort(), `step ${at}`).toEqual(Object.keys(step).sort());
        for (const [name, { kind, value }] of Object.entries(step)) {
          expect(reports[at]![name]!.kind).toBe(kind);
          expect(Math.abs(reports[at]![name]!.value - value), `${name} of step ${at}`).toBeLessThan(1e-4);
        }
      });
      expectClose(await ours.save(), copied(await theirs.save()), 1e-4);
      for (const name of ['fake', 'painter/noise', 'painter/noise#g'])
        expect(relativeDifference(await ours.read(name), await theirs.read(name)), name).toBeLessThan(1e-4);
      const inputs = { noise: Float32Array.from([1, -1, 0.5, 0]), label: Float32Array.from([0, 1]) };
      const [painted, known] = [await ours.infer(0, inputs), await theirs.infer(0, inputs)];
      expect(Object.keys(painted)).toEqual(['output']);
      expect(relativeDifference(painted['output']!, known['output']!)).toBeLessThan(1e-4);
      expect([ours.parameterCount, ours.flops]).toEqual([theirs.parameterCount, theirs.flops]);
    },
  );

  it.skipIf(missing)('gives the same bits every time, from a saved state too', async () => {
    const whole = await begun(engine);
    await train(whole, 0, 12);
    const expected = await whole.save();
    const half = await begun(engine);
    await train(half, 0, 7);
    const state = half.blank();
    Object.assign(state, copied(await half.save()));
    const resumed = await opened(engine);
    await resumed.load(state);
    await train(resumed, 7, 12);
    const again = await resumed.save();
    expect([again.updates, again.pools]).toEqual([expected.updates, expected.pools]);
    expect(bitsOf(again)).toEqual(bitsOf(expected));
  });

  it.skipIf(missing)('stays with it over a hundred steps of which nothing is read', async () => {
    const [ours, theirs] = [await begun(engine), await begun(other)];
    for (const execution of [ours, theirs])
      for (let step = 0; step < 100; step++) {
        for (const [port, data] of Object.entries(givenAt(step))) await execution.write(port, data);
        await execution.step(step, 'main', 100);
      }
    expectClose(copied(await ours.save()), copied(await theirs.save()), 1e-2);
  });

  it.skipIf(missing)('goes on from another engine, and there again, with its pools', async () => {
    const there = await begun(other);
    await train(there, 0, 7);
    const state = copied(await there.save());
    const ours = await opened(engine);
    await ours.load(state);
    expect(bitsOf(await ours.save())).toEqual(bitsOf(state));
    await train(ours, 7, 12);
    const back = await opened(other);
    await back.load(copied(await ours.save()));
    await train(back, 12, 16);
    await train(there, 7, 16);
    expectClose(copied(await back.save()), copied(await there.save()), 1e-4);
  });

  it.skipIf(missing)('keeps what a state does not have, and refuses what it does not know', async () => {
    const ours = await begun(engine);
    const before = bitsOf(await ours.save());
    const data = new Float32Array(64).fill(0.25);
    await ours.load({ tensors: [{ name: 'judge/weight', shape: [64, 1], data }], updates: {}, pools: {} });
    const { 'judge/weight': changed, ...rest } = bitsOf(await ours.save());
    expect(changed).not.toBe(before['judge/weight']);
    expect({ ...rest, 'judge/weight': before['judge/weight'] }).toEqual(before);
    const unknown = { name: 'nobody', shape: [1], data: new Float32Array(1) };
    await expect(ours.load({ tensors: [unknown], updates: {}, pools: {} })).rejects.toThrow('no "nobody"');
    await expect(ours.write('nowhere', data)).rejects.toThrow('no input "nowhere"');
  });
});
