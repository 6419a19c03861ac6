/** Graphs of ONNX files in our own language, against ONNX Runtime: what is brought along, and what other tools write. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { importGraph, NotInLanguage } from '../../../models/onnx/graph.ts';
import { readOnnx } from '../../../models/onnx/read.ts';
import { input, type Shape } from '../../../models/graph/tensor.ts';
import { cpu } from '../cpu/index.ts';
import { Session, startRuntime, Value } from '../cpu/ort.ts';
import { relativeDifference, values } from '../testing/testing.ts';

startRuntime(1);

const UPSCALERS = ['denoise-2x', 'illustration-4x', 'photo-2x', 'photo-4x', 'soft-2x'];

describe.each<[string, string, Shape]>([
  ...UPSCALERS.map((name) => [name, `assets/upscalers/${name}/model.onnx`, [1, 3, 40, 44]] as [string, string, Shape]),
  ['the older exporter of PyTorch', 'main/engine/inference/fixtures/torch-script.onnx', [1, 3, 20, 24]],
  ["a model of TensorFlow's layout", 'main/engine/inference/fixtures/nhwc.onnx', [1, 48, 64, 3]],
  ['the newer exporter of PyTorch', 'main/engine/inference/fixtures/torch-dynamo.onnx', [1, 3, 20, 24]],
])('the graph of %s', (_, file, shape) => {
  it('makes what ONNX Runtime makes of the file', async () => {
    const bytes = readFileSync(file);
    const model = readOnnx(bytes);
    const { name } = model.inputs[0]!;
    const picture = values(1, 'picture', shape);
    const { outputs } = importGraph(model, { [name]: input(name, shape) }, null, input);
    const weights = Object.fromEntries([...model.weights].map(([key, { data }]) => [key, data]));
    const ours = await cpu.evaluate(outputs, { ...weights, [name]: picture }, { threads: 1 });
    const session = new Session(bytes);
    const call = session.bind({ [name]: new Value(picture, shape) }, { [model.outputs[0]!.name]: null });
    call.run();
    const [theirs] = call.take();
    const output = Object.values(outputs)[0]!;
    expect(output.shape).toEqual(theirs!.shape);
    expect(relativeDifference(Object.values(ours)[0]!, theirs!.data)).toBeLessThan(1e-4);
    session.release();
  });
});

it('says what it does not have', () => {
  const model = readOnnx(readFileSync('main/engine/inference/fixtures/torch-script.onnx'));
  const { name } = model.inputs[0]!;
  const steps = model.steps.map((step) => (step.operator === 'Conv' ? { ...step, operator: 'GridSample' } : step));
  const imported = (): unknown => importGraph({ ...model, steps }, { [name]: input(name, [1, 3, 20, 24]) });
  expect(imported).toThrow(NotInLanguage);
  expect(imported).toThrow('the operator GridSample');
});
