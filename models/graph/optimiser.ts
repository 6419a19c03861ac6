/**
 * Optimisers as pure pairs: what state a parameter has, and how a gradient changes both. The update is written once as
 * graph tensors; an engine runs it in the graph (where weights stay on a GPU) or prunes it and runs the equal fused
 * host pass (`main/engine/host/kernels`) over the returned gradients.
 */
import { offset, scale } from './operators/affine.ts';
import { add, div, mul, sqrt, square, sub } from './operators/elementwise.ts';
import { input, type Tensor } from './tensor.ts';

/** Adam's constants (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1). */
export interface AdamSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/** The numbers of one step, computed by the host in double precision. `t` counts from 1. */
export interface AdamScalars {
  /** rate / (1 - beta1^t) */
  stepSize: number;
  /** 1 / (1 - beta2^t) */
  secondCorrection: number;
}

export const adamScalars = ({ beta1, beta2 }: AdamSettings, rate: number, t: number): AdamScalars => ({
  stepSize: rate / (1 - beta1 ** t),
  secondCorrection: 1 / (1 - beta2 ** t),
});

/** A parameter's update as graph tensors. */
export interface ParameterUpdate {
  parameter: Tensor;
  gradient: Tensor;
  /** The parameter after the update. */
  updated: Tensor;
  /** The optimiser's state: for each slot, the input that holds it and the tensor that replaces it. All begin at 0. */
  state: { input: Tensor; updated: Tensor }[];
}

/** The names of the graph inputs that carry a player's `AdamScalars`. */
export const adamInputNames = (player: string): { [K in keyof AdamScalars]: string } => ({
  stepSize: `${player}/adam.stepSize`,
  secondCorrection: `${player}/adam.secondCorrection`,
});

/** Adam with bias correction for one player (network): pure, one update a parameter. */
export function adam(
  player: string,
  parameters: readonly Tensor[],
  grads: readonly Tensor[],
  { beta1, beta2, epsilon }: AdamSettings,
): ParameterUpdate[] {
  const names = adamInputNames(player);
  const stepSize = input(names.stepSize, []);
  const correction = input(names.secondCorrection, []);
  return parameters.map((parameter, i) => {
    const gradient = grads[i]!;
    const first = input(`${parameter.name}#m`, parameter.shape);
    const second = input(`${parameter.name}#v`, parameter.shape);
    const nextFirst = add(scale(first, { factor: beta1 }), scale(gradient, { factor: 1 - beta1 }));
    const nextSecond = add(scale(second, { factor: beta2 }), scale(square(gradient), { factor: 1 - beta2 }));
    const denominator = offset(sqrt(mul(nextSecond, correction)), { by: epsilon });
    const updated = sub(parameter, div(mul(nextFirst, stepSize), denominator));
    return {
      parameter,
      gradient,
      updated,
      state: [
        { input: first, updated: nextFirst },
        { input: second, updated: nextSecond },
      ],
    };
  });
}
