/** What trainings on the GPU promise beside the parity of all engines: bits, states that cross, and steps bound late. */
import { afterAll, describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { cpu } from '../cpu/index.ts';
import type { EngineState, Execution } from '../engine.ts';
import { relativeDifference } from '../testing/testing.ts';
import { GpuExecution } from './execution.ts';
import { selfTest } from './self-test.ts';
import { leftOut, missingDriver, softwareDevice, titled } from './testing.ts';
import { givenAt, smallProgram } from './testing-program.ts';
import { trustedBy } from './trusted.ts';

const SEED = 7;
const STEPS = 20;
/** Compiling for a software driver takes minutes. */
const LONG = 900_000;

const program = smallProgram();
const executions: Execution[] = [];
const opened = async (engine: 'cpu' | 'gpu'): Promise<Execution> => {
  const execution =
    engine === 'cpu'
      ? await cpu.open(program, { seed: SEED, threads: 1 })
      : await GpuExecution.create(await softwareDevice(), program, { seed: SEED });
  executions.push(execution);
  return execution;
};
const begun = async (engine: 'cpu' | 'gpu'): Promise<Execution> => {
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

describe.skipIf(missingDriver)(titled('a training on the GPU', missingDriver), () => {
  afterAll(async () => {
    for (const execution of executions) await execution.dispose();
  });

  it('reports, keeps and learns what it does on the CPU, with every kind of feed and of turn', async () => {
    const [ours, theirs] = [await begun('gpu'), await begun('cpu')];
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
  });

  it('gives the same bits every time, from a saved state too', async () => {
    const whole = await begun('gpu');
    await train(whole, 0, 12);
    const expected = await whole.save();
    const half = await begun('gpu');
    await train(half, 0, 7);
    const state = half.blank();
    Object.assign(state, copied(await half.save()));
    const resumed = await opened('gpu');
    await resumed.load(state);
    await train(resumed, 7, 12);
    const again = await resumed.save();
    expect([again.updates, again.pools]).toEqual([expected.updates, expected.pools]);
    expect(bitsOf(again)).toEqual(bitsOf(expected));
  });

  it('goes from the CPU to the GPU and back, with its pools', async () => {
    const there = await begun('cpu');
    await train(there, 0, 7);
    const state = copied(await there.save());
    const gpu = await opened('gpu');
    await gpu.load(state);
    expect(bitsOf(await gpu.save())).toEqual(bitsOf(state));
    await train(gpu, 7, 12);
    const back = await opened('cpu');
    await back.load(copied(await gpu.save()));
    await train(back, 12, 16);
    await train(there, 7, 16);
    expectClose(copied(await back.save()), copied(await there.save()), 1e-4);
  });

  it('keeps what a state does not have, and refuses what it does not know', async () => {
    const gpu = await begun('gpu');
    const before = bitsOf(await gpu.save());
    const data = new Float32Array(64).fill(0.25);
    await gpu.load({ tensors: [{ name: 'judge/weight', shape: [64, 1], data }], updates: {}, pools: {} });
    const { 'judge/weight': changed, ...rest } = bitsOf(await gpu.save());
    expect(changed).not.toBe(before['judge/weight']);
    expect({ ...rest, 'judge/weight': before['judge/weight'] }).toEqual(before);
    const unknown = { name: 'nobody', shape: [1], data: new Float32Array(1) };
    await expect(gpu.load({ tensors: [unknown], updates: {}, pools: {} })).rejects.toThrow('no "nobody"');
    await expect(async () => gpu.write('nowhere', data)).rejects.toThrow('no input "nowhere"');
  });
});

const long = missingDriver ?? leftOut;
describe.skipIf(long)(titled('the self-test on a software driver', long), () => {
  it(`passes: every operator and ten steps of ${[...FAMILIES.keys()].join(', ')}`, { timeout: LONG }, async () => {
    const verdict = await selfTest(await softwareDevice(), trustedBy(cpu, 10));
    expect(verdict.wrong).toEqual([]);
    expect(verdict.passed).toBe(true);
  });
});
