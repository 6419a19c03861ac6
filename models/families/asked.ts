/** The values of what a generator is asked for. */
import type { Random } from '../graph/random.ts';
import { sizeOf, type Shape } from '../graph/tensor.ts';
import type { Asked } from './program.ts';

/**
 * The value of an input of this shape: noise from `random`, the same for every level where there are some, or the label at
 * place `label`.
 */
export function valueOf(
  asked: Asked,
  shape: Shape,
  { random, label }: { random: Random; label: number },
): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (asked.from === 'labels') data[label] = 1;
  else {
    const noise = random.normal(new Float32Array(shape.at(-1)!));
    for (let at = 0; at < data.length; at += noise.length) data.set(noise, at);
  }
  return data;
}
