/** One step of a training: the losses, who is updated in which order, and what is shown. */
import { gradients } from '../graph/gradient.ts';
import { adam, type AdamSettings, type ParameterUpdate } from '../graph/optimiser.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Network } from '../networks/network.ts';
import { total } from './losses.ts';

/** The update of one player (network), in the order in which the players take their turns. */
export interface Update {
  player: string;
  optimiser: AdamSettings;
  parameters: ParameterUpdate[];
}

/** A built step: `updates` in order, and the `results` (scalars and pictures) that it reports. */
export interface Step {
  updates: Update[];
  results: Record<string, Tensor>;
}

/** Collects a step while a family describes it. */
export class StepBuilder {
  readonly #optimiser: AdamSettings;
  readonly #step: Step = { updates: [], results: {} };

  constructor(optimiser: AdamSettings) {
    this.#optimiser = optimiser;
  }

  /**
   * Updates a network by the sum of `losses`, which are reported under their names.
   * Gives the network with its weights after the update: what later players see.
   */
  update<Inputs extends readonly unknown[], Result>(
    network: Network<Inputs, Result>,
    losses: Readonly<Record<string, Tensor>>,
  ): Network<Inputs, Result> {
    return network.with(this.updateTogether(network.name, [network], losses));
  }

  /** Updates networks that learn from the same losses, as one player. Gives their weights after the update, by name. */
  updateTogether(
    player: string,
    networks: readonly { parameters: Tensor[] }[],
    losses: Readonly<Record<string, Tensor>>,
  ): Map<string, Tensor> {
    const weights = networks.flatMap(({ parameters }) => parameters);
    const parameters = adam(player, weights, gradients(total(losses), weights), this.#optimiser);
    this.#step.updates.push({ player, optimiser: this.#optimiser, parameters });
    this.report(losses);
    return new Map(parameters.map(({ parameter, updated }) => [parameter.name, updated]));
  }

  /** Adds scalars or pictures that the step reports. */
  report(results: Readonly<Record<string, Tensor>>): void {
    Object.assign(this.#step.results, results);
  }

  build(): Step {
    return this.#step;
  }
}
