/** Pulls the pen's line smooth while it is drawn. */
import type { PenSample } from './types.ts';

/** The delay of the strongest smoothing, in milliseconds. */
const SLOWEST_MS = 180;
/** Devices report at most about a thousand times a second; equal times are of synthetic events. */
const LEAST_MS = 1;

/**
 * The line follows the pen as through a low-pass filter of the first order: the delay depends on time alone, not on how
 * often the device reports. Smoothing 0 follows exactly.
 */
export class Stabiliser {
  readonly #delay: number;
  #last: PenSample;

  /** @param smoothing 0..1 */
  constructor(smoothing: number, first: PenSample) {
    this.#delay = SLOWEST_MS * smoothing * smoothing;
    this.#last = first;
  }

  next(sample: PenSample): PenSample {
    if (this.#delay > 0) {
      const share = 1 - Math.exp(-Math.max(LEAST_MS, sample.time - this.#last.time) / this.#delay);
      const towards = (from: number, to: number): number => from + (to - from) * share;
      const { x, y, pressure } = this.#last;
      this.#last = {
        ...sample,
        x: towards(x, sample.x),
        y: towards(y, sample.y),
        pressure: towards(pressure, sample.pressure),
      };
    } else this.#last = sample;
    return this.#last;
  }
}
