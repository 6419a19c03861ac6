/** The losses that families share. All are means over elements: scalars. */
import { offset, scale } from '../graph/operators/affine.ts';
import { reshape } from '../graph/operators/reshape.ts';
import { gradients } from '../graph/gradient.ts';
import {
  abs,
  exp,
  log,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  square,
  stopGradient,
  sub,
  add,
} from '../graph/operators/elementwise.ts';
import { slice } from '../graph/operators/layout.ts';
import { matmul } from '../graph/operators/matmul.ts';
import { mean, reduceSum, sum } from '../graph/operators/reduce.ts';
import type { Tensor } from '../graph/tensor.ts';
import { traitsOf } from './traits.ts';

/** The sum of a player's losses. */
export const total = (losses: Readonly<Record<string, Tensor>>): Tensor =>
  Object.values(losses).reduce((a, b) => add(a, b));

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

/**
 * How much more real the real pictures seem than the mean fake one, and the fake ones than the mean real one, as logits
 * (relativistic average, Jolicoeur-Martineau 2018, arXiv:1807.00734).
 */
export const relative = (real: Tensor, fake: Tensor): { real: Tensor; fake: Tensor } => ({
  real: sub(real, mean(fake)),
  fake: sub(fake, mean(real)),
});

/** The discriminator's mean probability, 0..1, that pictures are real: of least squares, where 1 is real, the logit. */
export const believed = (logits: Tensor, kind: GanLoss): Tensor =>
  mean(kind === 'lsgan' ? sub(relu(logits), relu(offset(logits, { by: -1 }))) : sigmoid(logits));

/**
 * How steep the discriminator is at real pictures: half the squared length of the gradient of its mean logit, the mean
 * over the pictures (R1, Mescheder et al. 2018, arXiv:1801.04406, equation 9). A steep one is fooled by faint noise,
 * and so teaches its generator to paint some.
 * @param logits of `real`, [N, 1, H', W']
 */
export function gradientPenalty(logits: Tensor, real: Tensor): Tensor {
  const n = real.shape[0]!;
  const [slope] = gradients(scale(mean(logits), { factor: n }), [real]);
  return scale(sum(square(slope!)), { factor: 0.5 / n });
}

/** Mean L1 between the discriminator's features of the fake and of the real pictures (Wang et al. 2018, pix2pixHD). */
export function featureMatching(fake: readonly Tensor[], real: readonly Tensor[]): Tensor {
  const each = fake.map((features, i) => l1(features, stopGradient(real[i]!)));
  return scale(
    each.reduce((a, b) => add(a, b)),
    { factor: 1 / each.length },
  );
}

/**
 * How badly a category is told: the mean of -log softmax at the true one. logits, truth: [N, K], truth rows that sum to 1.
 * The logarithm of the sum of exponentials is folded pairwise, log(e^a + e^b) = a + softplus(b - a), so none overflows.
 */
export function crossEntropy(logits: Tensor, truth: Tensor): Tensor {
  const [n, k] = logits.shape as [number, number];
  const column = (at: number): Tensor => slice(logits, { begin: [0, at], size: [n, 1] });
  const whole = Array.from({ length: k }, (_, at) => column(at)).reduce((a, b) => add(a, softplus(sub(b, a))));
  return mean(sub(whole, reduceSum(mul(logits, truth), { axes: [1] })));
}

/** How badly each trait is told, by its name. logits, truth: [N, labels], see traits.ts. */
export function labelLosses(logits: Tensor, truth: Tensor, labels: readonly string[]): Record<string, Tensor> {
  const n = truth.shape[0]!;
  const traits = traitsOf(labels).map(({ name, begin, values }) => {
    const of = (all: Tensor): Tensor => slice(all, { begin: [0, begin], size: [n, values.length] });
    return [name, crossEntropy(of(logits), of(truth))] as const;
  });
  return Object.fromEntries(traits);
}

/**
 * How badly patches are found again (InfoNCE, van den Oord et al. 2018; Park et al. 2020, equation 3): the cross entropy
 * of picking, for each patch of a picture, the same place among all places of that picture.
 * query, key: [N, P, F], vectors of length 1; the key of a query is the one at its place.
 */
export function patchContrast(query: Tensor, key: Tensor, temperature: number): Tensor {
  const [n, p, f] = query.shape as [number, number, number];
  const each = Array.from({ length: n }, (_, i) => {
    const [q, k] = [query, key].map((all) =>
      reshape(slice(all, { begin: [i, 0, 0], size: [1, p, f] }), { shape: [p, f] }),
    ) as [Tensor, Tensor];
    // Vectors of length 1 keep the logits within 1 / temperature, so that exp cannot overflow.
    const logits = scale(matmul(q, k, { transposeB: true }), { factor: 1 / temperature });
    const own = scale(reduceSum(mul(q, k), { axes: [1] }), { factor: 1 / temperature });
    return mean(sub(log(reduceSum(exp(logits), { axes: [1] })), own));
  });
  return scale(
    each.reduce((a, b) => add(a, b)),
    { factor: 1 / n },
  );
}
