/** Counts the work of a graph, and the room that it takes. */
import { topological } from './graph.ts';
import { isLeaf, sizeOf, type Tensor } from './tensor.ts';

/**
 * Floating-point operations of the convolutions and matrix products of a graph: 2 x multiply-adds, a transposed
 * convolution counted at its input's resolution; element-wise work and optimisers are not counted.
 */
export function countFlops(outputs: Iterable<Tensor>): number {
  return topological(outputs).reduce((total, tensor) => total + flopsOf(tensor), 0);
}

function flopsOf({ operator: { name }, inputs, shape, attributes }: Tensor): number {
  const [a, b] = inputs;
  if (name === 'Conv2d') return 2 * sizeOf(shape) * sizeOf(b!.shape.slice(1));
  if (name === 'ConvTranspose2d') return 2 * sizeOf(a!.shape) * sizeOf(b!.shape.slice(1));
  if (name === 'ConvWeight2d') return 2 * sizeOf(b!.shape) * sizeOf(shape.slice(1));
  if (name === 'MatMul')
    return 2 * sizeOf(shape) * ((attributes as { transposeA?: boolean }).transposeA ? a!.shape[0]! : a!.shape[1]!);
  return 0;
}

/**
 * Bytes of the values of a graph that are there at once, at most, where each is made in topological order and forgotten
 * after its last use; leaves are not counted.
 */
export function countLiveBytes(outputs: Iterable<Tensor>): number {
  const kept = [...outputs];
  const order = topological(kept);
  const last = new Map<Tensor, number>(order.map((tensor, at) => [tensor, at]));
  order.forEach(({ inputs }, at) => inputs.forEach((input) => last.set(input, at)));
  for (const tensor of kept) last.set(tensor, order.length);
  const ends = order.map((): number => 0);
  let [live, most] = [0, 0];
  order.forEach((tensor, at) => {
    const bytes = isLeaf(tensor) ? 0 : 4 * sizeOf(tensor.shape);
    const end = last.get(tensor)!;
    if (end < order.length) ends[end]! += bytes;
    live += bytes;
    most = Math.max(most, live);
    live -= ends[at]!;
  });
  return most;
}
