/**
 * Whether a made picture is one that was learned: the learned picture that is most like it, by its pixels at a small size,
 * and how near that is beside how near learned pictures are to each other.
 */

/** Nearer than this share of what is usual between learned pictures, a made one is a copy. */
const COPY = 0.5;
/** Learned pictures nearer to each other than this, 0..1, are one and the same. */
const SAME = 1 / 255;
/** How many learned pictures say what is usual. */
const SAMPLED = 200;

export interface Nearest {
  /** The place of the learned picture in its list. */
  index: number;
  /** 1 is how far a learned picture usually is from the other one most like it. */
  distance: number;
  copy: boolean;
}

/** Small pictures of equal length, 0..255; null stands for one that could not be read. */
export class LearnedPictures {
  readonly #small: readonly (Uint8Array | null)[];
  /** The median distance of a picture to the other one most like it, 0..1. */
  readonly #usual: number;

  constructor(small: readonly (Uint8Array | null)[]) {
    this.#small = small;
    const step = Math.max(1, Math.floor(small.length / SAMPLED));
    const distances = small.flatMap((each, i) => {
      const { distance } = each && i % step === 0 ? this.#closest(each, SAME) : { distance: Infinity };
      return distance < Infinity ? [distance] : [];
    });
    // Where all are one and the same, nothing is usual: only the same again is a copy.
    this.#usual = distances.sort((a, b) => a - b)[distances.length >> 1] ?? 2 * SAME;
  }

  /** The one most like a picture; null where there is none. */
  nearest(made: Uint8Array): Nearest | null {
    const { index, distance } = this.#closest(made);
    return index < 0 ? null : { index, distance: distance / this.#usual, copy: distance < COPY * this.#usual };
  }

  /** The nearest picture that is further away than `beyond`. */
  #closest(made: Uint8Array, beyond = -1): { index: number; distance: number } {
    let [index, distance] = [-1, Infinity];
    this.#small.forEach((each, i) => {
      if (!each) return;
      let sum = 0;
      for (let k = 0; k < made.length; k++) sum += Math.abs(made[k]! - each[k]!);
      const away = sum / (255 * made.length);
      if (away > beyond && away < distance) [index, distance] = [i, away];
    });
    return { index, distance };
  }
}
