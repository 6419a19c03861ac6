/** One step of a training: the losses, who is updated in which order, and what is reported. */
import { gradients } from '../graph/gradient.ts';
import { checkGraph } from '../graph/graph.ts';
import { adam, type AdamSettings, type ParameterUpdate } from '../graph/optimiser.ts';
import { GraphError, type Tensor } from '../graph/tensor.ts';
import type { Network } from '../networks/network.ts';
import { total } from './losses.ts';

/** The update of one player (network), in the order in which the players take their turns. */
export interface Update {
  player: string;
  optimiser: AdamSettings;
  parameters: ParameterUpdate[];
}

/** What a reported number is: a loss that somebody learns from, a probability 0..1, or another measure. */
export type ReportKind = 'loss' | 'probability' | 'metric';

/** A built step: `updates` in order, the numbers that it reports, and the pictures that later steps are shown again. */
export interface Step {
  updates: Update[];
  /** Scalars by name. */
  reports: Record<string, { kind: ReportKind; value: Tensor }>;
  /** Results that feeds of later steps name (`pastPictures`). */
  keeps: Record<string, Tensor>;
}

/** Everything that a step gives besides its updates, by name. */
export const resultsOf = ({ reports, keeps }: Step): Record<string, Tensor> => ({
  ...Object.fromEntries(Object.entries(reports).map(([name, { value }]) => [name, value])),
  ...keeps,
});

/** All that a step computes: the gradients of its updates, and its results. */
export const computedBy = (step: Step): Tensor[] => [
  ...step.updates.flatMap(({ parameters }) => parameters.map(({ gradient }) => gradient)),
  ...Object.values(resultsOf(step)),
];

/** Collects a step while a family describes it. */
export class StepBuilder {
  readonly #optimiser: AdamSettings;
  readonly #step: Step = { updates: [], reports: {}, keeps: {} };

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
    this.report('loss', losses);
    return new Map(parameters.map(({ parameter, updated }) => [parameter.name, updated]));
  }

  /** Adds scalars that the step reports. */
  report(kind: ReportKind, values: Readonly<Record<string, Tensor>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (value.shape.length > 0) throw new GraphError(`a step reports numbers, and "${name}" is not one`);
      this.#step.reports[name] = { kind, value };
    }
  }

  /** Adds results that later steps are shown again. */
  keep(results: Readonly<Record<string, Tensor>>): void {
    Object.assign(this.#step.keeps, results);
  }

  /** The whole step, checked. @throws GraphError where two leaves have one name, or a shape does not follow */
  build(): Step {
    const updated = this.#step.updates.flatMap(({ parameters }) =>
      parameters.map((each) => [each.parameter.name, each.updated] as const),
    );
    checkGraph({ ...resultsOf(this.#step), ...Object.fromEntries(updated) });
    return this.#step;
  }
}
