/** What the tests of graphs share: seeded values and the referee. */
import * as tfjs from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { FAMILIES } from '../../models/families/index.ts';
import { topological } from '../../models/graph/graph.ts';
import { Random } from '../../models/graph/random.ts';
import { isParameter, sizeOf, type Shape } from '../../models/graph/tensor.ts';
import { writeOnnx } from '../../models/onnx/write.ts';
import type { TensorFlow } from '../../models/graph/tensorflow.ts';

/** TensorFlow.js on its plain CPU backend, typed as operators see it. */
export const referee = tfjs as unknown as TensorFlow;
export { tfjs };

/** Seeded uniform values in a range, kept away from zero by `awayFromZero`. */
export function values(
  seed: number,
  name: string,
  shape: Shape,
  [low, high]: readonly [number, number] = [-1, 1],
  awayFromZero = 0,
): Float32Array {
  const random = new Random(seed, name);
  return Float32Array.from({ length: sizeOf(shape) }, () => {
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

/** A pix2pix model with random weights, as bytes: it paints noise that depends on what it is given. */
export function randomModel({
  size = 32,
  channels = 3,
  width = 4,
  dropout = 0,
  seed = 1,
}: { size?: number; channels?: 3 | 4; width?: number; dropout?: number; seed?: number } = {}): Uint8Array {
  const settings = FAMILIES.get('pix2pix')!.settings.parse({ width, dropout, upsampling: 'resize' });
  const { output } = FAMILIES.get('pix2pix')!.inference({ size, channels, batch: 1 }, settings)[0]!;
  const weights = new Map(
    topological([output])
      .filter(isParameter)
      .map(({ name, shape }) => [name, values(seed, name, shape, [-0.4, 0.4])] as const),
  );
  const metadata = {
    'maquette.format': '1',
    'maquette.family': 'pix2pix',
    'maquette.size': String(size),
    'maquette.channels': String(channels),
    'maquette.range': '-1..1',
    'maquette.settings': JSON.stringify(settings),
  };
  return writeOnnx({ output }, { weights, metadata }).bytes;
}
