/** Runs a graph once on the CPU: for tests, self-tests and tools. Training keeps its sessions instead. */
import type { Tensor } from '../../../models/graph/tensor.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { Session, Value, type SessionOptions } from './ort.ts';

/** The values of `outputs`, given one for every leaf by name. */
export function evaluateGraph<K extends string>(
  outputs: Readonly<Record<K, Tensor>>,
  leaves: Readonly<Record<string, Float32Array>>,
  options: SessionOptions = {},
): Record<K, Float32Array> {
  const model = writeOnnx(outputs, { target: 'cpu' });
  const inputs = model.inputs.map(({ name, shape }) => {
    const data = leaves[name];
    if (!data) throw new Error(`"${name}" has no value`);
    const value = Value.zeros(shape);
    value.data.set(data);
    return [name, value] as const;
  });
  const results = model.outputs.map(({ name, shape }) => [name, Value.zeros(shape)] as const);
  const session = new Session(model.bytes, options);
  session.bind(Object.fromEntries(inputs), Object.fromEntries(results)).run();
  session.release();
  for (const [, value] of [...inputs, ...results]) value.dispose();
  return Object.fromEntries(results.map(([name, { data }]) => [name, data])) as Record<K, Float32Array>;
}
