/** Trainings that go on although their dataset grew. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { writePairs } from '../testing/datasets.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';
import { UNVARIED } from '../engine/processes/messages.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');

let opened: OpenedStudio;
beforeAll(async () => {
  await writePairs(folder.path('pairs'), 8, 32);
  await writePairs(folder.path('more'), 3, 48);
  opened = await openStudio();
  await opened.client.call('projects.create', { title: 'Resume', token: null });
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

it('a stopped training is resumed with the pictures that it began with, and says how many came later', async () => {
  const { client } = opened;
  const notices: string[] = [];
  client.on('notice', ({ message }) => notices.push(message));
  const tokens = [opened.token(folder.path('pairs'))];
  await client.call('datasets.import', { tokens, title: 'Pairs', as: 'pairs', swap: false });
  const [dataset] = (await opened.project()).datasets;
  const { run } = await client.call('training.start', {
    ...{ dataset: dataset!.id, family: 'pix2pix', title: 'Discs', size: 32, channels: 3, minutes: 5, batch: 1 },
    ...{ seed: 1, holdout: 0.25, augment: { ...UNVARIED, flip: true } },
    settings: { width: 2 },
  });
  const now = async () => (await opened.project()).runs.find(({ id }) => id === run)!;
  await expect.poll(async () => (await now()).step, { timeout: 60_000 }).toBeGreaterThanOrEqual(5);
  await client.call('training.stop', { run });
  await expect.poll(async () => (await now()).state, { timeout: 60_000 }).toBe('stopped');
  const { step } = await now();

  await client.call('datasets.add', { dataset: dataset!.id, tokens: [opened.token(folder.path('more'))], swap: false });
  await expect.poll(async () => (await opened.project()).datasets[0]!.count).toBe(11);
  await client.call('training.resume', { run });
  await expect.poll(async () => (await now()).step, { timeout: 60_000 }).toBeGreaterThan(step);
  expect((await now()).state).toBe('training');
  expect(notices.join('\n')).toContain('3 pictures came after this training began');
  await client.call('training.stop', { run });
  await expect.poll(async () => (await now()).state, { timeout: 60_000 }).toBe('stopped');
}, 150_000);
