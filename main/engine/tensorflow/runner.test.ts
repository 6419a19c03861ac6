/**
 * A training by way of TensorFlow's operators, where there is no TensorFlow: on TensorFlow.js's own plain backend, which
 * has the same ones. What is drawn, pooled, updated and averaged around them must come to the same as on another engine.
 */
import { expect, it } from 'vitest';
import { cpu } from '../cpu/index.ts';
import { HostExecution } from '../host/execution.ts';
import { referee, relativeDifference, tfjs } from '../testing/testing.ts';
import { givenAt, smallProgram } from '../testing/testing-program.ts';
import type { TfNode } from './library.ts';
import { evaluateWithTensorFlow, tensorflowRunner } from './runner.ts';
import { input } from '../../../models/graph/tensor.ts';
import { mul } from '../../../models/graph/operators/index.ts';

await tfjs.setBackend('cpu');
const tf = referee as TfNode;
const [SEED, STEPS] = [7, 12];

it('reports, keeps and learns what it does on another engine, and leaves nothing in its memory', async () => {
  const program = smallProgram();
  const ours = new HostExecution(tensorflowRunner(tf), program, { seed: SEED, threads: 1 });
  const theirs = await cpu.open(program, { seed: SEED, threads: 1 });
  const before = tfjs.memory().numTensors;
  for (const execution of [ours, theirs]) {
    await execution.initialise(SEED);
    for (let step = 0; step < STEPS; step++) {
      for (const [port, data] of Object.entries(givenAt(step))) await execution.write(port, data);
      await execution.step(step, step < 3 ? 'warmUp' : 'main', STEPS);
    }
  }
  expect(tfjs.memory().numTensors).toBe(before);
  const [reported, expected] = [await ours.reports(), await theirs.reports()];
  expect(Object.keys(reported)).toEqual(Object.keys(expected));
  for (const [name, { value }] of Object.entries(expected)) expect(reported[name]!.value).toBeCloseTo(value, 4);
  const [mine, known] = [await ours.save(), await theirs.save()];
  expect([mine.updates, mine.pools]).toEqual([known.updates, known.pools]);
  for (const [i, { name, data }] of known.tensors.entries()) {
    expect(mine.tensors[i]!.name).toBe(name);
    expect(relativeDifference(mine.tensors[i]!.data, data), name).toBeLessThan(1e-4);
  }
  const inputs = { noise: Float32Array.from([1, -1, 0.5, 0]), label: Float32Array.from([0, 1]) };
  const [painted, other] = [await ours.infer(0, inputs), await theirs.infer(0, inputs)];
  expect(relativeDifference(painted['output']!, other['output']!)).toBeLessThan(1e-4);
  for (const execution of [ours, theirs]) await execution.dispose();
});

it('evaluates a graph once, and names a leaf that has no value', () => {
  const [a, b] = [input('a', [2]), input('b', [2])];
  const product = mul(a, b);
  const leaves = { a: Float32Array.of(2, 3), b: Float32Array.of(4, 5) };
  expect([...evaluateWithTensorFlow(tf, { product }, leaves).product]).toEqual([8, 15]);
  expect(() => evaluateWithTensorFlow(tf, { product }, { a: leaves.a })).toThrow('"b" has no value');
});
