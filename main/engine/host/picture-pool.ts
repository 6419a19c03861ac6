/**
 * The pool of past results that CycleGAN's discriminators are shown again (Shrivastava et al. 2017, arXiv:1612.07828,
 * section 2.3; the reference code's ImagePool). It is part of a run's state.
 */
import type { Random } from '../../../models/graph/random.ts';

export class PicturePool {
  /** Kept pictures, one after another; the first `filled` are there. */
  readonly data: Float32Array;
  readonly capacity: number;
  filled = 0;
  readonly #length: number;

  /** @param length numbers in a picture */
  constructor(capacity: number, length: number) {
    this.capacity = capacity;
    this.#length = length;
    this.data = new Float32Array(capacity * length);
  }

  /**
   * Gives a picture for each new one into `shown`: while the pool fills, the new one itself, which is kept; then, with
   * probability 1/2, the new one, else a kept one, whose place the new one takes.
   */
  exchange(fresh: Float32Array, shown: Float32Array, random: Random): void {
    for (let from = 0; from < fresh.length; from += this.#length) {
      const picture = fresh.subarray(from, from + this.#length);
      const out = shown.subarray(from, from + this.#length);
      out.set(picture);
      if (this.filled < this.capacity) this.data.set(picture, this.filled++ * this.#length);
      else if (this.capacity > 0 && random.uniform() < 0.5) {
        const at = random.below(this.capacity) * this.#length;
        const kept = this.data.subarray(at, at + this.#length);
        out.set(kept);
        kept.set(picture);
      }
    }
  }
}
