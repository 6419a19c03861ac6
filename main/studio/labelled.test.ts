/** Labelled pictures through the contract: imported, trained on, their model in the library and nowhere else. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Wish } from '../../preload/contract/index.ts';
import { temporary } from '../testing/folder.ts';
import { writeLabelled } from '../testing/datasets.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';
import { UNVARIED } from '../engine/processes/messages.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');

let opened: OpenedStudio;
beforeAll(async () => {
  await writeLabelled(folder.path('characters'), 10);
  await writeLabelled(folder.path('made'), 4);
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
      ['pictures', '20 pictures in one set'],
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
      const tokens = [opened.token(folder.path('made'))];
      await opened.client.call('datasets.import', { tokens, title: 'Made', as: 'labelled', swap: false });
      const { datasets } = await opened.project();
      const [dataset, also] = ['Characters', 'Made'].map((title) => datasets.find((one) => one.title === title)!);
      const family = (await opened.client.call('families.list', {})).find(({ id }) => id === 'cgan')!;
      const { run } = await opened.client.call('training.start', {
        ...{
          dataset: dataset!.id,
          also: also!.id,
          family: family.id,
          title: 'Discs',
          size: 32,
          channels: 3,
          minutes: 5,
          batch: 2,
        },
        ...{ seed: 1, holdout: 0.1, augment: { ...UNVARIED, flip: true } },
        settings: { width: 4 },
      });
      const now = async () => (await opened.project()).runs.find(({ id }) => id === run)!;
      await expect.poll(async () => (await now()).previews.at(-1) ?? 0, { timeout: 60_000 }).toBeGreaterThanOrEqual(50);
      await opened.client.call('training.stop', { run });
      await expect.poll(async () => (await now()).state).toBe('stopped');
      // All pictures of the other dataset are learned from, and none is held out.
      const about = folder.path('home', 'projects', 'Labels', 'runs', run, 'about.json');
      expect(JSON.parse(readFileSync(about, 'utf8'))).toMatchObject({ also: also!.id, trainPictures: 18 + 8 });
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

  it(
    'are made anew by the generator: looked at by their addresses, kept, compared with what it learned from, and saved',
    { timeout: 60_000 },
    async () => {
      const { client, studio } = opened;
      const { id: model, download } = (await opened.project()).models[0]!;
      expect(await client.call('latent.facts', { model })).toEqual({
        ...{ size: 32, channels: 3, levels: 1, labels: [{ name: 'label', choices: ['blue', 'red'] }] },
        sliders: [1, 2, 3, 4, 5, 6].map((i) => ({ id: `found-${i}`, title: null })),
      });
      const wish = (seed: number, label = 'red'): Wish => ({
        ...{ recipe: { kind: 'seed', seed }, truncation: 1, labels: { label }, moves: {} },
      });
      const made = async (asked: unknown): Promise<Buffer> => {
        const address = `made/${model}/${download.split('/').at(-1)!}/${encodeURIComponent(JSON.stringify(asked))}`;
        return readFileSync((await studio.media(address)).file);
      };
      expect((await made(wish(1))).equals(await made(wish(1)))).toBe(true);
      expect((await made(wish(1))).equals(await made(wish(2)))).toBe(false);
      expect((await made(wish(1))).equals(await made(wish(1, 'blue')))).toBe(false);
      await expect(made(wish(1, 'green'))).rejects.toThrow('knows no label "green"; it knows blue, red');
      await expect(made({ recipe: { kind: 'seed', seed: -1 } })).rejects.toThrow('There is nothing at this address');
      let deep: Wish['recipe'] = { kind: 'seed', seed: 1 };
      for (let i = 0; i < 70; i++) deep = { kind: 'near', of: deep, seed: i, distance: 0.1 };
      await expect(made({ ...wish(1), recipe: deep })).rejects.toThrow('comes from 64 others');

      const near = (await client.call('latent.nearest', { model, wish: wish(1) }))!;
      expect(near.name).toMatch(/^(red|blue)\//);
      expect(near.distance).toBeGreaterThan(0);
      expect((await studio.media(near.picture.replace('/media/', ''))).type).toBe('image/webp');

      const kept = await client.call('latent.keep', { model, wish: wish(7) });
      expect(await client.call('latent.kept', { model })).toEqual([kept]);
      await client.call('latent.keep', { model, wish: wish(8) });
      await client.call('latent.drop', { model, kept: kept.id });
      expect((await client.call('latent.kept', { model })).map((one) => one.wish)).toEqual([wish(8)]);

      await client.call('latent.setKeyPictures', { model, wishes: [wish(3), wish(1)] });
      expect(await client.call('latent.keyPictures', { model })).toEqual([wish(3), wish(1)]);

      // A slider by examples moves its picture, and is gone from what was kept when it goes.
      const sides = { having: [wish(1), wish(2)], without: [wish(3), wish(4)] };
      const { slider } = await client.call('latent.slider', { model, title: 'Bold', ...sides });
      expect((await client.call('latent.facts', { model })).sliders[0]).toEqual({ id: slider, title: 'Bold' });
      const moved = { ...wish(1), moves: { [slider]: 4 } };
      expect((await made(moved)).equals(await made(wish(1)))).toBe(false);
      expect((await made({ ...wish(1), moves: { 'found-1': 3 } })).equals(await made(wish(1)))).toBe(false);
      await client.call('latent.keep', { model, wish: moved });
      await client.call('latent.dropSlider', { model, slider });
      expect((await client.call('latent.kept', { model })).at(-1)!.wish).toEqual(wish(1));
      await expect(made(moved)).rejects.toThrow('That slider is not there any more');

      const path = await client.call('latent.path', { model, keys: [wish(1), wish(2)], frames: 6, loop: true });
      expect(path).toHaveLength(6);
      for (const [as, name] of [
        ['pictures', 'Discs pictures.zip'],
        ['sheet', 'Discs sheet.png'],
        ['webp', 'Discs.webp'],
      ] as const) {
        const file = await client.call('latent.export', { model, wishes: path, as, fps: 12 });
        expect(file.name).toBe(name);
        expect((await studio.media(file.download.replace('/media/', ''))).download).toBe(name);
      }

      // What was kept goes into the bin with its model, and comes back with it.
      const { bin } = await client.call('models.remove', { model });
      await expect(client.call('latent.kept', { model })).rejects.toThrow('not in the library any more');
      await client.call('bin.restore', { id: bin });
      expect(await client.call('latent.kept', { model })).toHaveLength(2);
    },
  );
});
