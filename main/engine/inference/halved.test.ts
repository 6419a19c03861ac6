/** Models in half precision: as good as before, half as large, and still something to train from. */
import { expect, it } from 'vitest';
import { halveModel } from '../../../models/onnx/half.ts';
import { readOnnx } from '../../../models/onnx/read.ts';
import { startRuntime } from '../cpu/ort.ts';
import { relativeDifference, values } from '../testing/testing.ts';
import { randomModel } from '../testing/testing-model.ts';
import { Translator } from './translator.ts';

startRuntime(1);

it('paint what the whole ones paint, from a file of half the size with weights of the same names', async () => {
  const whole = randomModel({ width: 16 });
  const half = halveModel(whole);
  expect(half.length / whole.length).toBeLessThan(0.52);
  const [before, after] = [readOnnx(whole), readOnnx(half)];
  expect([after.inputs, after.outputs, after.metadata]).toEqual([before.inputs, before.outputs, before.metadata]);
  expect([...after.weights.keys()].sort()).toEqual([...before.weights.keys()].sort());
  for (const [name, { shape, data }] of before.weights) {
    const kept = after.weights.get(name)!;
    expect(kept.shape).toEqual(shape);
    expect(relativeDifference(kept.data, data), name).toBeLessThan(2 ** -10);
  }
  const picture = values(1, 'picture', [3, 32, 32]);
  const [painted, wanted] = [new Translator(half, 'half'), new Translator(whole, 'whole')];
  expect(relativeDifference(await painted.run(picture), await wanted.run(picture))).toBeLessThan(0.01);
  for (const each of [painted, wanted]) each.release();
});
