/** The main schedule of a program as a device runs it, and what that takes of its memory. Pure: made without a device. */
import { stepsOf, type Program } from '../../../models/families/program.ts';
import { resultsOf, type Step } from '../../../models/families/step.ts';
import { sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import { FIELD_BYTES, parameterCountOf, playersOf, type Player } from '../players.ts';
import { planStep, type Plan } from './plan.ts';
import type { Tuning } from './tiling.ts';

/** A named step and its plan. */
export interface PlannedNamed {
  name: string;
  step: Step;
  plan: Plan;
}

export interface PlannedProgram {
  steps: PlannedNamed[];
  players: Player[];
  room: Room;
}

/** What it takes of a device's memory, in bytes. */
export interface Room {
  /** All of it. */
  bytes: number;
  /** The largest buffer. */
  largest: number;
}

export function planProgram(program: Program, tuning: Tuning): PlannedProgram {
  const steps = stepsOf(program, 'main').map((name) => planNamed(name, program.steps[name]!(), tuning));
  const players = playersOf(
    steps.map(({ step }) => step),
    program.models,
  );
  const counts = players.map((player) => parameterCountOf([player]));
  const { bytes, largest } = roomOf(steps.map(({ plan }) => plan));
  const weights = counts.reduce((total, count) => total + FIELD_BYTES * count, 0);
  return { steps, players, room: { bytes: bytes + weights, largest: Math.max(largest, ...counts.map((n) => 4 * n)) } };
}

/** What the values of plans take that run one after the other, without weights. */
export function roomOf(plans: readonly Plan[]): Room {
  const named = new Map(plans.flatMap(({ leaves, results }) => [...leaves, ...results]));
  const all = [...[...named.values()].map(bytesOf), ...commonSlots(plans)];
  return { bytes: all.reduce((total, each) => total + each, 0), largest: Math.max(0, ...all) };
}

const bytesOf = ({ shape }: Tensor): number => 4 * sizeOf(shape);

export function planNamed(name: string, step: Step, tuning: Tuning): PlannedNamed {
  refuseTwice(name, step);
  return { name, step, plan: planStep({ updates: step.updates, results: resultsOf(step) }, tuning) };
}

/** The bytes of each slot of an arena that holds one of these plans after the other. */
export const commonSlots = (plans: readonly Plan[]): number[] =>
  Array.from({ length: Math.max(...plans.map(({ slots }) => slots.length)) }, (_, i) =>
    Math.max(...plans.map(({ slots }) => slots[i] ?? 0)),
  );

/** The numbers of an update lie in one place a player, which is written before the whole turn runs. */
function refuseTwice(name: string, { updates }: Step): void {
  const players = updates.map(({ player }) => player);
  const twice = players.find((player, i) => players.indexOf(player) !== i);
  if (twice !== undefined) throw new Error(`the step "${name}" updates "${twice}" twice; make it two steps`);
}
