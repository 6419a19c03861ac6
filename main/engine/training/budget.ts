/** A time budget as a number of steps, so that the learning rate can fall towards a known end. */

/** Steps that are timed first; the very first are slower and left out. */
const TIMED_STEPS = [3, 15] as const;
/** After this share of the time the number is corrected once: the rate is still the same then, whatever the number. */
const CORRECTED_AT = 0.3;

export class TimeBudget {
  readonly #ms: number;
  /** Steps in which only a part learns, which are faster than the others. */
  readonly #warmup: number;
  readonly #times: number[] = [];
  #spent = 0;
  #first: { step: number; spent: number } | undefined;
  #corrected = false;

  constructor(minutes: number, warmup: number) {
    this.#ms = minutes * 60_000;
    this.#warmup = warmup;
  }

  /**
   * Hears that `step` steps are done, how long the last one took, and how long everything since the one before took
   * (previews and checkpoints too, pauses not). Gives the number of steps where it is known now, or known better.
   */
  hear(step: number, { stepMs, wholeMs }: { stepMs: number; wholeMs: number }): number | null {
    this.#spent += wholeMs;
    const left = (pace: number): number => Math.max(step, Math.round(step + (this.#ms - this.#spent) / pace));
    if (!this.#first) {
      if (step <= this.#warmup || this.#times.push(stepMs) < TIMED_STEPS[1]) return null;
      this.#first = { step, spent: this.#spent };
      const timed = this.#times.slice(TIMED_STEPS[0]).sort((a, b) => a - b);
      return left(timed[timed.length >> 1]!);
    }
    if (this.#corrected || this.#spent < CORRECTED_AT * this.#ms) return null;
    this.#corrected = true;
    const { step: since, spent } = this.#first;
    // A budget that is nearly over when it is first known cannot be corrected before the rate falls.
    return step > since ? Math.max(2 * step, left((this.#spent - spent) / (step - since))) : null;
  }
}
