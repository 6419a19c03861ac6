/** Seeded values. On their own, so that what runs outside of the tests (screenshots) needs no TensorFlow.js. */
import { Random } from '../../../models/graph/random.ts';
import { sizeOf, type Shape } from '../../../models/graph/tensor.ts';

/** Seeded uniform values in a range, kept away from zero by `awayFromZero`. */
export function values(
  seed: number,
  name: string,
  shape: Shape,
  [low, high]: readonly [number, number] = [-1, 1],
  awayFromZero = 0,
): Float32Array {
  const random = new Random(seed, name);
  return new Float32Array(sizeOf(shape)).map(() => {
    const x = low + (high - low) * random.uniform();
    return Math.abs(x) < awayFromZero ? x + Math.sign(x || 1) * awayFromZero : x;
  });
}

/** The largest difference of two arrays, relative to the largest magnitude in the second (at least `floor`). */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>, floor = 1e-6): number {
  let [difference, magnitude] = [a.length === b.length ? 0 : Infinity, floor];
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    magnitude = Math.max(magnitude, Math.abs(b[i]!));
  }
  return difference / magnitude;
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
};
