/** Runs a model file as any program would: with nothing but what the file says. */
import { readOnnx } from '../../../models/onnx/read.ts';
import { Session, Value } from '../cpu/ort.ts';

/** The outputs of a model of ours, whose inputs have fixed sizes or those given. The runtime must be started. */
export async function runExported(
  bytes: Uint8Array,
  inputs: Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>,
  outputs: Readonly<Record<string, readonly number[]>>,
): Promise<Record<string, Float32Array>> {
  const model = readOnnx(bytes);
  const given = model.inputs.map(({ name }) => {
    const { data, shape } = inputs[name]!;
    const value = Value.zeros(shape);
    value.data.set(data);
    return [name, value] as const;
  });
  const results = Object.entries(outputs).map(([name, shape]) => [name, Value.zeros(shape)] as const);
  const session = new Session(bytes);
  try {
    await session.bind(Object.fromEntries(given), Object.fromEntries(results)).runAsync();
  } finally {
    session.release();
    for (const [, value] of [...given, ...results]) value.dispose();
  }
  return Object.fromEntries(results.map(([name, { data }]) => [name, data]));
}
