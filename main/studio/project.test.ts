/** Projects on disk, by the studio itself: made, mended, found again after a crash, refused when they are not whole. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { invertingModel, weightApart } from '../engine/testing/testing-onnx.ts';
import { temporary } from '../testing/folder.ts';
import { writePairs } from '../testing/datasets.ts';
import type { Project } from '../../preload/contract/index.ts';
import { Client } from '../../preload/contract/client.ts';
import type { ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { channelPair } from '../../preload/contract/pair.ts';
import { ProjectFolder } from './project.ts';
import { Studio, type Door } from './studio.ts';
import { UNVARIED } from '../engine/processes/messages.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');
afterAll(() => folder.remove());

const studios: Studio[] = [];
afterEach(async () => {
  for (const studio of studios.splice(0)) await studio.close();
});

/** A studio with a window. */
function open(values: Record<string, unknown> = {}, door: Partial<Door> = {}) {
  const store = { get: (key: string) => values[key], set: (key: string, value: unknown) => void (values[key] = value) };
  const studio = new Studio({ host: 'browser', store, log: () => undefined, ...door });
  studios.push(studio);
  const [ours, theirs] = channelPair<ToStudio, ToWindow>();
  studio.server.add(theirs);
  return { studio, client: new Client(ours) };
}

let made = 0;
/** A project with a dataset of pairs. */
async function withPairs(count = 6) {
  const { studio, client } = open();
  await client.call('projects.create', { title: `Project ${made++}`, token: null });
  const pairs = folder.path(`pairs-${made}`);
  await writePairs(pairs, count);
  const { token } = studio.tokens.of(pairs);
  const { dataset } = await client.call('datasets.import', { tokens: [token], title: 'Discs', as: null, swap: false });
  const path = studio.project!.folder.path;
  return { studio, client, dataset, path, project: async () => (await client.call('projects.current', {}))! };
}

const problemsOf = (path: string): Project => open().studio.open(path);

describe('a project', () => {
  it('holds what is imported, and finds it again', async () => {
    const { studio, client, dataset, path } = await withPairs();
    await client.call('datasets.rename', { dataset, title: 'Ünïcode & "quotes"' });
    await studio.close();
    const found = open().studio.open(path);
    expect(found).toMatchObject({ readOnly: false, problems: [] });
    expect(found.datasets).toMatchObject([{ id: dataset, title: 'Ünïcode & "quotes"', kind: 'pairs', count: 6 }]);
  });

  it('shows a folder in the system, where that can be', async () => {
    const shown: string[] = [];
    const { studio, client } = open({}, { reveal: (path) => shown.push(path) });
    expect(await client.call('app.info', {})).toMatchObject({ reveals: true });
    await client.call('files.reveal', { token: studio.tokens.of(folder.path()).token });
    expect(shown).toEqual([folder.path()]);
    expect(await open().client.call('app.info', {})).toMatchObject({ reveals: false });
  });

  it('a second one of the same name gets a folder of its own', async () => {
    const { client } = open();
    const first = await client.call('projects.create', { title: 'Twice: a/b?', token: null });
    const second = await client.call('projects.create', { title: 'Twice: a/b?', token: null });
    expect(second.place).not.toBe(first.place);
    expect(second.title).toBe('Twice: a/b?');
    const recent = await client.call('projects.recent', {});
    expect(recent.map(({ title, missing }) => ({ title, missing }))).toEqual([
      { title: 'Twice: a/b?', missing: false },
      { title: 'Twice: a/b?', missing: false },
    ]);
  });

  it('moves what is deleted into its bin, and back', async () => {
    const { client, dataset, project } = await withPairs();
    const removed = await client.call('datasets.remove', { dataset });
    const { datasets, bin } = await project();
    expect(datasets).toEqual([]);
    expect(bin).toMatchObject([{ what: 'dataset', title: 'Discs' }]);
    expect(removed.bin).toBe(bin[0]!.id);
    await client.call('bin.restore', { id: removed.bin });
    expect((await project()).datasets).toMatchObject([{ id: dataset, count: 6 }]);
    expect((await project()).bin).toEqual([]);
  });

  it.each([
    ['half a manifest', '{"format":1,"id":', 'is damaged'],
    ['a manifest of another kind', '[]', 'is damaged'],
    ['a manifest from the future', '{"format":2,"id":"x"}', 'newer version'],
  ])('with %s opens read-only, with what is there', async (_, text, problem) => {
    const { studio, path, dataset } = await withPairs();
    await studio.close();
    writeFileSync(join(path, 'project.json'), text);
    const { studio: again, client } = open();
    const found = again.open(path);
    expect(found.readOnly).toBe(true);
    expect(found.problems[0]).toContain(problem);
    expect(found.datasets).toMatchObject([{ id: dataset, count: 6 }]);
    await expect(client.call('datasets.remove', { dataset })).rejects.toThrow('read-only');
    await expect(client.call('projects.rename', { title: 'x' })).rejects.toThrow('read-only');
    expect(existsSync(join(path, 'datasets', dataset))).toBe(true);
  });

  it('that is open elsewhere opens read-only, and writable again when the other one was killed', async () => {
    const { studio, path } = await withPairs();
    const lock = join(path, '.maquette', 'lock');
    await studio.close();
    expect(existsSync(lock)).toBe(false);
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    writeFileSync(lock, String(other.pid));
    expect(problemsOf(path).problems[0]).toContain('open in another Maquette');
    const gone = new Promise((resolve) => other.on('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    expect(problemsOf(path).readOnly).toBe(false);
  });

  it('a damaged dataset, run or model is told beside it, and the rest can be used', async () => {
    const { studio, path, dataset } = await withPairs();
    await studio.close();
    writeFileSync(join(path, 'datasets', dataset, 'dataset.json'), '{');
    mkdirSync(join(path, 'datasets', 'empty'));
    mkdirSync(join(path, 'runs', 'strange'));
    writeFileSync(join(path, 'runs', 'strange', 'about.json'), 'null');
    writeFileSync(join(path, 'models', 'bare.onnx'), 'no model');
    writeFileSync(join(path, 'models', 'bare.json'), '{"format":1}');
    const found = problemsOf(path);
    expect(found.readOnly).toBe(false);
    expect(found.datasets[0]!.problem).toMatch(/^datasets\/discs-\w+\/dataset\.json is damaged/); // no path of this machine
    expect(found.datasets.map(({ id, problem }) => [id, problem !== null])).toEqual([
      [dataset, true],
      ['empty', true],
    ]);
    expect(found.runs).toMatchObject([{ id: 'strange', state: 'failed' }]);
    expect(found.models).toMatchObject([{ id: 'bare', family: '' }]);
  });

  it('sweeps what a killed studio left half-made, and calls its runs stopped', async () => {
    const { studio, path, client, dataset } = await withPairs();
    const { run } = await client.call('training.start', { ...FORM, dataset });
    await client.call('training.stop', { run });
    await studio.close();
    const about = join(path, 'runs', run, 'about.json');
    writeFileSync(about, readFileSync(about, 'utf8').replace(/"state": "\w+"/, '"state": "training"'));
    mkdirSync(join(path, 'datasets', 'half.partial', 'A'), { recursive: true });
    const found = problemsOf(path);
    expect(found.runs).toMatchObject([{ id: run, state: 'stopped' }]);
    expect(found.runs[0]!.message).toMatch(/Maquette was ended .* resume/);
    expect(existsSync(join(path, 'datasets', 'half.partial'))).toBe(false);
  });

  it('names and folders that are no project are refused in words', async () => {
    const { studio, client } = open();
    mkdirSync(folder.path('plain'), { recursive: true });
    expect(() => studio.open(folder.path('plain'))).toThrow('is not a project of Maquette');
    expect(() => studio.open(folder.path('nowhere'))).toThrow('does not exist any more');
    await expect(client.call('projects.open', { id: 'forgotten' })).rejects.toThrow('not in the list');
    await expect(client.call('datasets.entries', { dataset: 'x', from: 0, count: 1 })).rejects.toThrow(
      'Open a project',
    );
    writeFileSync(folder.path('plain', 'thing'), '');
    expect(() => ProjectFolder.create(folder.path('plain'), 'x')).toThrow('is not empty');
  });

  it('in which nothing can be written opens read-only', async () => {
    const { studio, path } = await withPairs();
    await studio.close();
    rmSync(join(path, '.maquette'), { recursive: true });
    writeFileSync(join(path, '.maquette'), 'a file in the way'); // permissions would not stop the root user of CI
    expect(problemsOf(path)).toMatchObject({ readOnly: true, datasets: [{ count: 6 }] });
  });
});

const FORM = {
  ...({ family: 'pix2pix', title: 'Try', size: 32, channels: 3, minutes: 1, batch: 1, seed: 1, holdout: 0.2 } as const),
  augment: { ...UNVARIED, flip: true },
  settings: { width: 8 },
};

describe('what a window asks for', () => {
  it('stays inside the project', async () => {
    const { studio, dataset, path } = await withPairs();
    const secret = folder.path('secret.png');
    writeFileSync(secret, readFileSync(join(path, 'datasets', dataset, 'A', 'disc-000.png')));
    symlinkSync(secret, join(path, 'datasets', dataset, 'A', 'link.png'));
    const at = (...parts: string[]): string => parts.map(encodeURIComponent).join('/');
    expect((await studio.media(at('thumb', dataset, '1', '256', 'A/disc-000.png'))).type).toBe('image/webp');
    for (const bad of [
      at('thumb', dataset, '1', '256', '../../project.json'),
      at('thumb', dataset, '1', '256', 'A/link.png'),
      at('thumb', '..', '1', '256', 'project.json'),
      at('thumb', dataset, '1', '9999', 'A/disc-000.png'),
      at('model', '../project'),
      at('model-picture', '..'),
      at('preview', '..', '1'),
      at('picked', 'made-up'),
      at('cover', 'made-up'),
      at('original', 'made-up', '0', '1'),
      at('constructor'),
      '%',
    ])
      await expect(studio.media(bad), bad).rejects.toMatchObject({ name: 'UserError' });
  });

  it('is checked before a training begins, in words', async () => {
    const { client, dataset, project } = await withPairs();
    const start = (change: object) => client.call('training.start', { ...FORM, dataset, ...change });
    await expect(start({ size: 33 })).rejects.toThrow('Size 33 will not do');
    await expect(start({ family: 'stylegan' })).rejects.toThrow('no family "stylegan"');
    await expect(start({ settings: { width: 0 } })).rejects.toThrow(/^width: /);
    await expect(start({ dataset: 'gone' })).rejects.toThrow('not in this project');
    await expect(start({ minutes: -1 })).rejects.toThrow('minutes');
    expect((await project()).runs).toEqual([]);
  });

  it(
    'a training ends with a model in the library, and another goes on from its checkpoint',
    { timeout: 180_000 },
    async () => {
      const { studio, client, dataset, project, path } = await withPairs();
      const ended = async (run: string): Promise<Project['runs'][number]> => {
        const state = async (): Promise<string> => (await project()).runs.find(({ id }) => id === run)!.state;
        await expect.poll(state, { timeout: 60_000 }).toMatch(/done|failed|stopped/);
        return (await project()).runs.find(({ id }) => id === run)!;
      };
      const { run } = await client.call('training.start', { ...FORM, dataset, minutes: 0.02 });
      const first = await ended(run);
      expect(first).toMatchObject({ state: 'done', dataset, from: null, step: first.steps });
      const { models } = await project();
      expect(models).toMatchObject([
        { run, family: 'pix2pix', size: 32, channels: 3, steps: first.steps, title: 'Try' },
      ]);
      expect(models[0]!.thumbnail).not.toBeNull();
      // And it translates pictures, each kept as PNG in the project.
      const drawings = studio.tokens.of(join(path, 'datasets', dataset, 'A')).token;
      const { batch } = await client.call('translate.start', {
        ...{ model: models[0]!.id, direction: 'AtoB', tokens: [drawings], size: 'model' },
      });
      const batchState = async () => (await project()).batches.find(({ id }) => id === batch)?.state;
      await expect.poll(batchState, { timeout: 60_000 }).toBe('done');
      const { results } = await client.call('translate.results', { batch, from: 0, count: 100 });
      expect(results).toHaveLength(6);
      const saved = await studio.media(results[0]!.download!.slice('/media/'.length));
      expect(saved).toMatchObject({ type: 'image/png', download: 'disc-000.png' });
      expect(saved.file.startsWith(join(path, 'pictures'))).toBe(true);
      await expect(client.call('training.fork', { run, step: 999_999, minutes: 1, title: 'Too far' })).rejects.toThrow(
        'is gone; choose another',
      );
      const fork = await client.call('training.fork', { run, step: first.checkpoints[0]!, minutes: 0.02, title: 'On' });
      expect(await ended(fork.run)).toMatchObject({ state: 'done', from: run, title: 'On' });
      // It began where the other had ended: its first losses are near the other's last, not its first ones.
      const losses = async (id: string): Promise<number[]> =>
        (await client.call('runs.curves', { run: id, points: 1000 })).losses['gL1']!.filter((value) => value !== null);
      const [before, after] = [await losses(run), await losses(fork.run)];
      const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(after.slice(0, 5))).toBeLessThan(mean(before.slice(0, 5)));
      expect(existsSync(join(path, 'runs', fork.run, 'model.onnx'))).toBe(true);
    },
  );

  it('a model that is none is refused', async () => {
    const { studio, client } = await withPairs();
    const bad = folder.path('bad.onnx');
    writeFileSync(bad, 'not a model');
    await expect(client.call('models.import', { tokens: [studio.tokens.of(bad).token] })).rejects.toThrow(
      'cannot be used',
    );
    const picture = folder.path('picture.png');
    writeFileSync(picture, '');
    await expect(client.call('models.import', { tokens: [studio.tokens.of(picture).token] })).rejects.toThrow(
      'choose an .onnx file',
    );
    rmSync(bad);
  });

  it('a model and the file of its weights are given together; what is neither is named', async () => {
    const { studio, client } = await withPairs();
    const { model, weights } = weightApart(invertingModel(), 'look.data');
    const given = { 'look.onnx': model, 'look.data': weights, 'notes.txt': Buffer.from('notes') };
    const tokens = Object.entries(given).map(([name, bytes]) => {
      writeFileSync(folder.path(name), bytes);
      return studio.tokens.of(folder.path(name)).token;
    });
    const { models, skipped } = await client.call('models.import', { tokens });
    expect(models).toHaveLength(1);
    expect(skipped).toEqual([{ file: 'notes.txt', why: 'is not a model' }]);
    // Again, it is the one that is there.
    expect(await client.call('models.import', { tokens: tokens.slice(0, 2) })).toEqual({
      models,
      skipped: [{ file: 'look.onnx', why: 'is in the library already, as “look”' }],
    });
  });
});
