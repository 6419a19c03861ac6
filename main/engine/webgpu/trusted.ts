/**
 * What the self-test compares a device with: operators and short trainings on the CPU engine. The one file here that knows
 * that engine.
 */
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import { Random } from '../../../models/graph/random.ts';
import { evaluateGraph } from '../evaluate-graph.ts';
import { Runner } from '../runner.ts';
import type { TrainingCase, Trusted } from './self-test.ts';

const SEED = 7;
const RATE = 2e-4;

export interface TrainingSize {
  family: string;
  size: number;
  width: number;
  settings?: Record<string, unknown>;
}

/** Every family, small. */
const SMALL = { size: 32, width: 8 };
const TRAININGS: readonly TrainingSize[] = [
  { family: 'pix2pix', ...SMALL },
  { family: 'cyclegan', ...SMALL, settings: { blocks: 1, poolSize: 2 } },
  { family: 'cut', ...SMALL, settings: { blocks: 1, patches: 48, features: 16 } },
];

/** The CPU engine as the one that is trusted; `startRuntime` must have been called. */
export const trustedCpu = (steps: number, trainings = TRAININGS): Trusted => ({
  evaluate: evaluateGraph,
  trainings: trainings.map((size) => trainingCase(size, steps)),
});

function trainingCase({ family: id, size, width, settings: more }: TrainingSize, steps: number): TrainingCase {
  const family: Family | undefined = FAMILIES.get(id);
  if (!family) throw new Error(`there is no family "${id}"`);
  const shape = { size, channels: 3, batch: 1 } as const;
  const settings = family.settings.parse({ width, ...more });
  const schedule = family.schedule(settings, false);
  const pictures = (step: number): Record<string, Float32Array> =>
    Object.fromEntries(['input', 'target'].map((name) => [name, picture(step, name, size)]));
  const expected = async (): Promise<Record<string, number>[]> => {
    const cpu = new Runner(family, shape, settings, { seed: SEED, threads: 1 });
    cpu.parameters.initialise(SEED);
    const reports: Record<string, number>[] = [];
    for (let step = 0; step < steps; step++) {
      for (const [name, data] of Object.entries(pictures(step))) cpu.value(name).data.set(data);
      await cpu.step(step, schedule, RATE);
      reports.push(cpu.scalars());
    }
    await cpu.dispose();
    return reports;
  };
  return {
    name: `training of ${family.title}`,
    what: {
      steps: new Map([...new Set(schedule)].map((name) => [name, family.step(name, shape, settings)])),
      inferences: family.inference(shape, settings),
    },
    ...{ schedule, steps, seed: SEED, rate: RATE, pictures, expected },
  };
}

function picture(step: number, name: string, size: number): Float32Array {
  const random = new Random(step, name);
  return Float32Array.from({ length: 3 * size * size }, () => 2 * random.uniform() - 1);
}
