/** What the self-test compares a device with: operators and short trainings on an engine that is trusted. */
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import type { Port } from '../../../models/families/program.ts';
import { Random } from '../../../models/graph/random.ts';
import type { Engine } from '../engine.ts';
import type { TrainingCase, Trusted } from './self-test.ts';

const SEED = 7;
const LABELS = ['a', 'b', 'c'];
const ONE = { threads: 1 };

export interface TrainingSize {
  family: string;
  size: number;
  width: number;
  settings?: Record<string, unknown>;
}

/** How many steps of each training a self-test compares. */
export const TRIED_STEPS = 10;

/** What makes a family small enough, where its usual settings do not. */
const SMALLER: Readonly<Record<string, Record<string, unknown>>> = {
  cyclegan: { blocks: 1, poolSize: 2 },
  cut: { blocks: 1, patches: 48, features: 16 },
  srgan: { blocks: 1, discriminatorWidth: 4, ganWeight: 0.1, featureWeight: 0.5 },
};

/** Every family, small. */
const TRAININGS: readonly TrainingSize[] = [...FAMILIES.keys()].map((family) => ({
  ...{ family, size: 32, width: 8 },
  settings: SMALLER[family] ?? {},
}));

export const trustedBy = (engine: Engine, steps: number, trainings = TRAININGS): Trusted => ({
  evaluate: (outputs, leaves) => engine.evaluate(outputs, leaves, ONE),
  trainings: trainings.map((size) => trainingCase(engine, size, steps)),
});

function trainingCase(
  engine: Engine,
  { family: id, size, width, settings: more }: TrainingSize,
  steps: number,
): TrainingCase {
  const family: Family | undefined = FAMILIES.get(id);
  if (!family) throw new Error(`there is no family "${id}"`);
  const settings = family.settings.parse({ width, ...more });
  const program = family.program({ size, channels: 3, batch: 1, labels: LABELS }, settings);
  const given = (step: number): Record<string, Float32Array> =>
    Object.fromEntries(Object.entries(program.inputs).map(([name, port]) => [name, draw({ step, name, size }, port)]));
  const expected = async (): Promise<Record<string, number>[]> => {
    const execution = await engine.open(program, { seed: SEED, ...ONE });
    await execution.initialise(SEED);
    const reports: Record<string, number>[] = [];
    for (let step = 0; step < steps; step++) {
      for (const [name, data] of Object.entries(given(step))) await execution.write(name, data);
      await execution.step(step, 'main', Infinity);
      const reported = Object.entries(await execution.reports());
      reports.push(Object.fromEntries(reported.map(([name, { value }]) => [name, value])));
    }
    await execution.dispose();
    return reports;
  };
  return { name: `training of ${family.title}`, program, steps, seed: SEED, given, expected };
}

function draw({ step, name, size }: { step: number; name: string; size: number }, port: Port): Float32Array {
  if (port.kind === 'label') return Float32Array.from(port.labels, (_, i) => (i === step % port.labels.length ? 1 : 0));
  const random = new Random(step, name);
  const side = size / (port.smaller?.factor ?? 1);
  return Float32Array.from({ length: port.channels * side * side }, () => 2 * random.uniform() - 1);
}
