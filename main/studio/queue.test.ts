/** States of work follow the truth: while it is paused and goes on, and from one studio to the next. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../engine/pictures/pictures.ts';
import { temporary } from '../testing/folder.ts';
import { writePairs } from '../testing/datasets.ts';
import type { Project } from '../../preload/contract/index.ts';
import { boxes } from './datasets/testing.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';
import { UNVARIED, type TrainerReply } from '../engine/processes/messages.ts';
import { forkRole, type Launch } from '../engine/processes/roles.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');

/** While it is so, nothing is heard of a training: nothing but the pause itself has anything to tell. */
let quiet = false;
const launch: Launch = (role) => {
  const forked = forkRole(role);
  if (role !== 'trainer') return forked;
  return {
    ...forked,
    onMessage: (listener) =>
      forked.onMessage((message) => {
        if (!quiet || (message as TrainerReply).type !== 'event') listener(message);
      }),
  };
};

let opened: OpenedStudio;
let dataset: string;
beforeAll(async () => {
  await writePairs(folder.path('pairs'), 8);
  opened = await openStudio(launch);
  await opened.client.call('projects.create', { title: 'Work', token: null });
  const tokens = [opened.token(folder.path('pairs'))];
  ({ dataset } = await opened.client.call('datasets.import', { tokens, title: 'Discs', as: null, swap: false }));
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

const start = (title: string): Promise<{ run: string }> =>
  opened.client.call('training.start', {
    ...{ dataset, family: 'pix2pix', title, size: 32, channels: 3, minutes: 60, batch: 1, seed: 1, holdout: 0 },
    augment: { ...UNVARIED, flip: true },
    settings: { width: 2 },
  });

describe('a training', () => {
  it('is told as paused when it is, and as training when it goes on', { timeout: 120_000 }, async () => {
    let told: Project | null = null;
    const hear = opened.client.on('project', (project) => (told = project));
    const { run } = await start('Slow');
    let step = 0;
    const steps = opened.client.on('progress', (progress) => (step = progress.step));
    await expect.poll(() => step, { timeout: 60_000 }).toBeGreaterThan(0);
    const state = () => told?.runs.find(({ id }) => id === run)?.state;
    await expect.poll(state).toBe('training');
    quiet = true;
    await opened.client.call('training.pause', { run });
    await expect.poll(state).toBe('paused');
    await opened.client.call('training.resume', { run });
    await expect.poll(state).toBe('training');
    const { id: job } = (await opened.client.call('jobs.list', {})).find((each) => each.run === run)!;
    await opened.client.call('jobs.pause', { job });
    await expect.poll(state).toBe('paused');
    await opened.client.call('jobs.resume', { job });
    await expect.poll(state).toBe('training');
    // Pictures that somebody waits for go before it; then it goes on by itself.
    await encodePng(boxes(1, 24, 24), folder.path('small.png'));
    const { batch } = await opened.client.call('upscale.start', {
      ...{ tokens: [opened.token(folder.path('small.png'))], upscaler: 'art-2x', target: { factor: 2 } },
      ...{ wrap: false, keepColours: false, softness: 0, layers: false },
    });
    const made = () => told?.batches.find(({ id }) => id === batch)?.state;
    await expect.poll(state).toBe('queued');
    expect((await opened.client.call('jobs.list', {})).find((each) => each.run === run)?.waitsFor).toBe(
      'Enlarging small.png',
    );
    await expect.poll(made, { timeout: 60_000 }).toBe('done');
    await expect.poll(state).toBe('training');
    const then = step;
    quiet = false;
    await expect.poll(() => step, { timeout: 60_000 }).toBeGreaterThan(then);
    await opened.client.call('training.stop', { run });
    await expect.poll(state, { timeout: 60_000 }).toBe('stopped');
    hear();
    steps();
  });

  it('fails in one line where the engine that was chosen is not there, and goes on with another', async () => {
    const stateOf = async (run: string) => (await opened.project()).runs.find(({ id }) => id === run)!;
    await opened.client.call('settings.set', { engine: 'cuda' });
    const { run } = await start('Chosen');
    await expect.poll(async () => (await stateOf(run)).state, { timeout: 30_000 }).toBe('failed');
    expect((await stateOf(run)).message).toMatch(/^The engine "cuda" is not available: .*choose another engine/);
    await opened.client.call('settings.set', { engine: 'auto' });
    await opened.client.call('training.resume', { run });
    await expect.poll(async () => (await stateOf(run)).state, { timeout: 30_000 }).toBe('training');
    await opened.client.call('training.stop', { run });
    await expect.poll(async () => (await stateOf(run)).state, { timeout: 60_000 }).toBe('stopped');
  });

  it('that waits when the studio ends waits in the next one, and begins', { timeout: 120_000 }, async () => {
    const first = await start('First');
    const second = await start('Second');
    const stateOf = async (run: string) => (await opened.project()).runs.find(({ id }) => id === run)!.state;
    await expect.poll(() => stateOf(first.run), { timeout: 30_000 }).toBe('training');
    expect(await stateOf(second.run)).toBe('queued');
    const place = opened.studio.project!.folder.path;
    await opened.studio.close();
    opened = await openStudio();
    await opened.client.call('projects.open', { token: opened.token(place) });
    expect(await stateOf(first.run)).toBe('stopped');
    await expect.poll(() => stateOf(second.run), { timeout: 30_000 }).toBe('training');
    expect((await opened.client.call('jobs.list', {})).map(({ title }) => title)).toEqual(['Second']);
  });
});
