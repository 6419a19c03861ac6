/** Every operator at every size that it lists, and its gradient there: the kernels against ONNX Runtime on the CPU. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../models/graph/gradient.ts';
import { mul, sum } from '../../../models/graph/operators/index.ts';
import { input, operators, showShape } from '../../../models/graph/tensor.ts';
import { evaluateGraph } from '../evaluate-graph.ts';
import { startRuntime } from '../ort.ts';
import { relativeDifference, values } from '../testing.ts';
import { evaluateOnGpu } from './evaluate.ts';
import { missingDriver, softwareDevice } from './testing.ts';
import { TUNING } from './tiling.ts';

startRuntime(1);
if (missingDriver) console.warn(`skipped: ${missingDriver}`); // eslint-disable-line no-console -- a skipped test says why

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

describe.skipIf(missingDriver)('operators on the GPU', () => {
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
    const theirs = evaluateGraph(named, data);
    const compare = (values: typeof ours): void => {
      for (const [key, expected] of Object.entries(theirs))
        expect(relativeDifference(values[key as keyof typeof ours], expected), key).toBeLessThan(1e-4);
    };
    compare(ours);
    // Products as cards run them, with loads ahead and wide tiles: one case each, as they take long to compile here.
    if (CONTRACTIONS.has(operator) && seed === 1) {
      compare(await evaluateOnGpu(gpu, named, data, TUNING));
      compare(await evaluateOnGpu(gpu, named, data, { ...TUNING, wideFrom: 1 }));
    }
  });
});
