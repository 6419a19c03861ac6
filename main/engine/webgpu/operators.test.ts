/**
 * Every operator at every size that it lists, and its gradient there: the kernels against ONNX Runtime on the CPU. What they
 * give, and what gradients of whole trainings they make, the tests of all engines look at too, and more often.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../models/graph/gradient.ts';
import { add, conv2d, convTranspose2d, leakyRelu, mul, slice, sum } from '../../../models/graph/operators/index.ts';
import { input, operators, showShape, type Tensor } from '../../../models/graph/tensor.ts';
import { cpu } from '../cpu/index.ts';
import { relativeDifference, values } from '../testing/testing.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { missingDriver, softwareDevice, titled } from './testing.ts';
import { MATRIX_TUNING, TUNING, type MatrixTuning, type Tuning } from './tiling.ts';

const CONTRACTIONS = new Set(['Conv2d', 'ConvTranspose2d', 'ConvWeight2d', 'MatMul']);

const cases = [...operators].flatMap(([name, { operator, apply }]) =>
  operator.cases.map((sizes, i) => ({
    name: `${name} ${sizes.inputs.map(showShape).join(' ')} ${JSON.stringify(sizes.attributes ?? {})}`,
    operator: name,
    apply,
    sizes,
    seed: i + 1,
  })),
);

/** Products of two 3.4-digit numbers, summed exactly: a few thousandths of the largest. */
const HALF = 4e-3;
/** Small, as what is written out takes long to compile here. */
const MATRICES: MatrixTuning = {
  ...MATRIX_TUNING,
  unit: 'emulated',
  lanes: 4,
  rows: 32,
  columns: 32,
  block: [16, 16],
  depth: 16,
  subgroups: 4,
  busy: 1,
  from: 0,
};

describe.skipIf(missingDriver)(titled('operators and their gradients on the GPU', missingDriver), () => {
  it.each(cases)('$name', async ({ operator, apply, sizes, seed }) => {
    const leaves = sizes.inputs.map((shape, i) => input(`x${i}`, shape));
    const output = apply(leaves, sizes.attributes ?? {});
    const learned = leaves.filter((_, i) => !sizes.values?.[i]);
    const loss = sum(mul(output, input('weights', output.shape)));
    const named = {
      output,
      ...Object.fromEntries(gradients(loss, learned).map((grad, i) => [`gradient of ${learned[i]!.name}`, grad])),
    };
    const data = {
      weights: values(seed, 'weights', output.shape),
      ...Object.fromEntries(
        sizes.inputs.map((shape, i) => [
          `x${i}`,
          sizes.values?.[i]
            ? Float32Array.from(sizes.values[i])
            : values(seed, `x${i}`, shape, sizes.range, sizes.awayFromZero),
        ]),
      ),
    };
    const gpu = await softwareDevice();
    const ours = await evaluateOnGpu(gpu, named, data);
    const theirs = await cpu.evaluate(named, data, { threads: 1 });
    const compare = (values: typeof ours, most: number): void => {
      for (const [key, expected] of Object.entries(theirs))
        expect(relativeDifference(values[key as keyof typeof ours], expected), key).toBeLessThan(most);
    };
    compare(ours, 1e-4);
    // Products as cards run them, with loads ahead: one case each, as they take long to compile here.
    if (CONTRACTIONS.has(operator) && seed === 1) {
      compare(await evaluateOnGpu(gpu, named, data, TUNING), 1e-4);
    }
    // And by matrices, whatever their padding, stride and size.
    if (CONTRACTIONS.has(operator) && operator !== 'MatMul')
      compare(await evaluateOnGpu(gpu, named, data, { ...gpu.tuning, matrix: MATRICES }), HALF);
  });
});

describe('products by matrices', () => {
  const [picture, weight] = [input('picture', [2, 33, 5, 7]), input('weight', [34, 33, 3, 3])];
  const [up, bias] = [input('up', [33, 36, 4, 4]), input('bias', [1, 34, 1, 1])];
  const results = {
    forward: leakyRelu(add(conv2d(picture, weight, { stride: 1, pads: [1, 1, 1, 1] }), bias), { alpha: 0.2 }),
    transposed: convTranspose2d(picture, up, { stride: 2, pads: [1, 1, 1, 1], size: [11, 15] }),
  };
  const weighed = Object.values(results).map((each, i) => input(`weights${i}`, each.shape));
  const leaves = [picture, weight, up];
  const sums = Object.values(results).map((each, i) => sum(mul(each, weighed[i]!)));
  const slopes = gradients(
    sums.reduce((left, right) => add(left, right)),
    leaves,
  );
  const all = [...leaves, bias, ...weighed];
  const data = Object.fromEntries(all.map(({ name, shape }) => [name, values(3, name, shape)]));
  const compare = async (named: Record<string, Tensor>, tuning: Tuning): Promise<void> => {
    const ours = await evaluateOnGpu(await softwareDevice(), named, data, tuning);
    const theirs = await cpu.evaluate(named, data, { threads: 1 });
    for (const key of Object.keys(named)) {
      const off = relativeDifference(ours[key]!, theirs[key]!);
      expect(off, key).toBeLessThan(HALF);
      // What is exact did not take the matrices.
      expect(off, key).toBeGreaterThan(1e-5);
    }
  };

  it.skipIf(missingDriver)(titled('are those of scalars, within half precision', missingDriver), async () => {
    await compare({ forward: results.forward }, { ...TUNING, matrix: MATRICES });
  });

  it.skipIf(missingDriver).each<[string, Tuning]>([
    ['four blocks, in cut sums', { ...TUNING, matrix: { ...MATRICES, busy: 1000 } }],
    ['beside each other, deep', { ...TUNING, matrix: { ...MATRICES, rows: 16, subgroups: 2, depth: 32 } }],
  ])(titled('of every operator and its gradients: %s', missingDriver), async (_, tuning) => {
    const named = Object.fromEntries(slopes.map((slope, i) => [`slope of ${leaves[i]!.name}`, slope]));
    await compare({ ...results, ...named }, tuning);
  });
});

describe.skipIf(missingDriver)(titled('products on the GPU', missingDriver), () => {
  it('multiplies alike in wide tiles, in cut sums and over few pixels', async () => {
    const [picture, weight] = [input('picture', [2, 20, 14, 14]), input('weight', [40, 20, 4, 4])];
    const named = {
      forward: conv2d(picture, weight, { stride: 1, pads: [1, 1, 1, 1] }),
      transposed: convTranspose2d(slice(picture, { begin: [0, 0, 0, 0], size: [2, 20, 4, 4] }), few, {
        ...{ stride: 2, pads: [1, 1, 1, 1], size: [8, 8] },
      }),
    };
    const data = Object.fromEntries([picture, weight, few].map(({ name, shape }) => [name, values(3, name, shape)]));
    const theirs = await cpu.evaluate(named, data, { threads: 1 });
    const gpu = await softwareDevice();
    for (const tuning of [gpu.tuning, { ...TUNING, wideFrom: 1 }, { ...TUNING, wideFrom: 1, busy: 1 }]) {
      const ours = await evaluateOnGpu(gpu, named, data, tuning);
      for (const key of ['forward', 'transposed'] as const)
        expect(relativeDifference(ours[key], theirs[key]), key).toBeLessThan(1e-4);
    }
  });
});

/** The weights of a transposed convolution of few pixels, which is one product with them. */
const few = input('few', [20, 24, 4, 4]);
