/** Runs a graph once on the device: for tests and the self-test. */
import type { Tensor } from '../../../models/graph/tensor.ts';
import { bindPlan, encode, Memory } from './bound-plan.ts';
import type { Gpu } from './gpu.ts';
import { planStep } from './plan.ts';
import type { Tuning } from './tiling.ts';

/** The values of `outputs`, given one for every leaf by name. */
export async function evaluateOnGpu<K extends string>(
  gpu: Gpu,
  outputs: Readonly<Record<K, Tensor>>,
  leaves: Readonly<Record<string, Float32Array>>,
  tuning: Tuning = gpu.tuning,
): Promise<Record<K, Float32Array>> {
  const plan = planStep({ updates: [], results: outputs }, tuning);
  const memory = new Memory(gpu);
  memory.reserve([plan]);
  const items = await bindPlan(gpu, plan, memory, (name) => {
    throw new Error(`a graph that is evaluated has no parameters, but "${name}"`);
  });
  for (const [name, { buffer }] of [...plan.leaves.keys()].map((name) => [name, memory.find('leaf', name)!] as const)) {
    const data = leaves[name];
    if (!data) throw new Error(`"${name}" has no value`);
    gpu.write(buffer, data);
  }
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const item of items) if (item.kind === 'dispatch') encode(pass, item.dispatch);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
  const names = Object.keys(outputs) as K[];
  const values = await gpu.read(names.map((name) => memory.find('result', name)!));
  memory.dispose();
  return Object.fromEntries(names.map((name, i) => [name, values[i]!])) as Record<K, Float32Array>;
}
