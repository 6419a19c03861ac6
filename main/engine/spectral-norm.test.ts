/** The spectral norm of weights that were divided by what was found of it. */
import { afterAll, expect, it } from 'vitest';
import { input } from '../../models/graph/tensor.ts';
import { spectrallyNormalised } from '../../models/networks/layers.ts';
import { writeOnnx } from '../../models/onnx/write.ts';
import { Session, startRuntime, Value } from './cpu/ort.ts';
import { values } from './testing/values.ts';

startRuntime(1);
const held: Value[] = [];
afterAll(() => held.forEach((value) => value.dispose()));

/** The largest singular value of a matrix, by as many iterations as it takes. */
function largest(matrix: Float32Array, rows: number): number {
  const columns = matrix.length / rows;
  let right = new Float64Array(columns).map((_, i) => 1 + (i % 7));
  let norm = 0;
  for (let turn = 0; turn < 2000; turn++) {
    const left = new Float64Array(rows).map((_, r) =>
      right.reduce((sum, x, c) => sum + x * matrix[r * columns + c]!, 0),
    );
    const next = new Float64Array(columns).map((_, c) =>
      left.reduce((sum, x, r) => sum + x * matrix[r * columns + c]!, 0),
    );
    norm = Math.sqrt(Math.hypot(...next));
    const length = Math.hypot(...next);
    right = next.map((x) => x / length);
  }
  return norm;
}

it.each([
  ['first weights', [16, 8, 3, 3], [-0.1, 0.1]],
  ['many rows', [64, 4, 4, 4], [-2, 2]],
  ['weights that are all positive', [8, 8, 3, 3], [0, 1]],
] as const)('is about 1, and not below: %s', (_, shape, range) => {
  const { bytes } = writeOnnx({ normed: spectrallyNormalised(input('weight', shape)) }, { target: 'cpu' });
  const session = new Session(bytes);
  const [weight, normed] = [Value.zeros(shape), Value.zeros(shape)];
  held.push(weight, normed);
  weight.data.set(values(5, 'weights', shape, range));
  session.bind({ weight }, { normed }).run();
  session.release();
  const norm = largest(normed.data, shape[0]);
  expect(norm).toBeGreaterThan(0.9999);
  expect(norm).toBeLessThan(1.1);
});
