/** A whole training in this process: that it goes on to the bit as if it had never been stopped. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { writeLabelled } from '../../testing/datasets.ts';
import { temporary } from '../../testing/folder.ts';
import { MinibatchSource } from '../data/minibatches.ts';
import type { TrainOptions } from '../processes/messages.ts';
import { Training, type PictureSource } from './training.ts';

const folder = temporary();
beforeAll(() => writeLabelled(folder.path('discs'), 4));
afterAll(() => folder.remove());

/** The loader's work, done here. */
function here(): PictureSource {
  let source: MinibatchSource;
  return {
    open: (settings) => {
      source = new MinibatchSource(settings, () => undefined);
      return Promise.resolve(source.summary);
    },
    serve: (ports) => {
      source.serve(ports);
      return Promise.resolve();
    },
    batch: (step) => source.batch(step),
    heldOut: (from, count) => source.heldOut(from, count),
  };
}

/** Each with where its runs go. */
const KINDS: [string, string, Record<string, unknown>][] = [
  [
    'an upscaler that is shown pictures as they are found, and is judged',
    'found',
    { smaller: 'found', ganWeight: 0.1 },
  ],
  ['an upscaler with residual blocks, four times as large', 'residual', { generator: 'srresnet', factor: '4' }],
];

it.each(KINDS)('%s goes on as if it had never been stopped', async (_, kind, settings) => {
  const train = async (out: string, stopAt: number | null): Promise<number> => {
    const options: TrainOptions = {
      ...{ family: 'srgan', dataset: folder.path('discs', 'red'), out, size: 32, channels: 3, batch: 2, seed: 3 },
      ...{ holdout: 0.25, augment: { flip: true, jitter: 0, zoom: 0, rotate: 0, colour: 0.1 }, emphasis: null },
      ...{ steps: 6, minutes: null, engine: 'cpu', threads: 1, background: false, checkpointEvery: 4, resume: true },
      ...{ from: null, fromStep: null },
      settings: FAMILIES.get('srgan')!.settings.parse({ width: 4, blocks: 1, discriminatorWidth: 4, ...settings }),
    };
    let begun = 0;
    const training = new Training(options, here(), (event) => {
      if (event.event === 'resumed') begun = event.step;
      if (event.event === 'step' && event.step === stopAt) training.stop();
    });
    await training.run();
    return begun;
  };
  const [whole, stopped] = [folder.path(kind, 'whole'), folder.path(kind, 'stopped')];
  await train(whole, null);
  await train(stopped, 3);
  expect(await train(stopped, null)).toBe(3);
  for (const file of ['model.onnx', 'checkpoints/step-000006.safetensors'])
    expect(readFileSync(`${stopped}/${file}`).equals(readFileSync(`${whole}/${file}`)), file).toBe(true);
});
