/** What the self-test compares a device with: operators and short trainings on an engine that is trusted. */
import type { Family } from '../../../models/families/family.ts';
import { FAMILIES } from '../../../models/families/index.ts';
import type { Port } from '../../../models/families/program.ts';
import { Random } from '../../../models/graph/random.ts';
import { operators, type Shape } from '../../../models/graph/tensor.ts';
import type { Engine } from '../engine.ts';
import { operatorCase, operatorCases, type OperatorCase, type TrainingCase, type Trusted } from './self-test.ts';

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

/** For engines that compute in single precision. */
export const trustedBy = (engine: Engine, steps: number, trainings = TRAININGS): Trusted => ({
  cases: operatorCases(),
  tolerance: { operator: 1e-3, loss: 1e-2 },
  evaluate: (outputs, leaves) => engine.evaluate(outputs, leaves, ONE),
  trainings: trainings.map((size) => trainingCase(engine, size, steps)),
});

/**
 * Steps of trainings that are compared where products are in half precision: Adam's first updates are as large for a slope
 * of nearly nothing as for any other, so slopes whose sign is lost in rounding soon lead elsewhere (seen on a card: CUT's
 * losses were 0.07 apart after one update, 0.14 after two, with every product within 0.005).
 */
const HALF_STEPS = 2;

/**
 * For engines that multiply large matrices in half precision: products that are large enough, with their gradients, and
 * families whose layers are. Two factors of eleven binary digits are some thousandths off.
 */
export const trustedInHalf = (engine: Engine): Trusted => ({
  ...trustedBy(
    engine,
    HALF_STEPS,
    TRAININGS.map((each) => ({ ...each, width: 4 * each.width })),
  ),
  cases: largeProducts(),
  tolerance: { operator: 5e-3, loss: 0.1 },
});

function largeProducts(): OperatorCase[] {
  const products: [name: string, inputs: Shape[], attributes: object][] = [
    [
      'Conv2d',
      [
        [2, 40, 18, 20],
        [72, 40, 3, 3],
      ],
      { stride: 1, pads: [1, 1, 1, 1] },
    ],
    [
      'Conv2d',
      [
        [1, 64, 32, 32],
        [128, 64, 4, 4],
      ],
      { stride: 2, pads: [1, 1, 1, 1] },
    ],
    [
      'ConvTranspose2d',
      [
        [2, 96, 9, 16],
        [96, 40, 4, 4],
      ],
      { stride: 2, pads: [1, 1, 1, 1], size: [18, 32] },
    ],
    [
      'MatMul',
      [
        [48, 70],
        [70, 100],
      ],
      {},
    ],
  ];
  return products.map(([name, inputs, attributes], i) =>
    operatorCase(`large ${name} ${i + 1}`, operators.get(name)!.apply, { inputs, attributes }, i + 1),
  );
}

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
  return new Float32Array(port.channels * side * side).map(() => 2 * random.uniform() - 1);
}
