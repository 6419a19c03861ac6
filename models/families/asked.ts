/** The values of what a generator is asked for. */
import type { Random } from '../graph/random.ts';
import { sizeOf, type Shape } from '../graph/tensor.ts';
import type { Asked } from './program.ts';
import { traitsOf } from './traits.ts';

/**
 * The `i`-th value of an input of this shape that is shown: noise from `random`, the same for every level where there are
 * some, or the labels after those of the one before, of each trait.
 */
export function valueOf(asked: Asked, shape: Shape, { random, i }: { random: Random; i: number }): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (asked.from === 'labels')
    for (const { begin, values } of traitsOf(asked.labels)) data[begin + (i % values.length)] = 1;
  else {
    const noise = random.normal(new Float32Array(shape.at(-1)!));
    for (let at = 0; at < data.length; at += noise.length) data.set(noise, at);
  }
  return data;
}
