/** A whole training in this process: that it goes on to the bit as if it had never been stopped. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FAMILIES } from '../../../models/families/index.ts';
import { writeLabelled, writePairs, writeSets } from '../../testing/datasets.ts';
import { temporary } from '../../testing/folder.ts';
import { OutOfMemory } from '../../errors.ts';
import { cpu } from '../cpu/index.ts';
import { webgpu } from '../webgpu/index.ts';
import { MinibatchSource } from '../data/minibatches.ts';
import { UNVARIED, type TrainOptions } from '../processes/messages.ts';
import { readModelFile } from './snapshot.ts';
import { readRun } from './run-folder.ts';
import { Training, type PictureSource } from './training.ts';

const folder = temporary();
beforeAll(async () => {
  await writePairs(folder.path('pairs'), 8, 32);
  await writeSets(folder.path('sets'), 8, 32);
  await writeLabelled(folder.path('labelled'), 4);
  cpSync(folder.path('labelled', 'red'), folder.path('one'), { recursive: true });
});
afterEach(() => vi.restoreAllMocks());
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

interface Kind {
  family: string;
  data: 'pairs' | 'sets' | 'labelled' | 'one';
  settings?: Record<string, unknown>;
}

const ROOMY = { width: 4, blocks: 1, discriminatorWidth: 4, features: 8, patches: 8, latent: 8 };

/** Each by where its runs go. */
const KINDS: Record<string, Kind> = {
  pix2pix: { family: 'pix2pix', data: 'pairs', settings: { dropout: 0.5 } },
  cyclegan: { family: 'cyclegan', data: 'sets', settings: { poolSize: 3 } },
  cut: { family: 'cut', data: 'sets' },
  dcgan: { family: 'dcgan', data: 'one' },
  cgan: { family: 'cgan', data: 'labelled' },
  acgan: { family: 'acgan', data: 'labelled' },
  infogan: { family: 'infogan', data: 'one' },
  fewshot: { family: 'fewshot', data: 'labelled' },
  // Shown pictures as they are found, and judged after three steps of pretraining, at whose end it is stopped.
  'srgan, found': { family: 'srgan', data: 'one', settings: { smaller: 'found', ganWeight: 0.1 } },
  'srgan, dense blocks and a U-Net': {
    ...{ family: 'srgan', data: 'one' },
    settings: { generator: 'rrdb', blocks: 1, discriminator: 'unet', ganWeight: 0.1 },
  },
  'srgan, residual blocks': { family: 'srgan', data: 'one', settings: { generator: 'srresnet', factor: '4' } },
};

/** A small training. */
function optionsOf(
  { family, settings }: Pick<TrainOptions, 'family' | 'settings'>,
  other: Pick<TrainOptions, 'dataset' | 'out'> & Partial<TrainOptions>,
): TrainOptions {
  const { shape } = FAMILIES.get(family)!.settings;
  const small = Object.fromEntries(Object.entries(ROOMY).filter(([name]) => name in shape));
  return {
    ...{ family, size: 32, channels: 3, batch: 2, seed: 3 },
    ...{ holdout: 0.25, augment: { ...UNVARIED, flip: true, colour: 0.1 }, emphasis: null },
    ...{ steps: 6, minutes: null, engine: 'cpu', threads: 1, background: false, checkpointEvery: 4, resume: true },
    ...{ from: null, fromStep: null },
    settings: FAMILIES.get(family)!.settings.parse({ ...small, ...settings }),
    ...other,
  };
}

it('every family is among them', () => {
  expect(new Set(Object.values(KINDS).map(({ family }) => family))).toEqual(new Set(FAMILIES.keys()));
});

it.each(Object.entries(KINDS))(
  '%s goes on as if it had never been stopped',
  async (kind, { family, data, settings }) => {
    const train = async (out: string, stopAt: number | null): Promise<number> => {
      const options = optionsOf({ family, settings: settings ?? {} }, { dataset: folder.path(data), out });
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
    const files = ['model.onnx', 'model.pretrained.onnx', 'checkpoints/step-000006.safetensors'];
    for (const file of files.filter((each) => existsSync(`${whole}/${each}`)))
      expect(readFileSync(`${stopped}/${file}`).equals(readFileSync(`${whole}/${file}`)), file).toBe(true);
  },
);

it('is pretrained as it would learn without a discriminator, which then catches up, and once in all', async () => {
  const train = async (
    name: string,
    ganWeight: number,
    { stopAt = 0, dieAt = 0, ...other }: Partial<TrainOptions> & { stopAt?: number; dieAt?: number },
  ) => {
    const out = folder.path('pretraining', name);
    const where = { dataset: folder.path('one'), out, steps: 10, checkpointEvery: 1, ...other };
    const reported: string[][] = [];
    const training = new Training(optionsOf({ family: 'srgan', settings: { ganWeight } }, where), here(), (event) => {
      if (event.event !== 'step') return;
      reported.push(Object.keys(event.losses));
      if (event.step === stopAt) training.stop();
      if (event.step === dieAt) throw new Error('died');
    });
    await training.run().catch((error: unknown) => expect(error).toEqual(new Error('died')));
    const weightsIn = (file: string) =>
      [...readModelFile(`${out}/${file}`).weights.values()].map(({ data }) => [...data]);
    return { out, reported, weightsIn };
  };
  const pretrained = 'model.pretrained.onnx';
  const judged = await train('judged', 0.1, {});
  const [alone, catchesUp, both] = [['g'], ['dReal', 'dFake', 'd'], ['dReal', 'dFake', 'd', 'gL1', 'gGan', 'g']];
  expect(judged.reported).toEqual([alone, alone, alone, alone, alone, catchesUp, both, both, both, both]);
  const half = await train('half', 0, { stopAt: 5 });
  expect(judged.weightsIn(pretrained)).toEqual(half.weightsIn('model.onnx'));
  expect(judged.weightsIn('model.onnx')).not.toEqual(judged.weightsIn(pretrained));
  expect(existsSync(`${half.out}/${pretrained}`)).toBe(false);
  // Killed after its pretraining, with a checkpoint from before the end of that.
  await train('killed', 0.1, { dieAt: 7, checkpointEvery: 4 });
  const killed = await train('killed', 0.1, { checkpointEvery: 4 });
  expect(killed.reported).toEqual([alone, catchesUp, both, both, both, both]);
  for (const file of [pretrained, 'model.onnx']) expect(killed.weightsIn(file)).toEqual(judged.weightsIn(file));
  // What goes on from it goes on with what its pretraining left; from before that was over, it begins with that again.
  const on = await train('on', 0.1, { from: judged.out, steps: 2 });
  expect(on.reported).toEqual([both, both]);
  expect(on.weightsIn(pretrained)).toEqual(half.weightsIn('model.onnx'));
  const early = await train('early', 0.1, { stopAt: 4 });
  const again = await train('again', 0.1, { from: early.out, steps: 2 });
  expect(again.reported).toEqual([alone, both]);
});

it('begins from a model of another size with all but its innermost layers, and says so', async () => {
  const RATE = 1e-6;
  const ended = async (out: string, other: Partial<TrainOptions>, width = ROOMY.width) => {
    const warnings: string[] = [];
    const settings = { rate: RATE, upsampling: 'resize', width };
    const where = { dataset: folder.path('pairs'), out: folder.path('sizes', out), steps: 1, ...other };
    const training = new Training(optionsOf({ family: 'pix2pix', settings }, where), here(), (event) => {
      if (event.event === 'warning') warnings.push(event.message);
    });
    await training.run();
    return { warnings, file: `${where.out}/model.onnx`, ...readModelFile(`${where.out}/model.onnx`) };
  };
  const small = await ended('small', {});
  const large = await ended('large', { size: 64, seed: 4, from: small.file });
  expect(large.warnings).toEqual([expect.stringMatching(/^model.onnx learned at 32 px: \d\d % of .* begins anew$/)]);
  const firsts = (weights: typeof small.weights, name: string): number => weights.get(name)!.data[0]!;
  for (const name of ['down0', 'down4', 'up0', 'up3', 'up4'].map((layer) => `generator/${layer}/weight`))
    expect(firsts(large.weights, name), name).toBeCloseTo(firsts(small.weights, name), 5);
  // Back at the smaller size all of it but a bias comes from there, and so from the first.
  const back = await ended('back', { seed: 5, from: large.file });
  expect(back.warnings).toEqual([expect.stringContaining('99 %')]);
  for (const [name, { data }] of back.weights)
    for (const [i, v] of data.entries()) expect(v, name).toBeCloseTo(small.weights.get(name)!.data[i]!, 4);
  await expect(ended('wide', { size: 64, from: small.file }, 6)).rejects.toThrow(/too few of the layers.*width/);
});

describe('where memory has no room for so many pictures a step', () => {
  const run = async (name: string, other: Partial<TrainOptions>) => {
    const warnings: string[] = [];
    const out = folder.path('room', name);
    const options = optionsOf({ family: 'pix2pix', settings: {} }, { dataset: folder.path('pairs'), out, ...other });
    const training = new Training(options, here(), (event) => {
      if (event.event === 'warning') warnings.push(event.message);
      if (event.event === 'step' && event.step === 2) training.stop();
    });
    await training.run();
    return { warnings, ...readRun(out) };
  };
  it('halves a training that has not begun by what it would take, and resumes it so', async () => {
    let asked = 0;
    vi.spyOn(cpu, 'room').mockImplementation(() => Promise.resolve({ needed: 32e9 / 2 ** asked++, free: 9e9 }));
    const first = await run('estimated', { batch: 8 });
    expect(first).toMatchObject({ batch: 2, askedBatch: 8 });
    expect(first.warnings).toEqual([
      'This training takes about 32.0 GB of memory, and 9.0 GB are free; it takes 4 pictures a step instead of 8',
      'This training takes about 16.0 GB of memory, and 9.0 GB are free; it takes 2 pictures a step instead of 4',
    ]);
    expect(await run('estimated', { batch: 8, resume: true })).toMatchObject({ batch: 2, askedBatch: 8 });
    await expect(run('estimated', { batch: 4, resume: true })).rejects.toThrow('other batch');
  });

  it('halves it when it does not fit all the same, and goes on to the next engine where one picture does not', async () => {
    const full = new OutOfMemory('This training does not fit into Card');
    vi.spyOn(webgpu, 'presence').mockResolvedValue({ available: true, automatic: true, reason: '', device: 'Card' });
    vi.spyOn(webgpu, 'selfTest').mockResolvedValue({ passed: true, wrong: [], stepMs: 1 });
    vi.spyOn(webgpu, 'room').mockResolvedValue({ needed: 1e9, free: null });
    vi.spyOn(webgpu, 'open').mockRejectedValue(full);
    const { warnings, ...record } = await run('full', { batch: 4, engine: 'auto' });
    expect(record).toMatchObject({ batch: 4, engine: 'cpu' });
    expect(warnings).toEqual([
      `${full.message}; it takes 2 pictures a step instead of 4`,
      `${full.message}; it takes 1 picture a step instead of 2`,
      full.message,
    ]);
    vi.spyOn(webgpu, 'versions').mockResolvedValue({});
    await expect(run('named', { batch: 2, engine: 'webgpu' })).rejects.toThrow(full.message);
  });
});
