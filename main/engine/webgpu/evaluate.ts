/** Runs a graph once on the device: for tests and the self-test. */
import { topological } from '../../../models/graph/graph.ts';
import { isLeaf, type Tensor } from '../../../models/graph/tensor.ts';
import { BoundGraph } from './bound-graph.ts';
import type { Gpu } from './gpu.ts';
import type { Tuning } from './tiling.ts';

/** The values of `outputs`, given one for every leaf by name. */
export async function evaluateOnGpu<K extends string>(
  gpu: Gpu,
  outputs: Readonly<Record<K, Tensor>>,
  leaves: Readonly<Record<string, Float32Array>>,
  tuning: Tuning = gpu.tuning,
): Promise<Record<K, Float32Array>> {
  const needed = topological(Object.values(outputs)).filter(isLeaf);
  const given = needed.map(({ name }) => {
    const data = leaves[name];
    if (!data) throw new Error(`"${name}" has no value`);
    return [name, data] as const;
  });
  const weight = (name: string): never => {
    throw new Error(`a graph that is evaluated has no parameters, but "${name}"`);
  };
  const inputs = Object.fromEntries(needed.map((leaf) => [leaf.name, leaf]));
  const graph = await BoundGraph.create(gpu, { inputs, outputs, weight, tuning });
  const values = await graph.run(Object.fromEntries(given));
  graph.dispose();
  return values;
}
