/** Counts the work of a graph. */
import { topological } from './graph.ts';
import { sizeOf, type Tensor } from './tensor.ts';

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
