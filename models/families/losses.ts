/** The losses that families share. All are means over elements: scalars. */
import {
  abs,
  neg,
  offset,
  relu,
  softplus,
  square,
  stopGradient,
  sub,
  add,
  scale,
} from '../graph/operators/elementwise.ts';
import { mean } from '../graph/operators/reduce.ts';
import type { Tensor } from '../graph/tensor.ts';

/** Mean absolute difference. */
export const l1 = (a: Tensor, b: Tensor): Tensor => mean(abs(sub(a, b)));

export type GanLoss = 'vanilla' | 'lsgan' | 'hinge';

/**
 * How wrong the discriminator is about pictures that are real or fake, from its logits.
 * `vanilla`: cross entropy (Goodfellow et al. 2014); `lsgan`: squared distance to 1 or 0 (Mao et al. 2017);
 * `hinge`: (Lim and Ye 2017).
 */
export function discriminatorLoss(logits: Tensor, truth: 'real' | 'fake', kind: GanLoss): Tensor {
  const towards = truth === 'real' ? neg(logits) : logits;
  if (kind === 'vanilla') return mean(softplus(towards));
  if (kind === 'hinge') return mean(relu(offset(towards, { by: 1 })));
  return mean(square(truth === 'real' ? offset(logits, { by: -1 }) : logits));
}

/** How far the generator is from being believed. Vanilla is the non-saturating form. */
export function generatorLoss(logits: Tensor, kind: GanLoss): Tensor {
  return kind === 'hinge' ? neg(mean(logits)) : discriminatorLoss(logits, 'real', kind);
}

/** Mean L1 between the discriminator's features of the fake and of the real pictures (Wang et al. 2018, pix2pixHD). */
export function featureMatching(fake: readonly Tensor[], real: readonly Tensor[]): Tensor {
  const each = fake.map((features, i) => l1(features, stopGradient(real[i]!)));
  return scale(
    each.reduce((a, b) => add(a, b)),
    { factor: 1 / each.length },
  );
}
