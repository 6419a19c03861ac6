/** What steps cost, and what plans promise: made without a GPU. */
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { stepsOf, type Program } from '../../../models/families/program.ts';
import { resultsOf } from '../../../models/families/step.ts';
import { gradients } from '../../../models/graph/gradient.ts';
import { add, conv2d, leakyRelu, mean } from '../../../models/graph/operators/index.ts';
import { input, parameter } from '../../../models/graph/tensor.ts';
import { planStep, type Place, type Plan } from './plan.ts';
import { costOf, printPlan } from './print.ts';
import { MATRIX_TUNING, TUNING } from './tiling.ts';

const programOf = (id: string, size: number, width: number, more: Record<string, unknown> = {}): Program => {
  const family = FAMILIES.get(id)!;
  const settings = family.settings.parse({ width, ...more });
  return family.program({ size, channels: 3, batch: 1, labels: ['a', 'b'] }, settings);
};

const plansOf = (...of: Parameters<typeof programOf>): Plan[] => {
  const program = programOf(...of);
  const phases = (['warmUp', 'main'] as const).flatMap((phase) => stepsOf(program, phase));
  return [...new Set(phases)].map((name) => {
    const step = program.steps[name]!();
    return planStep({ updates: step.updates, results: resultsOf(step) });
  });
};

describe('the plan of pix2pix 256/64', () => {
  const [, plan] = plansOf('pix2pix', 256, 64) as [Plan, Plan];

  it('is pinned', () => {
    const { dispatches, moved, flops, arena } = costOf(plan);
    expect(dispatches).toBeLessThanOrEqual(300);
    expect({ dispatches, moved, flops, arena }).toMatchInlineSnapshot(`
      {
        "arena": 75159616,
        "dispatches": 197,
        "flops": 87735779328,
        "moved": 2073634936,
      }
    `);
  });

  it('takes no more dispatches than are allowed where matrix units multiply, for all the copies that they need', () => {
    const program = programOf('pix2pix', 256, 64);
    const step = program.steps[stepsOf(program, 'main').at(-1)!]!();
    const tuning = { ...TUNING, matrix: MATRIX_TUNING };
    const { dispatches, flops, arena } = costOf(planStep({ updates: step.updates, results: resultsOf(step) }, tuning));
    expect(dispatches).toBeLessThanOrEqual(300);
    expect({ dispatches, flops, arena }).toMatchInlineSnapshot(`
      {
        "arena": 121491584,
        "dispatches": 252,
        "flops": 87735779328,
      }
    `);
  });

  it('prints itself', () => {
    const lines = printPlan(plan).split('\n');
    expect(lines).toHaveLength(plan.items.length + 1);
    expect(lines.filter((line) => line.includes('update of'))).toHaveLength(2);
  });
});

describe.each([
  ['pix2pix', { featureWeight: 10, normalisation: 'batch', dropout: 0.5 }],
  ['cyclegan', { blocks: 2, penaltyWeight: 10 }],
  ['cut', { blocks: 2, penaltyWeight: 10 }],
  ['cgan', {}],
] as const)('plans of %s', (id, settings) => {
  const kernels = plansOf(id, 64, 16, settings).flatMap(({ items }) =>
    items.flatMap((item) => (item.kind === 'kernel' ? [item.kernel] : [])),
  );
  const buffer = (place: Place): string =>
    place.kind === 'slot'
      ? `slot ${place.slot}`
      : place.kind === 'weight' || place.kind === 'gradient'
        ? place.kind
        : `${place.kind} ${place.name}`;

  it('bind no more buffers than WebGPU promises', () => {
    for (const { reads, writes, label } of kernels) expect(reads.length + writes.length, label).toBeLessThanOrEqual(8);
  });

  it('never read and write one buffer in a kernel', () => {
    for (const { reads, writes, label } of kernels) {
      const written = new Set(writes.map(buffer));
      expect(
        reads.map(buffer).filter((read) => written.has(read)),
        label,
      ).toEqual([]);
    }
  });

  it('have no atomics: the same device gives the same bits', () => {
    for (const { code } of kernels) expect(code).not.toMatch(/atomic/);
  });
});

it('writes activations into the product that they follow', () => {
  const [picture, weight] = [input('picture', [1, 3, 64, 64]), input('weight', [64, 3, 4, 4])];
  const bias = input('bias', [1, 64, 1, 1]);
  const output = leakyRelu(add(conv2d(picture, weight, { stride: 2, pads: [1, 1, 1, 1] }), bias), { alpha: 0.2 });
  const plan = planStep({ updates: [], results: { output } });
  expect(plan.items).toHaveLength(1);
});

it('keeps what is made of a weight until its update', () => {
  const weight = parameter('w', [4], { kind: 'constant', value: 1 });
  const loss = mean(leakyRelu(weight, { alpha: 0.5 }));
  const [gradient] = gradients(loss, [weight]) as [typeof weight];
  const updated = add(weight, gradient);
  const plan = planStep({
    updates: [{ player: 'p', parameters: [{ parameter: weight, gradient, updated }] }],
    results: { before: leakyRelu(weight, { alpha: 0.5 }), after: leakyRelu(updated, { alpha: 0.5 }) },
  });
  const kinds = plan.items.map((item) =>
    item.kind === 'update' ? 'update' : item.kernel.writes.map((place) => ('name' in place ? place.name : '')).join(),
  );
  const update = kinds.indexOf('update');
  expect(kinds.findIndex((kind) => kind.includes('before'))).toBeLessThan(update);
  expect(kinds.findIndex((kind) => kind.includes('after'))).toBeGreaterThan(update);
});

it('brings gradients into the range of half precision, and nothing else', () => {
  const [picture, weight] = [
    input('picture', [1, 32, 16, 16]),
    parameter('w', [32, 32, 3, 3], { kind: 'normal', mean: 0, deviation: 1 }),
  ];
  const loss = mean(conv2d(picture, weight, { stride: 1, pads: [1, 1, 1, 1] }));
  const [gradient] = gradients(loss, [weight]) as [typeof weight];
  const parameters = [{ parameter: weight, gradient, updated: add(weight, gradient) }];
  const tuning = { ...TUNING, matrix: { ...MATRIX_TUNING, from: 0 } };
  const { items } = planStep({ updates: [{ player: 'p', parameters }], results: { loss } }, tuning);
  const kernels = items.flatMap((item) => (item.kind === 'kernel' ? [item.kernel] : []));
  const those = (label: string, text: RegExp): boolean[] =>
    kernels.filter((each) => each.label.startsWith(label)).map(({ code }) => text.test(code));
  // The picture, the weights, and the gradient of the result.
  expect(those('Pack', / \* f32\(4096\.0\)/).sort()).toEqual([false, false, true]);
  expect(those('Conv2d', / \* f32\(0\.000244140625\)/)).toEqual([false]);
  expect(those('ConvWeight2d', / \* f32\(0\.000244140625\)/)).toEqual([true]);
});
