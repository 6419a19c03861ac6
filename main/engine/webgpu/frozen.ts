/** A graph with weights that stay as they are, on the device. */
import { topological } from '../../../models/graph/graph.ts';
import { isParameter, sizeOf } from '../../../models/graph/tensor.ts';
import type { Engine, Frozen } from '../engine.ts';
import { BoundGraph } from './bound-graph.ts';
import { aligned, type Gpu, type Part } from './gpu.ts';

type Freeze = NonNullable<Engine['freeze']>;

/** @throws Error where a weight is missing or has another size; GpuError */
export async function freezeOn(gpu: Gpu, ...[graph, weights]: Parameters<Freeze>): Promise<Frozen> {
  const parameters = topological(Object.values(graph.outputs)).filter(isParameter);
  const places = new Map<string, Omit<Part, 'buffer'>>();
  let length = 0;
  for (const { name, shape } of parameters) {
    const floats = sizeOf(shape);
    if (weights.get(name)?.data.length !== floats) throw new Error(`the weight "${name}" does not fit`);
    places.set(name, { at: length, floats });
    length += aligned(floats);
  }
  const buffer = gpu.buffer(length);
  for (const [name, { at }] of places) gpu.write(buffer, weights.get(name)!.data, at);
  const weight = (name: string): Part => ({ buffer, ...places.get(name)! });
  const bound = await BoundGraph.create(gpu, { ...graph, weight }).catch((error: unknown) => {
    buffer.destroy();
    throw error;
  });
  return {
    run: (inputs) => bound.run(inputs),
    dispose: () => {
      bound.dispose();
      buffer.destroy();
    },
  };
}
