/**
 * A time budget as a number of steps. How fast steps are is only known while they run, on a machine that others use too:
 * the number is estimated anew all along, so that the training ends when its time is over. Everything that was decided is
 * kept in the run's record, from which a resumed run decides the same again.
 */
import { z } from 'zod';

/** One estimate: made when `from` steps were done, in force from there to the next. */
export const plannedSchema = z.object({
  from: z.int().min(0),
  steps: z.int().positive(),
  /** How far the training was, 0 to 1: the learning rate follows this, and a new estimate goes on from there. */
  progress: z.number().min(0).max(1),
  /** Milliseconds of the budget that were spent. */
  spentMs: z.number().min(0),
});
export type Planned = z.infer<typeof plannedSchema>;

/** How far a training is after so many steps, by the newest estimate. */
const progressAt = ({ from, steps, progress }: Planned, step: number): number =>
  steps > from ? progress + ((1 - progress) * (step - from)) / (steps - from) : 1;

/**
 * Of how many steps a schedule shall count `step` to be one, so that it runs through smoothly while the estimates change:
 * what is left of it is spread over the steps that are left. `steps` is the number where none was estimated.
 */
export function scheduleEnd(plan: readonly Planned[], steps: number | null, step: number): number {
  if (plan.length === 0) return steps ?? Infinity;
  const inForce = plan.findLast(({ from }) => from <= step);
  return inForce && step > 0 ? step / progressAt(inForce, step) : Infinity;
}

/** Steps that are timed first; the very first are slower and left out. */
const TIMED_STEPS = [3, 15] as const;
/** A new estimate after each such share of the time, and no more often than that, in milliseconds. */
const EVERY_SHARE = 0.01;
const EVERY_MS = 1000;
/** The pace is that of the last such share of the time: it follows the machine, and not each of its hiccups. */
const PACE_SHARE = 0.2;
/** Where the time is over too early (others took the machine), the learning rate still falls, over this share of the steps. */
const LANDING = 0.1;

export class TimeBudget {
  readonly #ms: number;
  /** Steps at the beginning in which only a part learns, which are faster than the others. */
  readonly #warmup: number;
  readonly #times: number[] = [];
  #last: Planned | undefined;
  #spent = 0;
  /** Milliseconds and steps of late, of which older ones count less. */
  #late = { ms: 0, steps: 0 };

  /** `plan` is what was decided before, where a run goes on with `begin` steps done. */
  constructor(minutes: number, { warmup, plan, begin }: { warmup: number; plan: readonly Planned[]; begin: number }) {
    this.#ms = minutes * 60_000;
    this.#warmup = warmup;
    this.#last = plan.at(-1);
    if (!this.#last) return;
    const { from, steps, spentMs } = this.#last;
    const pace = Math.max(1, this.#ms - spentMs) / Math.max(1, steps - from);
    this.#late = { ms: pace, steps: 1 };
    this.#spent = Math.max(0, spentMs + (begin - from) * pace);
  }

  /** How much of the time is left, in milliseconds. */
  get leftMs(): number {
    return Math.max(0, this.#ms - this.#spent);
  }

  /**
   * Hears that `step` steps are done, how long the last one took, and how long everything since the one before took
   * (previews and checkpoints too, pauses not). Gives a new estimate where it is time for one.
   */
  hear(step: number, { stepMs, wholeMs }: { stepMs: number; wholeMs: number }): Planned | null {
    this.#spent += wholeMs;
    if (!this.#last) return this.#first(step, stepMs);
    const fade = Math.exp(-wholeMs / (PACE_SHARE * this.#ms));
    this.#late = { ms: fade * this.#late.ms + wholeMs, steps: fade * this.#late.steps + 1 };
    const every = Math.max(EVERY_SHARE * this.#ms, EVERY_MS);
    // What was decided once stays: a run that goes on from before it comes to the same end.
    if (step <= this.#last.from || this.#spent - this.#last.spentMs < every) return null;
    return this.#plan(step, progressAt(this.#last, step), this.#late.ms / this.#late.steps);
  }

  /** What keeps a run that goes on from before its end from coming to another one. */
  ended(step: number): Planned {
    return { from: step, steps: step, progress: 1, spentMs: this.#spent };
  }

  /** The first estimate. Previews and checkpoints are not in it yet. */
  #first(step: number, stepMs: number): Planned | null {
    if (step <= this.#warmup || this.#times.push(stepMs) < TIMED_STEPS[1]) return null;
    const timed = this.#times.slice(TIMED_STEPS[0]).sort((a, b) => a - b);
    const pace = timed[timed.length >> 1]!;
    this.#late = { ms: pace * timed.length, steps: timed.length };
    return this.#plan(step, null, pace);
  }

  #plan(step: number, progress: number | null, pace: number): Planned {
    const landing = Math.ceil((1 - (progress ?? 0)) * LANDING * step);
    const steps = step + Math.max(landing, Math.round(this.leftMs / pace));
    return (this.#last = { from: step, steps, progress: progress ?? step / steps, spentMs: this.#spent });
  }
}
