/** Labelled pictures through the contract: imported, trained on, their model in the library and nowhere else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { writeLabelled } from '../testing/datasets.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');

let opened: OpenedStudio;
beforeAll(async () => {
  await writeLabelled(folder.path('characters'), 10);
  opened = await openStudio();
  await opened.client.call('projects.create', { title: 'Labels', token: null });
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

describe('labelled pictures', () => {
  it('are offered as labelled where folders may be labels, and as that alone where the person says so', async () => {
    const tokens = [opened.token(folder.path('characters'))];
    const found = await opened.client.call('datasets.recognise', { tokens });
    expect(found.kind).toBe('sets');
    expect(found.others.map(({ kind, says }) => [kind, says])).toEqual([
      ['labelled', '20 pictures with 2 labels: blue, red'],
      ['pictures', '20 pictures, not in pairs'],
    ]);
    await opened.client.call('datasets.import', { tokens, title: 'Characters', as: 'labelled', swap: false });
    const [dataset] = (await opened.project()).datasets;
    expect(dataset).toMatchObject({ kind: 'labelled', layout: 'labelFolders', count: 20, problem: null });
    const { entries } = await opened.client.call('datasets.entries', { dataset: dataset!.id, from: 0, count: 1 });
    expect(entries[0]!.name).toBe('blue/blue-0');
    expect((await opened.client.call('datasets.inspect', { dataset: dataset!.id })).findings).toEqual([]);
  });

  it(
    'train a generator, whose model is in the library, and is taken for no translator',
    { timeout: 90_000 },
    async () => {
      const [dataset] = (await opened.project()).datasets;
      const family = (await opened.client.call('families.list', {})).find(({ data }) => data === 'labelled')!;
      const { run } = await opened.client.call('training.start', {
        ...{ dataset: dataset!.id, family: family.id, title: 'Discs', size: 32, channels: 3, minutes: 5, batch: 2 },
        ...{ seed: 1, holdout: 0.1, augment: { flip: true, jitter: 0, zoom: 0, rotate: 0, colour: 0 } },
        settings: { width: 4 },
      });
      const now = async () => (await opened.project()).runs.find(({ id }) => id === run)!;
      await expect.poll(async () => (await now()).previews.at(-1) ?? 0, { timeout: 60_000 }).toBeGreaterThanOrEqual(50);
      await opened.client.call('training.stop', { run });
      await expect.poll(async () => (await now()).state).toBe('stopped');
      const done = await now();
      expect(done.step).toBeGreaterThanOrEqual(50);
      expect(done.previewRows[0]).toEqual({ name: 'blue', direction: null, columns: ['result'] });
      const { file } = await opened.studio.media(`preview/${run}/${done.previews.at(-1)}/0/result`);
      expect(file).toMatch(/0-result\.png$/);
      const model = (await opened.project()).models.find(({ id }) => id === done.model)!;
      expect(model).toMatchObject({ family: 'cgan', familyTitle: 'Conditional GAN', does: 'generate', directions: [] });
      expect(model.thumbnail).not.toBeNull();
      const translation = opened.client.call('translate.start', {
        ...{ model: model.id, direction: 'AtoB', tokens: [opened.token(folder.path('characters'))], size: 'model' },
      });
      await expect(translation).rejects.toThrow('"Discs" makes pictures from noise; it translates none');
    },
  );
});
