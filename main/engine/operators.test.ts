/**
 * Conformance of every operator at every size that it lists: ONNX Runtime against TensorFlow.js, and its gradient
 * against central differences along random directions.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../models/graph/gradient.ts';
import { mul, sum } from '../../models/graph/operators/index.ts';
import { input, operators, showShape, type Tensor } from '../../models/graph/tensor.ts';
import { runWithTensorFlow } from '../../models/graph/tensorflow.ts';
import { dot, referee, relativeDifference, tfjs, values } from './testing/testing.ts';
import { cpu } from './cpu/index.ts';
import { triedEngines } from './testing/engines.ts';

const ONE = { threads: 1 };
await tfjs.setBackend('cpu');

const cases = [...operators].flatMap(([name, { operator, apply }]) =>
  operator.cases.map((sizes, i) => ({
    name: `${name} ${sizes.inputs.map(showShape).join(' ')} ${JSON.stringify(sizes.attributes ?? {})}`,
    operator,
    apply,
    sizes,
    seed: i + 1,
  })),
);

/** Operators whose derivative is zero by definition, or that have nothing to be derived by. */
const WITHOUT_GRADIENT = new Set(['Greater', 'StopGradient', 'Fill']);

describe.each(cases)('$name', ({ operator, apply, sizes, seed }) => {
  const leaves = sizes.inputs.map((shape, i) => input(`x${i}`, shape));
  const data = Object.fromEntries(
    sizes.inputs.map((shape, i) => [
      `x${i}`,
      sizes.values?.[i]
        ? Float32Array.from(sizes.values[i])
        : values(seed, `${operator.name}${i}`, shape, sizes.range, sizes.awayFromZero),
    ]),
  );
  const output = apply(leaves, sizes.attributes ?? {});

  describe.each(triedEngines())('on the engine %s', (_title, { engine, missing }) => {
    it.skipIf(missing)('gives what TensorFlow.js gives', async () => {
      const ours = (await engine.evaluate({ output }, data, ONE)).output;
      const given = new Map(leaves.map((leaf) => [leaf, tfjs.tensor(data[leaf.name]!, [...leaf.shape])]));
      const theirs = runWithTensorFlow(referee, [output], given)[0] as tfjs.Tensor;
      expect(theirs.shape).toEqual([...output.shape]);
      expect(relativeDifference(ours, await theirs.data())).toBeLessThan(2e-5);
    });
  });

  if (WITHOUT_GRADIENT.has(operator.name)) return;
  it('has the gradient that differences measure', async () => {
    // The loss is the result seen through random weights, so that no error can cancel.
    const weights = values(seed, 'weights', output.shape);
    const loss = sum(mul(output, input('weights', output.shape)));
    const named: Record<string, Tensor> = Object.fromEntries(gradients(loss, leaves).map((grad, i) => [`g${i}`, grad]));
    const analytic = await cpu.evaluate(named, { ...data, weights }, ONE);
    const H = 1e-2;
    for (const [i, leaf] of leaves.entries()) {
      if (sizes.values?.[i]) continue; // places have no gradient
      const direction = values(seed, `direction${i}`, leaf.shape);
      const at = async (h: number): Promise<number> => {
        const moved = data[leaf.name]!.map((x, j) => x + h * direction[j]!);
        return dot((await cpu.evaluate({ output }, { ...data, [leaf.name]: moved }, ONE)).output, weights);
      };
      // Richardson's extrapolation: the error falls with the fourth power of the step.
      const near = ((await at(H)) - (await at(-H))) / (2 * H);
      const far = ((await at(2 * H)) - (await at(-2 * H))) / (4 * H);
      const measured = (4 * near - far) / 3;
      const derived = dot(analytic[`g${i}`]!, direction);
      expect(Math.abs(derived - measured)).toBeLessThan(2e-3 * Math.max(1, Math.abs(measured)));
    }
  });
});
