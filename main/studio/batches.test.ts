/** Batches of pictures, as a window sees them: a real studio, a real engine, a model that paints noise. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import type { Batch } from '../../preload/contract/index.ts';
import { sharp } from '../engine/pictures/codecs.ts';
import { forkRole, type RoleProcess } from '../engine/processes/roles.ts';
import { randomModel } from '../engine/testing/testing-model.ts';
import { freeModel, invertingModel } from '../engine/testing/testing-onnx.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');
afterAll(() => folder.remove());

/** Writes a small picture; `hue` tells them apart. */
async function picture(file: string, { width = 16, height = 16, hue = 0, alpha = 1 } = {}): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const background = { r: hue % 256, g: (hue * 7) % 256, b: 90, alpha };
  await sharp({ create: { width, height, channels: 4, background } }).toFile(file);
}

let opened: OpenedStudio;
const workers: RoleProcess[] = [];
const projects: OpenedStudio[] = [];
async function open(): Promise<OpenedStudio> {
  const studio = await openStudio((role) => {
    const child = forkRole(role);
    if (role === 'worker') workers.push(child);
    return child;
  });
  projects.push(studio);
  return studio;
}
beforeAll(async () => {
  opened = await open();
  await opened.client.call('projects.create', { title: 'Batches', token: null });
});
afterAll(async () => {
  for (const { studio } of projects) await studio.close();
});

let made = 0;
async function importModel(bytes: Uint8Array): Promise<string> {
  const file = folder.path(`model-${made++}.onnx`);
  writeFileSync(file, bytes);
  const { models } = await opened.client.call('models.import', { tokens: [opened.token(file)] });
  return models[0]!;
}

async function batchOf(id: string): Promise<Batch> {
  return (await opened.project()).batches.find((batch) => batch.id === id)!;
}

async function ended(id: string, timeout = 60_000): Promise<Batch> {
  await expect.poll(async () => (await batchOf(id)).job, { timeout }).toBeNull();
  return batchOf(id);
}

async function translate(model: string, path: string, size: 'model' | 'own' = 'model'): Promise<string> {
  const started = await opened.client.call('translate.start', {
    ...{ model, direction: 'AtoB', tokens: [opened.token(path)], size },
  });
  return started.batch;
}

const resultsOf = async (batch: string) =>
  (await opened.client.call('translate.results', { batch, from: 0, count: 1000 })).results;
const mediaOf = (address: string) => opened.studio.media(address.slice('/media/'.length));
const place = (...parts: string[]): string => join(opened.studio.project!.folder.path, 'pictures', ...parts);

describe('a folder of pictures', () => {
  const source = folder.path('trip');
  let batch = '';
  beforeAll(async () => {
    await picture(join(source, 'one.png'), { hue: 10 });
    await picture(join(source, 'deep', 'er', 'two.jpg'), { hue: 60, width: 40, height: 24 });
    await picture(join(source, 'deep', 'clear.png'), { hue: 90, alpha: 0.5 });
    await picture(join(source, '.hidden.png'));
    writeFileSync(join(source, 'broken.png'), 'not a picture');
    batch = await translate(await importModel(randomModel()), source, 'own');
  });

  it('is translated as a job, its structure mirrored, bad pictures told', async () => {
    expect(await ended(batch)).toMatchObject({
      ...{ title: 'trip', state: 'done', done: 3, total: 4, failed: 1, direction: 'AtoB', size: 'own' },
      message: '1 of 4 could not be translated',
    });
    const results = await resultsOf(batch);
    expect(results.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'broken failed',
      'deep/clear done',
      'deep/er/two done',
      'one done',
    ]);
    expect(results.find(({ name }) => name === 'broken')!.problem).toMatch(/broken\.png is named as PNG but is not/);
    const size = async (name: string) => sharp(readFileSync(place(batch, `${name}.png`))).metadata();
    expect(await size('deep/er/two')).toMatchObject({ width: 40, height: 24, hasAlpha: false });
    expect(await size('deep/clear')).toMatchObject({ width: 16, height: 16, hasAlpha: true });
    expect((await size('one')).hasAlpha).toBe(true);
    expect(readFileSync(place(batch, 'batch.json'), 'utf8')).not.toContain(folder.path());
  });

  it('is shown: originals, results, small ones, and a file to be saved at any strength', async () => {
    const two = (await resultsOf(batch)).find(({ name }) => name === 'deep/er/two')!;
    for (const [address, type] of [
      [two.input, 'image/webp'],
      [two.output, 'image/png'],
      [two.thumbnail, 'image/webp'],
    ])
      expect((await mediaOf(address!)).type).toBe(type);
    const saved = await mediaOf(two.download!);
    expect(saved).toMatchObject({ type: 'image/png', download: 'two.png' });
    const pixels = (file: string): Promise<Buffer> => sharp(readFileSync(file)).removeAlpha().raw().toBuffer();
    const [result, original] = [await pixels(saved.file), await pixels(join(source, 'deep', 'er', 'two.jpg'))];
    const none = await pixels((await mediaOf(`${two.download}?strength=0`)).file);
    expect(none).toEqual(original);
    const half = await pixels((await mediaOf(`${two.download}?strength=0.5`)).file);
    half.forEach((value, i) => expect(Math.abs(value - (result[i]! + original[i]!) / 2)).toBeLessThanOrEqual(1));
    await expect(mediaOf(`${two.download}?strength=2`)).rejects.toMatchObject({ name: 'UserError' });
  });

  it('is saved elsewhere with its names, and never over anything', async () => {
    const out = folder.path('saved');
    mkdirSync(out);
    const save = async (strength: number) => {
      const { job } = await opened.client.call('translate.save', {
        batch,
        strength,
        token: opened.token(out),
        which: 'all',
        format: 'png',
        suffix: '',
      });
      const state = async () => (await opened.client.call('jobs.list', {})).find(({ id }) => id === job)!.state;
      await expect.poll(state).toBe('done');
    };
    await save(1);
    expect(readFileSync(join(out, 'deep', 'er', 'two.png'))).toEqual(
      readFileSync(place(batch, 'deep', 'er', 'two.png')),
    );
    await save(0.5);
    expect(readdirSync(join(out, 'trip'), { recursive: true }).map(String).sort()).toEqual([
      'deep',
      'deep/clear.png',
      'deep/er',
      'deep/er/two.png',
      'one.png',
    ]);
  });

  it('says so when an original is gone, and shows its result all the same', async () => {
    const kept = folder.path('kept.png');
    copyFileSync(join(source, 'one.png'), kept);
    rmSync(join(source, 'one.png'));
    const one = (await resultsOf(batch)).find(({ name }) => name === 'one')!;
    expect(one).toMatchObject({ state: 'done', input: null, problem: 'The original is not there any more' });
    expect((await mediaOf(one.output!)).type).toBe('image/png');
    await expect(mediaOf(`${one.download!}?strength=0.5`)).rejects.toThrow(/original/);
    copyFileSync(kept, join(source, 'one.png'));
  });

  it('is gone on with for what is missing alone: what failed, what was removed, what came back', async () => {
    await picture(join(source, 'broken.png'), { hue: 3 });
    rmSync(place(batch, 'one.png'));
    writeFileSync(place(batch, 'one.png.123.tmp'), 'half');
    const before = statSync(place(batch, 'deep', 'clear.png')).mtimeMs;
    await opened.client.call('translate.resume', { batch });
    expect(await ended(batch)).toMatchObject({ state: 'done', failed: 0, message: null, done: 4 });
    expect(statSync(place(batch, 'deep', 'clear.png')).mtimeMs).toBe(before);
    expect(existsSync(place(batch, 'one.png'))).toBe(true);
    expect(existsSync(place(batch, 'one.png.123.tmp'))).toBe(false);
    await expect(opened.client.call('translate.resume', { batch })).rejects.toThrow('All of these pictures');
  });

  it('is renamed, binned, and brought back', async () => {
    const { client, project } = opened;
    await client.call('translate.rename', { batch, title: 'Holiday' });
    const { bin } = await client.call('translate.remove', { batch });
    expect((await project()).batches.map(({ id }) => id)).not.toContain(batch);
    // A window that still looks at it is told of nothing that went wrong.
    expect(await client.call('translate.results', { batch, from: 0, count: 1 })).toEqual({ total: 0, results: [] });
    expect(await client.call('translate.others', { batch, index: 0 })).toEqual([]);
    await expect(client.call('translate.rename', { batch, title: 'Gone' })).rejects.toThrow('not in this project');
    await client.call('bin.restore', { id: bin });
    expect(await batchOf(batch)).toMatchObject({ title: 'Holiday', state: 'done', done: 4 });
    expect((await resultsOf(batch))[0]!.input).not.toBeNull();
  });
});

describe('is refused before anything is made:', () => {
  const pictures = (): string => folder.path('none');
  it('a folder without pictures, and a direction that the model has not; two of one name are told apart', async () => {
    const model = await importModel(randomModel());
    mkdirSync(pictures());
    await expect(translate(model, pictures())).rejects.toThrow('There are no pictures in');
    await picture(folder.path('twice', 'x.png'));
    await picture(folder.path('twice', 'x.jpg'));
    const batch = await translate(model, folder.path('twice'));
    expect((await resultsOf(batch)).map(({ name }) => name).sort()).toEqual(['x-jpg', 'x-png']);
    const tokens = [opened.token(folder.path('twice'))];
    const start = { model, tokens, direction: 'BtoA' as const, size: 'own' as const };
    await expect(opened.client.call('translate.start', start)).rejects.toThrow('does not translate from B to A');
  });

  it('a model of another tool that nobody has confirmed; then it is used as was said', async () => {
    const { client } = opened;
    const model = await importModel(invertingModel());
    await picture(folder.path('grey', 'a.png'), { hue: 40 });
    await expect(translate(model, folder.path('grey'))).rejects.toThrow('confirm first how pictures go into it');
    const known = (await opened.project()).models.find(({ id }) => id === model)!;
    const tried = await client.call('models.try', {
      ...{ model, direction: 'AtoB', io: null, token: opened.token(folder.path('grey', 'a.png')) },
    });
    expect(tried.note).toBeNull();
    const [input, output] = [await sharp(tried.input).stats(), await sharp(tried.output).stats()];
    expect(input.channels[0]!.mean + output.channels[0]!.mean).toBeCloseTo(255, 0);
    await client.call('models.update', { model, io: known.io! });
    const batch = await translate(model, folder.path('grey'));
    expect(await ended(batch)).toMatchObject({ state: 'done', done: 1 });
    const { channels } = await sharp(readFileSync(place(batch, 'a.png'))).stats();
    expect(channels[0]!.mean).toBeCloseTo(255 - 40, 0);
    // By the first thing that it made it is known in the library: what went in, and what came out.
    const { thumbnail } = (await opened.project()).models.find(({ id }) => id === model)!;
    const { data, info } = await sharp(readFileSync((await mediaOf(thumbnail!)).file))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([520, 256]);
    expect([data[0], data[(info.width - 1) * info.channels]]).toEqual([40, 255 - 40]);
  });

  it('and a drawing is translated with it just so', async () => {
    const { client } = opened;
    // The same file again: it would be the model that was confirmed.
    await opened.client.call('models.remove', { model: await importModel(invertingModel()) });
    const model = await importModel(invertingModel());
    const size = { width: 40, height: 24 };
    const ask = () =>
      client.call('paint.translate', {
        ...{ drawing: 'd', model, ...size, wrap: false, scaling: 'tiles', seed: 0, quality: 'full' },
        changed: { left: 0, top: 0, ...size, bytes: new Uint8Array(40 * 24 * 4).fill(200) },
      });
    await expect(ask()).rejects.toThrow('confirm first');
    const { io } = (await opened.project()).models.find(({ id }) => id === model)!;
    await client.call('models.update', { model, io: io! });
    const painted = await ask();
    // 200 at an alpha of 200 on white is 212, and its complement 43.
    expect(painted.state === 'done' && painted.region.bytes[0]).toBe(43);
  });

  it('and a trial tells when the range is hardly right', async () => {
    const { client } = opened;
    const model = await importModel(invertingModel());
    const io = (await opened.project()).models.find(({ id }) => id === model)!.io!;
    const token = opened.token(folder.path('grey', 'a.png'));
    const wrong = { ...io, outputRange: '0..255' } as const;
    const { note } = await client.call('models.try', { model, direction: 'AtoB', io: wrong, token });
    expect(note).toMatch(/nearly flat/);
  });
});

it('a model of two directions is one model, with two files that are binned and brought back together', async () => {
  const { client, project } = opened;
  const [there, back] = [folder.path('zebra.onnx'), folder.path('zebra.BtoA.onnx')];
  writeFileSync(there, freeModel());
  writeFileSync(back, freeModel({ direction: 'BtoA', seed: 2 }));
  const { models } = await client.call('models.import', { tokens: [opened.token(back), opened.token(there)] });
  expect(models).toHaveLength(1);
  const model = models[0]!;
  const found = async () => (await project()).models.find(({ id }) => id === model);
  expect(await found()).toMatchObject({ title: 'zebra', directions: ['AtoB', 'BtoA'], anySize: true });
  await picture(folder.path('z', 'z.png'), { hue: 77, width: 50, height: 31 });
  const made: Buffer[] = [];
  for (const direction of ['AtoB', 'BtoA'] as const) {
    const tokens = [opened.token(folder.path('z'))];
    const { batch } = await client.call('translate.start', { model, direction, tokens, size: 'own' });
    expect(await ended(batch)).toMatchObject({ state: 'done', direction });
    made.push(readFileSync(place(batch, 'z.png')));
  }
  expect(made[0]).not.toEqual(made[1]);
  const { bin } = await client.call('models.remove', { model });
  expect(await found()).toBeUndefined();
  await client.call('bin.restore', { id: bin });
  expect((await found())!.directions).toEqual(['AtoB', 'BtoA']);
  const swapped = [opened.token(there), opened.token(back)];
  writeFileSync(there, freeModel({ direction: 'BtoA' }));
  await expect(client.call('models.import', { tokens: swapped })).rejects.toThrow(
    'not the two directions of one model',
  );
});

describe('a thousand pictures', () => {
  const COUNT = 1000;
  const source = folder.path('many');
  let model = '';
  beforeAll(async () => {
    model = await importModel(randomModel());
    await picture(join(source, '0.png'));
    for (let i = 1; i < COUNT; i++) copyFileSync(join(source, '0.png'), join(source, `${i}.png`));
  });
  afterEach(async () => {
    for (const { id } of (await opened.project()).batches.filter(({ job }) => job !== null)) {
      await opened.client.call('jobs.cancel', { job: (await batchOf(id)).job! });
      await ended(id);
    }
  });

  it.skipIf(process.platform === 'win32')(
    'are translated in the same memory as a hundred',
    { timeout: 300_000 },
    async () => {
      const batch = await translate(model, source);
      await expect.poll(async () => (await batchOf(batch)).state).toBe('running');
      const { pid } = workers.at(-1)!;
      const megabytes = (): number =>
        Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
      const after = async (done: number): Promise<number> => {
        await expect
          .poll(() => readdirSync(place(batch)).length, { timeout: 120_000, interval: 20 })
          .toBeGreaterThan(done);
        return megabytes();
      };
      const early = await after(200);
      const late = await after(900);
      expect(late - early).toBeLessThan(60);
      expect(await ended(batch, 120_000)).toMatchObject({ state: 'done', done: COUNT, failed: 0 });
      expect(await resultsOf(batch)).toHaveLength(COUNT);
    },
  );

  it('can be paused, gone on with and cancelled; what is there stays', async () => {
    const { client } = opened;
    const batch = await translate(model, source);
    const there = (): string[] => readdirSync(place(batch)).filter((name) => name.endsWith('.png'));
    await expect.poll(() => there().length).toBeGreaterThan(20);
    await client.call('translate.pause', { batch });
    expect((await batchOf(batch)).state).toBe('paused');
    const paused = there();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(there().length).toBeLessThanOrEqual(paused.length + 1); // the one that was being written
    const first = place(batch, paused[0]!);
    const before = statSync(first).mtimeMs;
    await client.call('translate.resume', { batch });
    await expect.poll(() => there().length).toBeGreaterThan(paused.length + 20);
    expect(statSync(first).mtimeMs).toBe(before);
    await client.call('jobs.cancel', { job: (await batchOf(batch)).job! });
    const stopped = await ended(batch);
    expect(stopped).toMatchObject({ state: 'stopped', failed: 0 });
    expect(stopped.done).toBeLessThan(COUNT);
  });

  it('survive a process that dies while it opens one of them', async () => {
    const batch = await translate(model, source);
    const there = (): number => readdirSync(place(batch)).length;
    await expect.poll(there).toBeGreaterThan(20);
    const dead = workers.at(-1)!;
    dead.kill();
    const before = there();
    await expect.poll(there).toBeGreaterThan(before + 20);
    expect(workers.at(-1)).not.toBe(dead);
    expect((await batchOf(batch)).state).toBe('running');
  });
});
