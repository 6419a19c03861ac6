/** While a generator trains: how varied what it makes is, and how much of it are copies of what it learns from. */
import { LearnedPictures } from './nearest.ts';
import { toUnit } from './metrics.ts';
import type { PlaneShape } from './pyramid.ts';
import { small } from './small.ts';

export interface MadeFigures {
  /** How far made pictures are from each other on average, where 1 is how far real ones are. */
  variety: number;
  /** Share of the made pictures, 0..1, that are copies of learned ones. */
  copies: number;
}

/** Pictures are compared at this side, in pixels. */
const SIDE = 32;
/** So many learned pictures are remembered: a copy of others goes unseen, and memory stays small. */
const REMEMBERED = 5000;

/** Remembers what is learned from as it comes by, so that nothing is opened for it. */
export class Originality {
  readonly #shape: PlaneShape;
  readonly #learned = new Map<string, Uint8Array>();
  #compared: { count: number; with: LearnedPictures } | undefined;

  constructor(shape: PlaneShape) {
    this.#shape = shape;
  }

  /** Pictures that are learned from, with their names: planes [N, C, H, W] in [-1, 1]. */
  learn(names: readonly string[], planes: Float32Array): void {
    const length = planes.length / names.length;
    names.forEach((name, i) => {
      if (this.#learned.has(name) || this.#learned.size >= REMEMBERED) return;
      this.#learned.set(name, this.#small(planes.subarray(i * length, (i + 1) * length)));
    });
  }

  /** @param made, real planes in [-1, 1]; null where there are too few of either, or nothing was learned from yet */
  judge(made: readonly Float32Array[], real: readonly Float32Array[]): MadeFigures | null {
    if (made.length < 2 || real.length < 2 || this.#learned.size === 0) return null;
    const [ours, theirs] = [made, real].map((all) => all.map((planes) => this.#small(planes))) as [
      Uint8Array[],
      Uint8Array[],
    ];
    if (this.#compared?.count !== this.#learned.size)
      this.#compared = { count: this.#learned.size, with: new LearnedPictures([...this.#learned.values()]) };
    const copies = ours.filter((picture) => this.#compared!.with.nearest(picture)?.copy).length;
    return { variety: spreadOf(ours) / Math.max(1, spreadOf(theirs)), copies: copies / ours.length };
  }

  #small(planes: Float32Array): Uint8Array {
    return small(toUnit(planes), this.#shape, SIDE);
  }
}

/** The mean distance between two pictures: the root of their mean squared difference. */
export function spreadOf(pictures: readonly Uint8Array[]): number {
  let [total, pairs] = [0, 0];
  pictures.forEach((a, i) => {
    for (let j = i + 1; j < pictures.length; j++) {
      const b = pictures[j]!;
      let sum = 0;
      for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
      total += Math.sqrt(sum / a.length);
      pairs++;
    }
  });
  return total / pairs;
}
