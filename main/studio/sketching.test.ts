/** Drawing through the contract: the painter and its deaths, drawings and their files, lessons. A real studio and engine. */
import { plainLayer } from '../../preload/contract/layers/stack.ts';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { writePairs } from '../testing/datasets.ts';
import type { Args, DrawingState, Region } from '../../preload/contract/index.ts';
import { Client } from '../../preload/contract/client.ts';
import type { ToStudio, ToWindow } from '../../preload/contract/messages.ts';
import { channelPair } from '../../preload/contract/pair.ts';
import { randomModel } from '../engine/testing/testing-model.ts';
import { values } from '../engine/testing/testing.ts';
import { Studio } from './studio.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');
afterAll(() => folder.remove());
const studios: Studio[] = [];
afterEach(async () => {
  for (const studio of studios.splice(0)) await studio.close();
});

let made = 0;
/** A studio with a window, a project, and a model that paints noise. */
async function withModel(model: Parameters<typeof randomModel>[0] = {}) {
  const settings: Record<string, unknown> = {};
  const studio = new Studio({
    host: 'browser',
    store: { get: (key) => settings[key], set: (key, value) => void (settings[key] = value) },
    log: () => undefined,
  });
  studios.push(studio);
  const [ours, theirs] = channelPair<ToStudio, ToWindow>();
  studio.server.add(theirs);
  const client = new Client(ours);
  await client.call('settings.set', { threads: 1 });
  await client.call('projects.create', { title: `Sketch ${made++}`, token: null });
  const file = folder.path(`noise-${made}.onnx`);
  writeFileSync(file, randomModel(model));
  const { models } = await client.call('models.import', { tokens: [studio.tokens.of(file).token] });
  return { studio, client, model: models[0]!, path: studio.project!.folder.path };
}

const noise = (width: number, height: number, seed = 1): Region => ({
  ...{ left: 0, top: 0, width, height },
  bytes: Uint8Array.from(values(seed, 'drawing', [height, width, 4], [0, 255]), (v, i) => (i % 4 === 3 ? 255 : v)),
});
const state = (over: Partial<DrawingState> = {}): DrawingState => ({
  ...{ width: 32, height: 32, wrap: false, paper: '#ffffff', active: 'a', model: null, scaling: 'tiles', seed: 0 },
  layers: [plainLayer({ id: 'a', title: 'Layer 1' })],
  ...over,
});
const subject = (model: string, over: Partial<Args<'paint.translate'>> = {}): Args<'paint.translate'> => ({
  ...{ drawing: 'd', model, width: 32, height: 32, wrap: false, scaling: 'tiles', seed: 0 },
  ...{ changed: null, quality: 'full' },
  ...over,
});

describe('live translation', () => {
  it('answers with a picture, takes in changes, and asks for what it does not know', async () => {
    const { client, model } = await withModel();
    const ask = (over: Partial<Args<'paint.translate'>>) => client.call('paint.translate', subject(model, over));
    expect(await ask({})).toEqual({ state: 'lost' });
    const first = await ask({ changed: noise(32, 32) });
    expect(first).toMatchObject({ state: 'done', left: 0, seam: null, region: { width: 32, height: 32 } });
    const second = await ask({ changed: { ...noise(4, 4, 9), left: 10, top: 10 } });
    expect(second).not.toEqual(first);
    expect(await ask({ drawing: 'another' })).toEqual({ state: 'lost' });
    const wrapped = await ask({ changed: noise(32, 32), wrap: true });
    expect(wrapped.state === 'done' && wrapped.seam).toBeGreaterThan(0);
  });

  it('drops what is stale, and the last of many is what they all add up to', async () => {
    const { client, model } = await withModel({ size: 256 });
    const size = { width: 256, height: 256 };
    await client.call('paint.translate', subject(model, { ...size, changed: noise(256, 256) }));
    const many = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        client.call('paint.translate', subject(model, { ...size, changed: { ...noise(8, 8, i), left: i * 8 } })),
      ),
    );
    expect(many.filter((answer) => answer.state === 'stale').length).toBeGreaterThan(0);
    const last = many.at(-1)!;
    const again = await client.call('paint.translate', subject(model, { ...size, quality: 'draft' }));
    expect(last.state).toBe('done');
    expect(again).toMatchObject({ state: 'done', left: 0, region: { width: 0 } });
  });

  it('survives the death of the painter: it says so, and the next request starts it again', async () => {
    const { studio, client, model } = await withModel();
    await client.call('paint.translate', subject(model, { changed: noise(32, 32) }));
    const { pid } = studio.project!.painting;
    process.kill(pid!, 'SIGKILL');
    const ask = (over = {}) => client.call('paint.translate', subject(model, over));
    // Either it had not died yet and the request died with it, or a new one does not know the drawing.
    const answer = await ask().catch((error: unknown) => error);
    if (answer instanceof Error) expect(answer.message).toContain('your drawing is safe');
    else expect(answer).toEqual({ state: 'lost' });
    await expect.poll(async () => (await ask({ changed: noise(32, 32) })).state).toBe('done');
    expect(studio.project!.painting.pid).not.toBe(pid);
  });

  it('of a model that was deleted says so', async () => {
    const { client, model } = await withModel();
    await client.call('paint.translate', subject(model, { changed: noise(32, 32) }));
    await client.call('models.remove', { model });
    await expect(client.call('paint.translate', subject(model))).rejects.toThrow('not in the library any more');
  });

  it('knows which models vary, and shows the colours of labels', async () => {
    const { client, model } = await withModel({ size: 128, dropout: 0.5 });
    expect(await client.call('paint.facts', { model })).toEqual({
      palette: [],
      example: false,
      paper: '#ffffff',
      varies: true,
    });
  });

  it('refuses what does not fit', async () => {
    const { client, model } = await withModel();
    const ask = (over: Partial<Args<'paint.translate'>>) => client.call('paint.translate', subject(model, over));
    await expect(ask({ changed: { ...noise(4, 4), bytes: new Uint8Array(3) } })).rejects.toThrow('number of bytes');
    await expect(ask({ width: 100_000 })).rejects.toThrow('width');
  });
});

describe('drawings', () => {
  it('are listed, renamed, copied, deleted, and come back from the bin as they were', async () => {
    const { client, studio } = await withModel();
    const { drawing } = await client.call('drawings.create', { title: 'Mushroom', state: state() });
    const region = noise(32, 32);
    await client.call('drawings.save', {
      ...{ drawing, state: state({ seed: 3 }), pixels: [{ layer: 'a', region }], thumbnail: noise(16, 8) },
    });
    await client.call('drawings.rename', { drawing, title: 'Toadstool' });
    const { drawing: copy } = await client.call('drawings.duplicate', { drawing });
    const removed = await client.call('drawings.remove', { drawing });
    const listed = async () => (await client.call('projects.current', {}))!.drawings;
    expect(await listed()).toMatchObject([{ id: copy, title: 'Toadstool copy', problem: null }]);
    expect((await studio.media((await listed())[0]!.thumbnail!.slice('/media/'.length))).type).toBe('image/png');
    await client.call('bin.restore', { id: removed.bin });
    const { title, state: found } = await client.call('drawings.open', { drawing });
    expect({ title, found }).toEqual({ title: 'Toadstool', found: state({ seed: 3 }) });
    expect((await client.call('drawings.pixels', { drawing, layer: 'a' })).bytes).toEqual(region.bytes);
  });

  it('from the future or damaged are listed with what is wrong, and lose nothing', async () => {
    const { client, path } = await withModel();
    const { drawing } = await client.call('drawings.create', { title: 'Later', state: state() });
    const file = join(path, 'drawings', drawing, 'drawing.json');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/"format":\s*2/, '"format": 9'));
    const [listed] = (await client.call('projects.current', {}))!.drawings;
    expect(listed!.problem).toContain('newer version of Maquette');
    await expect(client.call('drawings.open', { drawing })).rejects.toThrow('newer version');
    await expect(
      client.call('drawings.save', { drawing, state: state(), pixels: [], thumbnail: null }),
    ).rejects.toThrow('newer version');
    expect(readFileSync(file, 'utf8')).toContain('"format": 9');
  });

  it('are exported as files to be downloaded', async () => {
    const { client, studio, model } = await withModel();
    const { drawing } = await client.call('drawings.create', { title: 'Out', state: state({ model }) });
    const options = {
      format: 'png16',
      what: 'result',
      normals: 'opengl',
      relief: 1,
      invert: false,
      height: null,
    } as const;
    const { download, name } = await client.call('drawings.export', { drawing, options });
    const media = await studio.media(download.slice('/media/'.length));
    expect({ name, type: media.type, download: media.download }).toEqual({
      ...{ name: 'Out.png', type: 'image/png', download: 'Out.png' },
    });
    expect(readFileSync(media.file).subarray(1, 4).toString()).toBe('PNG');
    const { png } = await client.call('drawings.mapPreview', {
      drawing,
      options: { ...options, what: 'normal' },
      size: 16,
    });
    expect(Buffer.from(png).subarray(1, 4).toString()).toBe('PNG');
    // What tells the height may be brought along; what paints pictures does not.
    const told = { ...options, what: 'height', height: 'height' } as const;
    expect((await client.call('drawings.export', { drawing, options: told })).name).toBe('Out_height.png');
    for (const height of [model, 'materials'])
      await expect(client.call('drawings.export', { drawing, options: { ...told, height } })).rejects.toThrow(
        'does not tell the height of pictures',
      );
  });
});

describe('a lesson', () => {
  it('adds pairs, trains a copy with them, and says what it changed', async () => {
    const { client, studio, model, path } = await withModel();
    const pairs = folder.path(`pairs-${made}`);
    await writePairs(pairs, 8);
    const { token } = studio.tokens.of(pairs);
    const { dataset } = await client.call('datasets.import', {
      tokens: [token],
      title: 'Discs',
      as: null,
      swap: false,
    });
    const corrected = { left: 4, top: 4, width: 20, height: 20 };
    const lesson = {
      model,
      wrap: false,
      scaling: 'tiles',
      input: noise(32, 32),
      target: noise(32, 32, 5),
      corrected,
    } as const;
    const { names } = await client.call('teach.remember', { ...lesson, dataset });
    expect(names).toHaveLength(1);
    // As if it were one that is brought along, which knows what it learned from; in the place of its picture any file.
    const record = join(path, 'models', `${model}.json`);
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), starter: 'render' }));
    writeFileSync(join(path, 'models', `${model}.png`), 'a picture');
    const { models } = studio.project!;
    models.refresh();
    const project = async () => (await client.call('projects.current', {}))!;
    expect((await project()).datasets[0]).toMatchObject({ id: dataset, count: 9 });
    // The model has no run: the lesson begins from it alone, with a fresh discriminator.
    const { run } = await client.call('teach.learn', { model, dataset, names, minutes: 0.05 });
    const stateOf = async () => (await project()).runs.find(({ id }) => id === run)!;
    await expect.poll(async () => (await stateOf()).state, { timeout: 60_000 }).toMatch(/done|failed/);
    const ended = await stateOf();
    expect(ended).toMatchObject({ state: 'done', message: null });
    expect(JSON.parse(readFileSync(join(path, 'runs', run, 'run.json'), 'utf8'))).toMatchObject({
      emphasis: { names, share: 0.5 },
    });
    const report = await client.call('teach.report', { before: model, after: ended.model!, dataset, names });
    expect(report.taught.after).toBeLessThan(report.taught.before);
    expect(report.heldOut!.count).toBe(1);
    // It still knows the colours and the examples of the model that was taught.
    const { palette, example } = await client.call('paint.facts', { model });
    expect(palette.length).toBeGreaterThanOrEqual(8);
    expect(await client.call('paint.facts', { model: ended.model! })).toMatchObject({ palette, example });
    // A lesson of too few pictures to hold any out has shown nothing yet.
    rmSync(join(path, 'models', `${ended.model!}.png`));
    models.refresh();
    const trained = { run, title: 'Taught', file: models.file(model), shown: [] };
    const facts = { family: 'pix2pix', size: 32, channels: 3, steps: 9 };
    await models.keep({ ...trained, facts, from: studio.project!.runs.begunFrom(run) });
    expect(readFileSync(join(path, 'models', `${ended.model!}.png`), 'utf8')).toBe('a picture');
  });

  it('of a large drawing gives the tiles that the model sees, and a new dataset where there is none', async () => {
    const { client, model, path } = await withModel();
    const { dataset, names } = await client.call('teach.remember', {
      ...{ model, wrap: true, scaling: 'tiles', dataset: null },
      ...{ input: noise(96, 96), target: noise(96, 96, 5), corrected: { left: 0, top: 0, width: 2, height: 2 } },
    });
    expect(names.length).toBe(4);
    const found = (await client.call('projects.current', {}))!.datasets;
    expect(found).toMatchObject([{ id: dataset, title: 'Corrections', kind: 'pairs', count: 4 }]);
    expect(readFileSync(join(path, 'datasets', dataset, 'A', `${names[0]!}.png`)).length).toBeGreaterThan(100);
    rmSync(join(path, 'datasets', dataset, 'B', `${names[0]!}.png`));
  });
});
