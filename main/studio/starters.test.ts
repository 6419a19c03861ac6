/** The models that Maquette brings along, as a project gets and uses them. */
import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRuntime } from '../engine/cpu/ort.ts';
import { tellHeight } from '../engine/inference/height.ts';
import { Translator } from '../engine/inference/translator.ts';
import { reliefOf } from '../engine/pictures/maps.ts';
import { readModelFile } from '../engine/training/snapshot.ts';
import { relativeDifference } from '../engine/testing/testing.ts';
import { writeLabelled } from '../testing/datasets.ts';
import { decodePicture } from '../engine/pictures/pictures.ts';
import { temporary } from '../testing/folder.ts';
import type { Wish } from '../../preload/contract/index.ts';
import { readStarter, starterExamples, starterFile, starterIds, type Starter } from './starters.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';
import { UNVARIED } from '../engine/processes/messages.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');
const MB = 2 ** 20;

let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openStudio();
  await opened.client.call('projects.create', { title: 'Starters', token: null });
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

const straight = async (file: string, side = 64): Promise<Uint8Array> =>
  (await decodePicture(file, { channels: 4, width: side, height: side })).data;

/** The mean difference of two pictures laid over white, in 0..1. */
function distance(one: Uint8Array, other: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < one.length; i += 4)
    for (let c = 0; c < 3; c++) {
      const white = (data: Uint8Array): number => 255 + ((data[i + c]! - 255) * data[i + 3]!) / 255;
      total += Math.abs(white(one) - white(other));
    }
  return total / (one.length * 0.75) / 255;
}

const idsThat = (does: Starter['does']): string[] => starterIds().filter((id) => readStarter(id).does === does);

it('come in the order in which they are offered: first the one that most begin with', async () => {
  const offered = await opened.client.call('starters.list', {});
  expect(offered.map(({ id }) => id)).toEqual(starterIds());
  expect(offered[0]!.title).toBe('Render');
});

describe.each(starterIds())('the starter %s', (starter) => {
  it('is small enough to be carried along', () => {
    expect(statSync(starterFile(starter, 'model.onnx')).size).toBeLessThanOrEqual(24 * MB);
  });

  it('is put into a project once, with its licence and its picture', async () => {
    const { model } = await opened.client.call('models.addStarter', { starter });
    expect(await opened.client.call('models.addStarter', { starter })).toEqual({ model });
    const { models } = await opened.project();
    const card = models.filter(({ id }) => id === model);
    expect(card).toHaveLength(1);
    // It is known by what it is, also under another name.
    await opened.client.call('models.update', { model, title: 'Mine' });
    const brought = (await opened.client.call('starters.list', {})).find(({ id }) => id === starter)!;
    const renamed = (await opened.project()).models.find(({ id }) => id === model);
    expect(renamed).toMatchObject({ title: 'Mine', starter, family: brought.family });
    const { does, licence, notes } = readStarter(starter);
    expect(card[0]).toMatchObject({ does, confirmed: true, run: null, licence, notes });
    expect(`${licence} ${notes}`).toMatch(/MIT|CC BY/);
    const { file } = await opened.studio.media(card[0]!.thumbnail!.replace(/^.*?media\//, ''));
    expect(statSync(file).size).toBeGreaterThan(1000);
  });
});

describe.each(idsThat('translate'))('the starter %s, which paints drawings,', (starter) => {
  it('knows its colours and an example, and paints what it never saw nearer to the truth than the drawing is', async () => {
    const { model } = await opened.client.call('models.addStarter', { starter });
    const facts = await opened.client.call('paint.facts', { model });
    const { size, channels } = await opened.client.call('models.shape', { model });
    expect(facts.example).toBe(true);
    expect(facts.paper === 'transparent').toBe(channels === 4);
    expect(facts.palette.length).toBeGreaterThanOrEqual(8);
    const [drawn, painted]: [number[], number[]] = [[], []];
    for (const name of starterExamples(starter).slice(0, 2)) {
      const [input, truth] = [
        await straight(starterFile(starter, 'examples', 'A', `${name}.webp`), size),
        await straight(starterFile(starter, 'examples', 'B', `${name}.webp`), size),
      ];
      const answer = await opened.client.call('paint.translate', {
        ...{ drawing: name, model, width: size, height: size, wrap: false, scaling: 'tiles', seed: 0, quality: 'full' },
        changed: { left: 0, top: 0, width: size, height: size, bytes: input },
      });
      if (answer.state !== 'done') throw new Error(`it said ${answer.state}`);
      drawn.push(distance(input, truth));
      painted.push(distance(answer.region.bytes, truth));
    }
    const mean = (all: number[]): number => all.reduce((sum, each) => sum + each, 0) / all.length;
    expect(mean(painted)).toBeLessThan(mean(drawn));
  });
});

describe.each(idsThat('height'))('the starter %s, which tells heights,', (starter) => {
  it('comes nearer to the height of textures that it never saw than their brightness does', async () => {
    startRuntime(1);
    const translator = new Translator(readModelFile(starterFile(starter, 'model.onnx')).bytes, starter, null, 'height');
    const off = (one: Float32Array, other: Float32Array): number =>
      one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.length;
    for (const name of starterExamples(starter).slice(0, 2)) {
      const open = (side: 'A' | 'B') =>
        decodePicture(starterFile(starter, 'examples', side, `${name}.webp`), { channels: 4, width: 128, height: 128 });
      const [texture, truth] = [await open('A'), reliefOf(await open('B'), { invert: false, wrap: true })];
      const told = await tellHeight(translator, texture, true);
      const light = reliefOf(texture, { invert: false, wrap: true });
      expect(off(told.data, truth.data)).toBeLessThan(0.4 * off(light.data, truth.data));
    }
    translator.release();
  });
});

describe.each(idsThat('generate'))('the starter %s, which makes pictures,', (starter) => {
  it('makes pictures that are unlike each other, within a moment', async () => {
    const { model } = await opened.client.call('models.addStarter', { starter });
    const { download } = (await opened.project()).models.find(({ id }) => id === model)!;
    const made: Uint8Array[] = [];
    for (let seed = 0; seed < 6; seed++) {
      const wish: Wish = { recipe: { kind: 'seed', seed }, truncation: 1, labels: {}, moves: {} };
      const address = `made/${model}/${download.split('/').at(-1)!}/${encodeURIComponent(JSON.stringify(wish))}`;
      made.push(await straight((await opened.studio.media(address)).file));
    }
    for (const [i, one] of made.entries())
      for (const other of made.slice(i + 1)) expect(distance(one, other)).toBeGreaterThan(0.02);
    expect(
      await opened.client.call('latent.nearest', {
        model,
        wish: { recipe: { kind: 'seed', seed: 1 }, truncation: 1, labels: {}, moves: {} },
      }),
    ).toBeNull();
  });

  it('is what a training begins with, if that is wanted', { timeout: 120_000 }, async () => {
    const { model } = await opened.client.call('models.addStarter', { starter });
    const { family, ...shape } = await opened.client.call('models.shape', { model });
    await writeLabelled(folder.path('pictures'), 4, 32);
    const tokens = [opened.token(folder.path('pictures'))];
    await opened.client.call('datasets.import', { tokens, title: 'Pictures', as: 'pictures', swap: false });
    await expect.poll(async () => (await opened.project()).datasets).toHaveLength(1);
    const [dataset] = (await opened.project()).datasets;
    const { run } = await opened.client.call('training.start', {
      ...{
        dataset: dataset!.id,
        family,
        title: 'Mine',
        minutes: 5,
        batch: 2,
        seed: 1,
        holdout: 0.25,
        fromModel: model,
      },
      ...{ augment: UNVARIED, ...shape },
    });
    const now = async () => (await opened.project()).runs.find(({ id }) => id === run)!;
    await expect.poll(async () => (await now()).step, { timeout: 100_000 }).toBeGreaterThanOrEqual(1);
    await opened.client.call('training.stop', { run });
    await expect.poll(async () => (await now()).model, { timeout: 60_000 }).not.toBeNull();
    const learned = (await opened.project()).models.find(({ run: of }) => of === run)!;
    const { file } = await opened.studio.media(learned.download.replace(/^.*?media\//, ''));
    const [after, before] = [file, starterFile(starter, 'model.onnx')].map((each) => readModelFile(each).weights);
    // A few steps do not move weights far; others, drawn anew, would have nothing in common with them.
    for (const [name, { data }] of before!)
      if (data.length > 1000) expect(relativeDifference(after!.get(name)!.data, data), name).toBeLessThan(0.1);
  });
});

it('names no file outside its folder', async () => {
  const call = opened.client.call('models.addStarter', { starter: 'nobody' });
  await expect(call).rejects.toThrow('Maquette brings no such model along');
});
