/** Every family on the GPU against the CPU engine: the same weights, pictures, masks and pools, the same losses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { sizeOf } from '../../../models/graph/tensor.ts';
import { startRuntime } from '../ort.ts';
import { Runner } from '../runner.ts';
import { relativeDifference, values } from '../testing.ts';
import { GpuExecution, type Trainable } from './execution.ts';
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
    'pix2pix with least squares, batch normalisation, resize, dropout, two pictures',
    {
      family: 'pix2pix',
      steps: 3,
      batch: 2,
      settings: { ganLoss: 'lsgan', normalisation: 'batch', upsampling: 'resize', dropout: 0.5, dSteps: 2 },
    },
  ],
  [
    'pix2pix with hinge loss, feature matching',
    { family: 'pix2pix', steps: 3, settings: { ganLoss: 'hinge', featureWeight: 10 } },
  ],
  ['CycleGAN', { family: 'cyclegan', steps: 10, settings: { blocks: 1, poolSize: 2, penaltyWeight: 10 } }],
  ['CUT', { family: 'cut', steps: 10, settings: { blocks: 1, patches: 48, features: 16, penaltyWeight: 10 } }],
];

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

describe.skipIf(missingDriver).each(variants)(
  '%s, at 32 px, width 8',
  (_, { family: id, steps, batch = 1, settings: overrides }) => {
    const family = FAMILIES.get(id)!;
    const shape = { size: 32, channels: 3, batch } as const;
    const settings = family.settings.parse({ width: 8, ...overrides });
    const schedule = family.schedule(settings, false);
    let cpu: Runner;
    let gpu: GpuExecution;

    beforeAll(async () => {
      cpu = new Runner(family, shape, settings, { seed: SEED, threads: 1 });
      cpu.parameters.initialise(SEED);
      gpu = await GpuExecution.create(await softwareDevice(), trainable(family, shape, settings), SEED);
      await gpu.initialise(SEED);
    }, 600_000);
    afterAll(async () => {
      await cpu.dispose();
      await gpu.dispose();
    });

    it(`has the losses of ${steps} steps and the gradients of the first`, { timeout: 600_000 }, async () => {
      for (let at = 0; at < steps; at++) {
        for (const name of ['input', 'target']) {
          const data = values(at, name, [batch, 3, 32, 32]);
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

    it('exports the same network', { timeout: 600_000 }, async () => {
      for (const [i, { input }] of cpu.inferences.entries()) {
        const picture = values(9, 'picture', input.shape);
        const ours = await gpu.infer(i, { input: picture });
        const theirs = await cpu.infer(picture, i);
        expect(theirs).toHaveLength(sizeOf(input.shape));
        expect(relativeDifference(ours['output']!, theirs)).toBeLessThan(1e-2);
      }
    });
  },
);
