/** Models of ours on a card beside the processor: on Chromium's software driver, and on cards that are wrong or gone. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readOnnx } from '../../../models/onnx/read.ts';
import type { PictureIo } from '../../../preload/contract/index.ts';
import { startRuntime } from '../cpu/ort.ts';
import { webgpu } from '../webgpu/index.ts';
import { missingDriver, softwareDevice, titled } from '../webgpu/testing.ts';
import { freezeOn } from '../webgpu/frozen.ts';
import { values } from '../testing/testing.ts';
import { randomGenerator, randomModel, randomTranslator } from '../testing/testing-model.ts';
import { Beside } from './beside.ts';
import { card, runModelsOn } from './card.ts';
import { Generator, wishFor } from './generator.ts';
import type { Size } from './tiles.ts';
import { Translator, type Work } from './translator.ts';

beforeAll(() => startRuntime(1));
afterEach(() => {
  vi.restoreAllMocks();
  runModelsOn({ engine: 'cpu', threads: 1 });
});

type Freeze = NonNullable<typeof webgpu.freeze>;

/** A card that is there, passed its self-test, and runs models so. */
function withCard(freeze: Freeze): void {
  vi.spyOn(webgpu, 'presence').mockResolvedValue({ available: true, automatic: true, reason: '', device: 'Card' });
  vi.spyOn(webgpu, 'selfTest').mockResolvedValue({ passed: true, wrong: [], stepMs: 1 });
  vi.spyOn(webgpu as { freeze: Freeze }, 'freeze').mockImplementation(freeze);
}

const picture = (side: number, wide = side): Float32Array => values(1, 'picture', [1, 3, side, wide]);
const apart = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const NHWC: PictureIo = {
  ...{ layout: 'nhwc', outputLayout: 'nhwc', range: '-1..1', outputRange: '-1..1', channels: 'rgb', mean: [0, 0, 0] },
  ...{ deviation: [1, 1, 1], size: { width: 64, height: 48 }, multiple: 1, rest: 0, input: null, output: null },
  ...{ outputs: ['stylised'], dials: [] },
};
const UNIT: PictureIo = {
  ...{ ...NHWC, layout: 'nchw', outputLayout: 'nchw', range: '0..1', outputRange: '0..1', size: null, multiple: 4 },
  outputs: ['painted'],
};
const ofOthers = (name: string): Buffer => readFileSync(`main/engine/inference/fixtures/${name}.onnx`);

describe.each<[string, Uint8Array, PictureIo | null, Work, Size]>([
  ['srgan', randomTranslator('srgan'), null, 'upscale', { width: 24, height: 40 }],
  ['photo-2x', readFileSync('assets/upscalers/photo-2x/model.onnx'), null, 'upscale', { width: 16, height: 12 }],
  ['cyclegan', randomTranslator('cyclegan'), null, 'translate', { width: 36, height: 48 }],
  ['pix2pix', randomModel(), null, 'translate', { width: 32, height: 32 }],
  ['torch-script, of another tool', ofOthers('torch-script'), UNIT, 'translate', { width: 24, height: 20 }],
  ['nhwc, of another tool', ofOthers('nhwc'), NHWC, 'translate', { width: 64, height: 48 }],
])('%s on a software driver', (_, bytes, io, work, size) => {
  it.skipIf(missingDriver)(
    titled('makes what the processor makes, at any size that it takes', missingDriver),
    async () => {
      const gpu = await softwareDevice();
      withCard((graph, weights) => freezeOn(gpu, graph, weights));
      const alone = new Translator(bytes, 'model', io, work);
      runModelsOn({ engine: 'webgpu', threads: 1, insist: true });
      const model = new Translator(bytes, 'model', io, work);
      await model.run(picture(size.height, size.width), size);
      expect(model.device).toBe(null); // the first one is the example
      const other = picture(size.height, size.width).map((v) => -v);
      const made = (await model.run(other, size)).slice();
      expect(model.device).toBe('Card');
      expect(apart(made, await alone.run(other, size))).toBeLessThan(1e-3);
      model.release();
      alone.release();
    },
  );
});

describe.each([
  ['fewshot', {}, missingDriver],
  ['infogan', { kind: '2' }, missingDriver],
] as const)('a generator of %s on a software driver', (family, labels, missing) => {
  it.skipIf(missing)(titled('makes what the processor makes of all that it is asked', missing), async () => {
    const gpu = await softwareDevice();
    withCard((graph, weights) => freezeOn(gpu, graph, weights));
    const bytes = randomGenerator({ family });
    const alone = new Generator(bytes, 'model');
    runModelsOn({ engine: 'webgpu', threads: 1, insist: true });
    const generator = new Generator(bytes, 'model');
    const wish = (seed: number) => wishFor({ kind: 'seed', seed }, { labels });
    const first = await generator.make(wish(1));
    expect(generator.device).toBe(null); // the first one is the example
    const { data } = await generator.make(wish(2));
    expect(generator.device).toBe('Card');
    const expected = await alone.make(wish(2));
    expect(data.every((value, i) => Math.abs(value - expected.data[i]!) <= 1)).toBe(true);
    expect(data).not.toEqual(first.data);
    generator.release();
    alone.release();
  });
});

describe('a card', () => {
  it('that is not there is shown nothing more', async () => {
    vi.spyOn(webgpu, 'presence').mockResolvedValue({ available: false, automatic: true, reason: 'none', device: null });
    runModelsOn({ engine: 'auto', threads: 1 });
    const beside = new Beside(readOnnx(randomModel()));
    expect(beside.wants('32 x 32')).toBe(true);
    const graph = (): never => expect.fail('no graph is needed');
    await beside.show({ key: '32 x 32', given: {}, made: new Float32Array(), graph, output: 'output', level: 1 });
    // What was tried beside it has ended, too.
    expect(await card()).toBe(null);
    await new Promise(setImmediate);
    expect(beside.wants('32 x 32')).toBe(false);
    expect(beside.refused).toBe(null);
  });

  it('does not run a model with an operator that our language has not, and that is said', async () => {
    withCard(() => Promise.reject(new Error('it is not asked')));
    runModelsOn({ engine: 'auto', threads: 1 });
    const bytes = ofOthers('torch-script');
    for (let at = bytes.indexOf('Sigmoid'); at >= 0; at = bytes.indexOf('Sigmoid')) bytes.write('Softmax', at);
    const model = new Translator(bytes, 'model', UNIT);
    await model.run(picture(20, 24), { width: 24, height: 20 });
    await expect
      .poll(() => model.refused)
      .toBe('no card runs this model, and the processor does: it has the operator Softmax');
    model.release();
  });

  const answering = (how: (made: Float32Array) => Promise<Float32Array>): Freeze => {
    const alone = new Translator(randomModel(), 'model');
    return () =>
      Promise.resolve({
        run: async ({ input }) => ({ output: await how((await alone.run(input!)).slice()) }),
        dispose: () => undefined,
      });
  };

  it('that makes something else does not run the model, and that is said', async () => {
    withCard(answering((made) => Promise.resolve(made.map((v, i) => (i === 7 ? v + 0.1 : v)))));
    runModelsOn({ engine: 'auto', threads: 1 });
    const model = new Translator(randomModel(), 'model');
    const first = (await model.run(picture(32))).slice();
    await expect
      .poll(() => model.refused)
      .toBe('Card does not make of it what the processor makes (13 of 255 levels apart)');
    expect(await model.run(picture(32))).toEqual(first);
    expect(model.device).toBe(null);
    model.release();
    runModelsOn({ engine: 'webgpu', threads: 1, insist: true });
    const named = new Translator(randomModel(), 'model');
    await expect(named.run(picture(32))).rejects.toThrow('13 of 255 levels');
    named.release();
  });

  it('that fails later leaves the rest to the processor, and that is said', async () => {
    let gone = false;
    withCard(answering((made) => (gone ? Promise.reject(new Error('gone\nat all')) : Promise.resolve(made))));
    runModelsOn({ engine: 'auto', threads: 1 });
    const model = new Translator(randomModel(), 'model');
    const first = (await model.run(picture(32))).slice();
    await expect.poll(() => model.run(picture(32)).then(() => model.device)).toBe('Card');
    runModelsOn({ engine: 'cpu', threads: 1 });
    expect(await model.run(picture(32)).then(() => model.device)).toBe(null); // somebody chose the processor meanwhile
    runModelsOn({ engine: 'auto', threads: 1 });
    gone = true;
    expect(await model.run(picture(32))).toEqual(first);
    expect([model.device, model.refused]).toEqual([null, 'Card failed, and the processor goes on: gone']);
    model.release();
  });
});
