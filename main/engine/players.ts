/** Who learns in a program, and what is kept of each parameter: the same on every engine, as checkpoints name it. */
import type { ProgramModel } from '../../models/families/program.ts';
import { computedBy, type Step } from '../../models/families/step.ts';
import { countFlops } from '../../models/graph/cost.ts';
import { topological } from '../../models/graph/graph.ts';
import type { AdamSettings } from '../../models/graph/optimiser.ts';
import { Random } from '../../models/graph/random.ts';
import { initialOf, isParameter, sizeOf, type Tensor } from '../../models/graph/tensor.ts';

/** The arrays that every parameter has. `w` weight, `g` gradient, `m` and `v` Adam's moments, `ema` the average. */
export type Field = 'w' | 'g' | 'm' | 'v' | 'ema';

/** Bytes of all of them, for each parameter. */
export const FIELD_BYTES = 5 * 4;

export interface Player {
  name: string;
  parameters: readonly Tensor[];
  optimiser: AdamSettings;
  /** Whether an average of the weights is kept: of what is exported. */
  averaged: boolean;
}

/** Who learns in these steps; averages are kept of what is exported. */
export function playersOf(steps: readonly Step[], models: readonly ProgramModel[]): Player[] {
  const exported = new Set(
    topological(models.flatMap(({ outputs }) => Object.values(outputs)))
      .filter(isParameter)
      .map(({ name }) => name),
  );
  const players = new Map<string, Player>();
  for (const { player, optimiser, parameters } of steps.flatMap(({ updates }) => updates))
    players.set(player, {
      name: player,
      optimiser,
      parameters: parameters.map(({ parameter }) => parameter),
      averaged: parameters.some(({ parameter }) => exported.has(parameter.name)),
    });
  return [...players.values()];
}

export const parameterCountOf = (players: readonly Player[]): number =>
  players.flatMap(({ parameters }) => parameters).reduce((total, { shape }) => total + sizeOf(shape), 0);

/** Floating-point operations of one run of these steps. */
export const flopsOf = (steps: readonly Step[]): number =>
  steps.reduce((total, step) => total + countFlops(computedBy(step)), 0);

/** A field of a parameter that belongs to the state of a training, under its name in checkpoints. */
export interface StateField {
  name: string;
  parameter: Tensor;
  field: Field;
}

export const stateFieldsOf = (players: readonly Player[]): StateField[] =>
  players.flatMap(({ parameters, averaged }) =>
    parameters.flatMap((parameter) => {
      const fields: Field[] = averaged ? ['w', 'm', 'v', 'ema'] : ['w', 'm', 'v'];
      return fields.map((field) => ({
        name: field === 'w' ? parameter.name : `${parameter.name}#${field}`,
        parameter,
        field,
      }));
    }),
  );

/** Draws the first weights of a parameter. */
export function drawInitial(parameter: Tensor, seed: number, into: Float32Array): void {
  const initial = initialOf(parameter);
  if (initial.kind === 'constant') into.fill(initial.value);
  else new Random(seed, `init/${parameter.name}`).normal(into, initial.mean, initial.deviation);
}
