/** Ways through pictures are smooth where it counts: in the pictures of a generator that has learned something. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../root.ts';
import { startRuntime } from '../cpu/ort.ts';
import { l1 } from '../metrics/metrics.ts';
import { toPlanar } from '../pictures/pictures.ts';
import { evenPath } from './even-path.ts';
import { Generator, wishFor } from './generator.ts';

let generator: Generator;
beforeAll(() => {
  startRuntime(1);
  generator = new Generator(readFileSync(join(ROOT, 'assets', 'models', 'characters', 'model.onnx')), 'Characters');
});
afterAll(() => generator.release());

/** How far each picture is from the next, around. */
async function steps(keys: readonly number[], loop: boolean): Promise<number[]> {
  const pictures: Float32Array[] = [];
  const wishes = keys.map((n) => wishFor({ kind: 'seed', seed: n }));
  for (const wish of await evenPath(generator, wishes, { frames: 60, loop }))
    pictures.push(toPlanar(await generator.make(wish)));
  return pictures.map((picture, i) => l1(picture, pictures[(i + 1) % pictures.length]!));
}
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe('sixty pictures of a way', () => {
  it.each([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ])('from %i to %i have no step three times as large as usual', async (a, b) => {
    // oxfmt-ignore
    const between = (await steps([a, b], false)).slice(0, -1);
    expect(Math.max(...between)).toBeLessThan(3 * median(between));
  });

  it('that comes back close the loop with a step like the others', async () => {
    const around = await steps([1, 2, 3], true);
    expect(Math.max(...around)).toBeLessThan(3 * median(around));
  });
});
