/** The projections by which CUT compares patches (Park et al. 2020, section 3.2): two fully connected layers a depth. */
import { offset } from '../graph/operators/affine.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { div, relu, sqrt, square } from '../graph/operators/elementwise.ts';
import { transpose } from '../graph/operators/layout.ts';
import { gatherPixels } from '../graph/operators/places.ts';
import { reduceSum } from '../graph/operators/reduce.ts';
import type { Tensor } from '../graph/tensor.ts';
import { dense } from './layers.ts';
import { Network } from './network.ts';

export interface PatchProjectorSettings {
  /** How many numbers describe a patch. */
  features: number;
}

/**
 * `projector.apply(maps, places, depth)`: feature maps [N, C, H, W] at `places` [P] become [N, P, features], each a
 * vector of length 1. Every depth has weights of its own.
 */
export function patchProjector({ features }: PatchProjectorSettings): Network<[Tensor, Tensor, number], Tensor> {
  return new Network('projector', (w, maps, places, depth) => {
    const picked = gatherPixels(maps, places);
    const [n, c, p] = picked.shape as [number, number, number];
    const rows = reshape(transpose(picked, { order: [0, 2, 1] }), { shape: [n * p, c] });
    const layer = `depth${depth}`;
    const hidden = relu(dense(w, `${layer}/first`, rows, features));
    const projected = dense(w, `${layer}/second`, hidden, features);
    const length = sqrt(offset(reduceSum(square(projected), { axes: [1] }), { by: 1e-12 }));
    return reshape(div(projected, length), { shape: [n, p, features] });
  });
}
