/** Every family on the GPU against the CPU engine: the same weights, pictures, masks and pools, the same losses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { startRuntime } from '../ort.ts';
import { Runner } from '../runner.ts';
import { relativeDifference, values } from '../testing.ts';
import { GpuExecution, type Trainable } from './execution.ts';
import type { EngineState } from './interface.ts';
import { missingDriver, softwareDevice } from './testing.ts';

startRuntime(1);
if (missingDriver) console.warn(`skipped: ${missingDriver}`); // eslint-disable-line no-console -- a skipped test says why

const RATE = 2e-4;
const SEED = 7;

interface Variant {
  family: string;
  steps: number;
  batch?: number;
  settings: Record<string, unknown>;
}

const variants: [string, Variant][] = [
  ['pix2pix', { family: 'pix2pix', steps: 10, settings: {} }],
  [
    'pix2pix with all that it has beside the paper, of two pictures',
    {
      family: 'pix2pix',
      steps: 3,
      batch: 2,
      settings: {
        ...{ ganLoss: 'hinge', normalisation: 'batch', upsampling: 'resize', dropout: 0.5 },
        ...{ featureWeight: 10, dSteps: 2 },
      },
    },
  ],
  ['CycleGAN', { family: 'cyclegan', steps: 10, settings: { blocks: 1, poolSize: 2, penaltyWeight: 10 } }],
  ['CUT', { family: 'cut', steps: 10, settings: { blocks: 1, patches: 48, features: 16, penaltyWeight: 10 } }],
];

/** The CPU engine's state, under the names that its checkpoints have (`snapshot.ts`). */
function stateOf({ parameters, updates, pools }: Runner): EngineState {
  const learned = parameters.players.flatMap(({ parameters: all, averaged }) =>
    all.flatMap(({ name, shape }) =>
      (averaged ? (['w', 'm', 'v', 'ema'] as const) : (['w', 'm', 'v'] as const)).map((field) => ({
        name: field === 'w' ? name : `${name}#${field}`,
        shape,
        data: parameters.view(name, field).slice(),
      })),
    ),
  );
  const kept = [...pools].map(([name, { data, capacity }]) => ({
    name,
    shape: [capacity, data.length / capacity],
    data: data.slice(),
  }));
  return {
    tensors: [...learned, ...kept],
    updates: { ...updates },
    pools: Object.fromEntries([...pools].map(([name, { filled }]) => [name, filled])),
  };
}

/** A family's steps and exported graphs, as an engine takes them. */
function trainable(
  family: Family,
  shape: { size: number; channels: 3; batch: number },
  settings: Record<string, unknown>,
): Trainable {
  const names = new Set(family.schedule(settings, false));
  return {
    steps: new Map([...names].map((name) => [name, family.step(name, shape, settings)])),
    inferences: family.inference({ ...shape, batch: 1 }, settings),
  };
}

const prepared = ({ family: id, batch = 1, settings: overrides }: Variant) => {
  const family = FAMILIES.get(id)!;
  const shape = { size: 32, channels: 3, batch } as const;
  const settings = family.settings.parse({ width: 8, ...overrides });
  const create = async (): Promise<GpuExecution> =>
    GpuExecution.create(await softwareDevice(), trainable(family, shape, settings), SEED);
  return { family, shape, settings, schedule: family.schedule(settings, false), create };
};

const picturesOf = (step: number, batch: number): Record<string, Float32Array> =>
  Object.fromEntries(['input', 'target'].map((name) => [name, values(step, name, [batch, 3, 32, 32])]));

/** Compiling for a software driver takes minutes. */
const LONG = 900_000;

describe.skipIf(missingDriver).each(variants)('%s, at 32 px, width 8', (_, variant) => {
  const { family, shape, settings, schedule, create } = prepared(variant);
  let cpu: Runner;
  let gpu: GpuExecution;

  beforeAll(async () => {
    cpu = new Runner(family, shape, settings, { seed: SEED, threads: 1 });
    cpu.parameters.initialise(SEED);
    gpu = await create();
    await gpu.initialise(SEED);
  }, LONG);
  afterAll(async () => {
    await cpu.dispose();
    await gpu.dispose();
  });

  it(`has the losses of ${variant.steps} steps and the gradients of the first`, { timeout: LONG }, async () => {
    for (let at = 0; at < variant.steps; at++) {
      for (const [name, data] of Object.entries(picturesOf(at, shape.batch))) {
        cpu.value(name).data.set(data);
        await gpu.write(name, data);
      }
      await cpu.step(at, schedule, RATE);
      await gpu.step(at, schedule, () => RATE);
      const ours = await gpu.reports();
      for (const [name, loss] of Object.entries(cpu.scalars()))
        expect(Math.abs(ours[name]! - loss), `${name} of step ${at}: ${ours[name]} for ${loss}`).toBeLessThan(
          1e-2 * Math.max(Math.abs(loss), 0.1),
        );
      if (at > 0) continue;
      for (const { parameters } of cpu.parameters.players)
        for (const { name } of parameters)
          expect(relativeDifference(await gpu.read(`${name}#g`), cpu.parameters.view(name, 'g')), name).toBeLessThan(
            1e-3,
          );
    }
  });

  it('exports the same network', { timeout: LONG }, async () => {
    for (const [i, { input }] of cpu.inferences.entries()) {
      const picture = values(9, 'picture', input.shape);
      const ours = await gpu.infer(i, { input: picture });
      expect(relativeDifference(ours['output']!, await cpu.infer(picture, i))).toBeLessThan(1e-2);
    }
  });
});

describe.skipIf(missingDriver)('a training that stays on the device', () => {
  const { family, shape, settings, schedule, create } = prepared({ family: 'pix2pix', steps: 0, settings: {} });

  /** Some steps, of which nothing is read back before the last is done. */
  const train = async (gpu: GpuExecution, from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at++) {
      for (const [name, data] of Object.entries(picturesOf(at % 4, 1))) await gpu.write(name, data);
      await gpu.step(at, schedule, () => RATE);
    }
  };
  const bits = (state: EngineState): Map<string, Buffer> =>
    new Map(state.tensors.map(({ name, data }) => [name, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]));

  it('has the losses and the network of the CPU after 100 steps', { timeout: LONG }, async () => {
    const cpu = new Runner(family, shape, settings, { seed: SEED, threads: 1 });
    cpu.parameters.initialise(SEED);
    for (let at = 0; at < 100; at++) {
      for (const [name, data] of Object.entries(picturesOf(at % 4, 1))) cpu.value(name).data.set(data);
      await cpu.step(at, schedule, RATE);
    }
    const gpu = await create();
    await gpu.initialise(SEED);
    await train(gpu, 0, 100);
    const ours = await gpu.reports();
    const theirs = cpu.scalars();
    expect(Math.abs(ours['gL1']! - theirs['gL1']!)).toBeLessThan(1e-2 * theirs['gL1']!);
    const picture = values(9, 'picture', [1, 3, 32, 32]);
    const painted = (await gpu.infer(0, { input: picture }))['output']!;
    expect(relativeDifference(painted, await cpu.infer(picture))).toBeLessThan(1e-2);
    await gpu.dispose();
    await cpu.dispose();
  });

  it('gives the same bits every time, from a saved state too', { timeout: LONG }, async () => {
    const whole = await create();
    await whole.initialise(SEED);
    await train(whole, 0, 12);
    const expected = await whole.save();
    const half = await create();
    await half.initialise(SEED);
    await train(half, 0, 5);
    const resumed = await create();
    await resumed.load(await half.save());
    await train(resumed, 5, 12);
    const again = await resumed.save();
    expect(again.updates).toEqual(expected.updates);
    for (const [name, data] of bits(expected)) expect(bits(again).get(name)!.equals(data), name).toBe(true);
    for (const each of [whole, half, resumed]) await each.dispose();
  });
});

describe.skipIf(missingDriver)('a checkpoint', () => {
  const variant: Variant = { family: 'cyclegan', steps: 0, settings: { blocks: 1, poolSize: 2, penaltyWeight: 10 } };
  const { family, shape, settings, schedule, create } = prepared(variant);

  it('goes from the CPU to the GPU and back, with its pools', { timeout: LONG }, async () => {
    const cpu = new Runner(family, shape, settings, { seed: SEED, threads: 1 });
    cpu.parameters.initialise(SEED);
    const onCpu = async (at: number): Promise<void> => {
      for (const [name, data] of Object.entries(picturesOf(at, 1))) cpu.value(name).data.set(data);
      await cpu.step(at, schedule, RATE);
    };
    for (let at = 0; at < 3; at++) await onCpu(at);
    const there = stateOf(cpu);
    const gpu = await create();
    await gpu.initialise(SEED);
    await gpu.load(there);
    const back = await gpu.save();
    expect(back.updates).toEqual(there.updates);
    expect(back.pools).toEqual(there.pools);
    expect(back.tensors.map(({ name }) => name).sort()).toEqual(there.tensors.map(({ name }) => name).sort());
    for (const { name, data } of there.tensors)
      expect(relativeDifference(back.tensors.find((each) => each.name === name)!.data, data), name).toBe(0);
    // And both go on alike.
    await onCpu(3);
    for (const [name, data] of Object.entries(picturesOf(3, 1))) await gpu.write(name, data);
    await gpu.step(3, schedule, () => RATE);
    const ours = await gpu.reports();
    for (const [name, loss] of Object.entries(cpu.scalars()))
      expect(Math.abs(ours[name]! - loss), name).toBeLessThan(1e-2 * Math.max(Math.abs(loss), 0.1));
    await gpu.dispose();
    await cpu.dispose();
  });
});
