/** Models that take pictures of any size: the exported file at one size is the graph built for that size. */
import { expect, it } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { topological } from '../../../models/graph/graph.ts';
import { isParameter } from '../../../models/graph/tensor.ts';
import { readOnnx } from '../../../models/onnx/read.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { evaluateGraph } from './evaluate-graph.ts';
import { Session, startRuntime, Value } from './ort.ts';
import { relativeDifference, values } from '../testing/testing.ts';

startRuntime(1);

it.each([
  ['cyclegan', { upsampling: 'resize' }],
  ['cyclegan', { upsampling: 'transposed' }],
  ['cut', { normalisation: 'batch' }],
])('%s with %j, trained at 32 px, takes 48 px as if it was built for it', (id, overrides) => {
  const family = FAMILIES.get(id)!;
  const settings = family.settings.parse({ width: 4, blocks: 2, ...overrides });
  const at = (size: number) => family.program({ size, channels: 3, batch: 1, labels: [] }, settings).models[0]!;
  const {
    outputs: { output },
    multiple,
  } = at(32);
  expect(multiple).toBe(4);
  const weights = new Map(
    topological([output!])
      .filter(isParameter)
      .map(({ name, shape }) => [name, values(1, name, shape, [-0.4, 0.4])] as const),
  );
  const { bytes } = writeOnnx({ output: output! }, { target: 'export', weights, freeSize: true });
  expect(readOnnx(bytes).inputs[0]!.shape).toEqual([1, 3, 'height', 'width']);

  const picture = values(2, 'picture', [1, 3, 48, 48]);
  const [input, result] = [Value.zeros([1, 3, 48, 48]), Value.zeros([1, 3, 48, 48])];
  input.data.set(picture);
  const session = new Session(bytes);
  session.bind({ input }, { output: result }).run();
  session.release();
  const built = evaluateGraph(
    { output: at(48).outputs['output']! },
    { ...Object.fromEntries(weights), input: picture },
  );
  expect(relativeDifference(result.data, built.output)).toBeLessThan(1e-4);
});

it('refuses to leave the size open where the graph holds it', () => {
  const family = FAMILIES.get('pix2pix')!;
  const shape = { size: 32, channels: 3, batch: 1, labels: [] } as const;
  const output = family.program(shape, family.settings.parse({ width: 4 })).models[0]!.outputs['output']!;
  const weights = new Map(
    topological([output])
      .filter(isParameter)
      .map(({ name, shape }) => [name, values(1, name, shape)] as const),
  );
  // The U-Net's layers have forms of any size, but its skip connections meet only at multiples of its own.
  const { bytes } = writeOnnx({ output }, { target: 'export', weights, freeSize: true });
  const [input, result] = [Value.zeros([1, 3, 36, 36]), Value.zeros([1, 3, 36, 36])];
  const session = new Session(bytes);
  expect(() => session.bind({ input }, { output: result }).run()).toThrow();
  session.release();
});
