/** Upscalers of one's own, through the contract: taught from one that is brought along, in the library, used, and nowhere else. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../engine/pictures/codecs.ts';
import { probePicture } from '../engine/pictures/pictures.ts';
import { writeLabelled } from '../testing/datasets.ts';
import { temporary } from '../testing/folder.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');

let opened: OpenedStudio;
let dataset = '';
beforeAll(async () => {
  await writeLabelled(folder.path('discs'), 6);
  opened = await openStudio();
  await opened.client.call('projects.create', { title: 'Larger', token: null });
  const tokens = [opened.token(folder.path('discs', 'red'))];
  await opened.client.call('datasets.import', { tokens, title: 'Discs', as: 'pictures', swap: false });
  dataset = (await opened.project()).datasets[0]!.id;
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

describe('an upscaler of one’s own', () => {
  const start = async (more: object = {}) => {
    const { settings } = await opened.client.call('models.shape', { model: 'art-2x' });
    return opened.client.call('training.start', {
      ...{ dataset, family: 'srgan', title: 'Discs', size: 32, channels: 3, minutes: 5, batch: 1, seed: 1 },
      ...{ holdout: 0.2, augment: { flip: true, jitter: 0, zoom: 0, rotate: 0, colour: 0 }, settings },
      ...{ fromModel: 'art-2x', ...more },
    });
  };

  it('learns colours alone, from a model that is there', async () => {
    const families = await opened.client.call('families.list', {});
    expect(families.flatMap(({ id, opaque }) => (opaque ? [id] : []))).toEqual(['srgan']);
    await expect(start({ channels: 4 })).rejects.toThrow('SRGAN learns colours alone');
    await expect(start({ fromModel: 'gone' })).rejects.toThrow('not in the library any more');
  });

  it('begins as the one that is brought along, and then makes pictures larger', { timeout: 120_000 }, async () => {
    const brought = await opened.client.call('upscale.list', {});
    expect(brought.flatMap(({ id, family }) => (family === 'srgan' ? [id] : []))).toEqual(['art-2x', 'art-4x']);
    const { run } = await start();
    const now = async () => (await opened.project()).runs.find(({ id }) => id === run)!;
    await expect.poll(async () => (await now()).previews.at(-1) ?? 0, { timeout: 90_000 }).toBeGreaterThanOrEqual(10);
    await opened.client.call('training.stop', { run });
    await expect.poll(async () => (await now()).state).toBe('stopped');
    const done = await now();
    expect(done).toMatchObject({ does: 'upscale', message: null });
    expect(done.previewRows[0]!.columns).toEqual(['input', 'result', 'truth']);
    const cell = async (title: string) => {
      const { file } = await opened.studio.media(`preview/${run}/${done.previews.at(-1)}/0/${title}`);
      return sharp(readFileSync(file)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    };
    const [input, result, truth] = await Promise.all(['input', 'result', 'truth'].map(cell));
    // What was seen is shown at the size of the truth; what became of it is nearer to that.
    for (const { info } of [input!, result!, truth!]) expect([info.width, info.height]).toEqual([32, 32]);
    const far = ({ data }: { data: Buffer }): number =>
      data.reduce((sum, value, i) => sum + Math.abs(value - truth!.data[i]!), 0);
    expect(far(result!)).toBeLessThan(far(input!));

    const model = (await opened.project()).models.find(({ id }) => id === done.model)!;
    expect(model).toMatchObject({ family: 'srgan', does: 'upscale', factor: 2, directions: [], anySize: true });
    const tokens = [opened.token(folder.path('discs', 'blue'))];
    const translation = opened.client.call('translate.start', {
      ...{ model: model.id, direction: 'AtoB', tokens, size: 'model' },
    });
    await expect(translation).rejects.toThrow('"Discs" makes pictures larger; it translates none');
    const how = { upscaler: model.id, target: { factor: 2 }, wrap: false, keepColours: false };
    const { batch } = await opened.client.call('upscale.start', { ...how, tokens });
    const made = async () => (await opened.project()).batches.find(({ id }) => id === batch)!;
    await expect.poll(async () => (await made()).job, { timeout: 60_000 }).toBeNull();
    expect(await made()).toMatchObject({ state: 'done', done: 6, failed: 0 });
    const [first] = (await opened.client.call('translate.results', { batch, from: 0, count: 1 })).results;
    const { file } = await opened.studio.media(first!.output!.slice('/media/'.length));
    const original = await probePicture(folder.path('discs', 'blue', 'blue-0.png'));
    expect((await sharp(readFileSync(file)).metadata()).width).toBe(2 * original.width);
    // Once it is gone nothing can be made with it any more.
    await opened.client.call('models.remove', { model: model.id });
    await expect(opened.client.call('upscale.start', { ...how, tokens })).rejects.toThrow(
      'not in the library any more',
    );
  });
});
