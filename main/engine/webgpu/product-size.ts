/** Every contraction as a matrix product: how many rows, columns and terms. */
import { sizeOf, type Shape } from '../../../models/graph/tensor.ts';
import type { ProductSize } from './tiling.ts';
import type { Attributes, ContractionName, Value } from './value.ts';

/**
 * @param shape of the whole result, not of parts of it
 * @param inner how many channels there are where they count terms, or columns of taps: packed copies have more
 */
export function productSize(
  operator: ContractionName,
  [a, b]: readonly Value[],
  attributes: object,
  shape: Shape,
  inner: (channels: number) => number = (channels) => channels,
): ProductSize {
  switch (operator) {
    case 'Conv2d':
      return {
        m: shape[1]!,
        n: shape[0]! * shape[2]! * shape[3]!,
        k: inner(b!.shape[1]!) * sizeOf(b!.shape.slice(2)),
        phases: 1,
      };
    case 'ConvTranspose2d': {
      const { stride } = attributes as Attributes['ConvTranspose2d'];
      const cut = (length: number): number => Math.ceil(length / stride);
      return {
        m: shape[1]!,
        n: shape[0]! * cut(shape[2]!) * cut(shape[3]!),
        k: inner(a!.shape[1]!) * cut(b!.shape[2]!) * cut(b!.shape[3]!),
        phases: stride * stride,
      };
    }
    case 'ConvWeight2d':
      return {
        m: shape[0]!,
        n: inner(a!.shape[1]!) * sizeOf((attributes as Attributes['ConvWeight2d']).kernel),
        k: b!.shape[0]! * b!.shape[2]! * b!.shape[3]!,
        phases: 1,
      };
    case 'MatMul': {
      const { transposeA } = attributes as Attributes['MatMul'];
      return { m: shape[0]!, n: shape[1]!, k: a!.shape[transposeA ? 0 : 1]!, phases: 1 };
    }
  }
}
