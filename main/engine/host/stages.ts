/**
 * Cuts a training step where the host updates weights. Each stage computes the gradients of one player; what it made
 * and a later stage needs crosses between them, so nothing is computed twice. After a stage the host's fused optimiser
 * overwrites the player's weights, and later stages simply read them.
 */
import { unshaped } from '../../../models/graph/operators/reshape.ts';
import { resultsOf, type Step, type Update } from '../../../models/families/step.ts';
import { topological } from '../../../models/graph/graph.ts';
import { GraphError, isLeaf, type Tensor } from '../../../models/graph/tensor.ts';

export interface Stage {
  /**
   * The gradients of the stage's player, as `<parameter>#g`; the elements in the parameter's order, but perhaps in
   * another shape, which saves a copy. Empty in a last stage that only reports.
   */
  gradients: Record<string, Tensor>;
  /** The step's results that are known after this stage. */
  results: Record<string, Tensor>;
  /** Values made here for later stages, by name. */
  crossing: Record<string, Tensor>;
  /** Tensors that this stage is given: weights already updated, and values that cross from earlier stages. */
  given: Map<Tensor, string>;
  update: Update | null;
}

/** The stages of a step, one a player (and one more where a result depends on the last update). */
export function cutIntoStages(step: Step): Stage[] {
  const { updates } = step;
  const updatedIn = new Map<Tensor, number>();
  updates.forEach(({ parameters }, i) => parameters.forEach(({ updated }) => updatedIn.set(updated, i + 1)));
  const stageOfResult = Object.entries(resultsOf(step)).map(([name, tensor]) => ({
    name,
    tensor,
    stage: earliestStage(tensor, updatedIn),
  }));
  const count = Math.max(updates.length, ...stageOfResult.map(({ stage }) => stage + 1));

  const madeIn = new Map<Tensor, number>();
  const stages: Stage[] = [];
  const weightNames = new Map<Tensor, string>();
  const crossingNames = new Map<Tensor, string>();
  for (let k = 0; k < count; k++) {
    const update = updates[k] ?? null;
    const stage: Stage = {
      gradients: Object.fromEntries(
        update?.parameters.map(({ parameter, gradient }) => [`${parameter.name}#g`, unshaped(gradient)]) ?? [],
      ),
      results: Object.fromEntries(
        stageOfResult.filter((result) => result.stage === k).map(({ name, tensor }) => [name, tensor]),
      ),
      crossing: {},
      given: new Map(),
      update,
    };
    const wanted = [...Object.values(stage.gradients), ...Object.values(stage.results)];
    const here = topological(wanted, { has: (tensor) => madeIn.has(tensor) || weightNames.has(tensor) });
    for (const tensor of here) if (!isLeaf(tensor)) madeIn.set(tensor, k);
    for (const tensor of new Set([...wanted, ...here.flatMap((made) => made.inputs)])) {
      const weight = weightNames.get(tensor);
      const origin = madeIn.get(tensor);
      if (weight !== undefined) stage.given.set(tensor, weight);
      else if (origin !== undefined && origin < k) {
        if (!crossingNames.has(tensor)) crossingNames.set(tensor, `crossing/${crossingNames.size}`);
        const name = crossingNames.get(tensor)!;
        stages[origin]!.crossing[name] = tensor;
        stage.given.set(tensor, name);
      }
    }
    refuseStaleWeights(here, weightNames, updates.slice(0, k));
    for (const { parameter, updated } of update?.parameters ?? []) weightNames.set(updated, parameter.name);
    stages.push(stage);
  }
  return stages;
}

/** The first stage in which everything that a tensor depends on is there. */
function earliestStage(tensor: Tensor, updatedIn: ReadonlyMap<Tensor, number>): number {
  return topological([tensor], updatedIn).reduce(
    (latest, made) => Math.max(latest, ...made.inputs.map((input) => updatedIn.get(input) ?? 0)),
    updatedIn.get(tensor) ?? 0,
  );
}

/** The host overwrites weights in place, so a later stage cannot read them as they were before. */
function refuseStaleWeights(
  here: readonly Tensor[],
  weightNames: ReadonlyMap<Tensor, string>,
  before: readonly Update[],
): void {
  if (weightNames.size === 0) return;
  const overwritten = new Set(before.flatMap(({ parameters }) => parameters.map(({ parameter }) => parameter)));
  const stale = here.find((tensor) => overwritten.has(tensor));
  if (stale)
    throw new GraphError(
      `a step reads "${stale.name}" as it was before its update; take the network that the update gave`,
    );
}
