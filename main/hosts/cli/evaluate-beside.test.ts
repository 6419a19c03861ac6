/** What pairs would score without a network: figures that can be told beforehand. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRuntime } from '../../engine/cpu/ort.ts';
import { MinibatchSource } from '../../engine/data/minibatches.ts';
import { l1, toUnit } from '../../engine/metrics/metrics.ts';
import { UNVARIED, type LoaderSettings } from '../../engine/processes/messages.ts';
import { writePairs } from '../../testing/datasets.ts';
import { temporary } from '../../testing/folder.ts';
import { Baselines } from './evaluate-beside.ts';

const folder = temporary();
beforeAll(() => writePairs(folder.path('pairs'), 10, 32));
afterAll(() => folder.remove());

it('the input as it is, the mean of what was learned, and the truth of the most similar input', async () => {
  startRuntime(1);
  const settings: LoaderSettings = {
    kind: 'pairs',
    ...{ dataset: folder.path('pairs'), size: 32, channels: 3, batch: 1, holdout: 0.9, seed: 1 },
    ...{ augment: UNVARIED, emphasis: null, only: null },
  };
  const beside = await Baselines.read(settings, () => undefined);
  const learned = new MinibatchSource(settings, () => undefined);
  const pairs: [Float32Array, Float32Array][] = [];
  for (let i = 0; i < learned.summary.heldOut; i++) {
    const { ports } = await learned.heldOut(i, 1);
    pairs.push([toUnit(ports['input']!), toUnit(ports['target']!)]);
    beside.add(ports['input']!, ports['target']!);
  }
  const mean = pairs[0]![1].map((_, i) => pairs.reduce((sum, [, target]) => sum + target[i]! / pairs.length, 0));
  const over = (score: (pair: [Float32Array, Float32Array]) => number): number =>
    pairs.reduce((sum, pair) => sum + score(pair) / pairs.length, 0);
  const scores = beside.scores();
  expect(scores.input.l1).toBeCloseTo(over(([input, target]) => l1(input, target)));
  expect(scores.mean.l1).toBeCloseTo(over(([, target]) => l1(mean, target)));
  // They were learned: the most similar is the same.
  expect(scores.nearest.l1).toBeLessThan(1 / 255);
  expect(scores.mean.l1).toBeGreaterThan(0.01);
});
