/** Upscalers of one's own, through the contract: taught from one that is brought along, in the library, used, and nowhere else. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePsdUint8Array, type Layer } from 'ag-psd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinAnimation, openAnimation } from '../engine/pictures/animation.ts';
import { sharp } from '../engine/pictures/codecs.ts';
import { readLayers } from '../engine/pictures/psd-layers.ts';
import { resample } from '../engine/pictures/resample.ts';
import { probePicture } from '../engine/pictures/pictures.ts';
import { writeLabelled } from '../testing/datasets.ts';
import { temporary } from '../testing/folder.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';
import { UNVARIED } from '../engine/processes/messages.ts';
import { randomUpscaler } from '../engine/testing/testing-model.ts';
import { RUN_FORMAT, RunFolder } from '../engine/training/run-folder.ts';
import { saveCheckpoint } from '../engine/training/snapshot.ts';
import { srgan } from '../../models/families/srgan.ts';
import { readOnnx } from '../../models/onnx/read.ts';
import type { Args } from '../../preload/contract/index.ts';
import { exportCheckpoint } from './export-checkpoint.ts';

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

/** What is made of pictures, a batch of them, at once: the first of its results. */
async function enlarged(how: Omit<Args<'upscale.start'>, 'tokens'>, tokens: string[]): Promise<Buffer> {
  const { batch: id } = await opened.client.call('upscale.start', { ...how, tokens });
  const project = async () => (await opened.project()).batches.find((each) => each.id === id)!;
  await expect.poll(async () => (await project()).job, { timeout: 60_000 }).toBeNull();
  const [one] = (await opened.client.call('translate.results', { batch: id, from: 0, count: 1 })).results;
  const { file: result } = await opened.studio.media(one!.output!.slice('/media/'.length));
  return sharp(readFileSync(result)).raw().toBuffer();
}

const apart = (a: Buffer, b: Buffer): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('an upscaler of one’s own', () => {
  const start = async (more: object = {}) => {
    const { settings } = await opened.client.call('models.shape', { model: 'art-2x' });
    return opened.client.call('training.start', {
      ...{ dataset, family: 'srgan', title: 'Discs', size: 32, channels: 3, minutes: 5, batch: 1, seed: 1 },
      ...{ holdout: 0.2, augment: { ...UNVARIED, flip: true }, settings },
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
    const how = {
      upscaler: model.id,
      target: { factor: 2 },
      wrap: false,
      keepColours: false,
      softness: 0,
      layers: false,
    };
    const { batch } = await opened.client.call('upscale.start', { ...how, tokens });
    const made = async () => (await opened.project()).batches.find(({ id }) => id === batch)!;
    await expect.poll(async () => (await made()).job, { timeout: 60_000 }).toBeNull();
    expect(await made()).toMatchObject({ state: 'done', done: 6, failed: 0 });
    const [first] = (await opened.client.call('translate.results', { batch, from: 0, count: 1 })).results;
    const { file } = await opened.studio.media(first!.output!.slice('/media/'.length));
    const original = await probePicture(folder.path('discs', 'blue', 'blue-0.png'));
    expect((await sharp(readFileSync(file)).metadata()).width).toBe(2 * original.width);
    // What is painted to stay as it was does, wherever the result is seen or saved; taken back it is the model's again.
    const white = await sharp({ create: { width: 4, height: 4, channels: 4, background: '#fff' } })
      .png()
      .toBuffer();
    const seen = async (address: string) =>
      sharp(readFileSync((await opened.studio.media(address.slice('/media/'.length))).file))
        .raw()
        .toBuffer();
    const now0 = async () => (await opened.client.call('translate.results', { batch, from: 0, count: 1 })).results[0]!;
    const before = await seen(first!.output!);
    await opened.client.call('translate.mask', { batch, index: 0, mask: white });
    const painted = await now0();
    expect(painted.mask).not.toBeNull();
    const source = folder.path('discs', 'blue', 'blue-0.png');
    const pixels = await sharp(readFileSync(source)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const { width, height } = pixels.info;
    const plain = resample({ width, height, data: pixels.data }, { width: width * 2, height: height * 2 });
    for (const address of [painted.output!, painted.download!]) {
      const whole = await sharp(await seen(address), { raw: { width: width * 2, height: height * 2, channels: 3 } })
        .ensureAlpha()
        .raw()
        .toBuffer();
      expect(whole.equals(Buffer.from(plain))).toBe(true);
    }
    const out = folder.path('saved');
    mkdirSync(out);
    const save = { strength: 1, token: opened.token(out), which: 0, format: 'png', suffix: '' } as const;
    const { job } = await opened.client.call('translate.save', { batch, ...save });
    const saving = async () => (await opened.client.call('jobs.list', {})).find(({ id }) => id === job)!.state;
    await expect.poll(saving).toBe('done');
    expect(
      (
        await sharp(readFileSync(folder.path('saved', 'blue-0.png')))
          .ensureAlpha()
          .raw()
          .toBuffer()
      ).equals(Buffer.from(plain)),
    ).toBe(true);
    await opened.client.call('translate.mask', { batch, index: 0, mask: null });
    expect((await now0()).mask).toBeNull();
    expect((await seen((await now0()).output!)).equals(before)).toBe(true);

    // As soft as it can be it is the one that it was taught from; of a picture that neither mirrors outwards.
    await writeLabelled(folder.path('large'), 1, 96);
    const large = [opened.token(folder.path('large', 'blue'))];
    expect(model.softer).toEqual({ kind: 'model', model: 'art-2x' });
    const soft = (upscaler: string, softness: number) => enlarged({ ...how, upscaler, softness }, large);
    const [taught, softest, ready] = [await soft(model.id, 0), await soft(model.id, 1), await soft('art-2x', 0)];
    expect(apart(softest, ready)).toBeLessThanOrEqual(1);
    expect(apart(taught, ready)).toBeGreaterThan(1);
    // Once it is gone nothing can be made with it any more.
    await opened.client.call('models.remove', { model: model.id });
    await expect(opened.client.call('upscale.start', { ...how, tokens })).rejects.toThrow(
      'not in the library any more',
    );
  });

  it('that was pretrained is as soft as its pretraining left it', async () => {
    // A run as it is on disk when it is past its pretraining, which took three steps.
    const run = new RunFolder(folder.path('run'));
    run.makeFolders();
    const settings = srgan.settings.parse({ width: 4, blocks: 2, ganWeight: 0.1 });
    const shape = { size: 32, channels: 3, batch: 1, labels: [] } as const;
    run.write({
      ...{
        format: RUN_FORMAT,
        family: 'srgan',
        settings,
        ...shape,
        labels: [],
        seed: 1,
        holdout: 0,
        augment: UNVARIED,
      },
      ...{ emphasis: null, steps: 9, minutes: null, plan: [], pretrained: 3, warmup: 0, fingerprint: '', heldOut: [] },
      ...{ learned: null, engine: 'cpu', threads: 1, versions: {} },
    });
    const pretrained = run.file('model.pretrained.onnx');
    writeFileSync(pretrained, randomUpscaler({ seed: 1 }));
    const save = (step: number) => {
      const { weights } = readOnnx(randomUpscaler({ seed: 2 }));
      const tensors = [...weights].map(([name, weight]) => ({ name: `${name}#ema`, ...weight }));
      saveCheckpoint(run, { tensors, updates: {}, pools: {} }, step);
    };
    const kept = async (out: string) => {
      await exportCheckpoint({ run: run.path, out });
      const { family, size, channels } = run.read();
      return opened.studio.project!.models.keep({
        ...{ run: out, title: 'Judged', file: join(out, 'model.onnx'), shown: [], from: 'art-2x' },
        facts: { family, size, channels, steps: 9 },
      });
    };
    const softerOf = async (id: string) => (await opened.project()).models.find((each) => each.id === id)!.softer;
    save(2);
    expect(await softerOf(await kept(folder.path('early')))).toEqual({ kind: 'model', model: 'art-2x' });
    save(4);
    const id = await kept(folder.path('late'));
    expect(await softerOf(id)).toEqual({ kind: 'pretraining' });
    const tokens = [opened.token(folder.path('discs', 'blue'))];
    const how = { target: { factor: 2 }, wrap: false, keepColours: false, layers: false };
    const soft = (softness: number) => enlarged({ ...how, upscaler: id, softness }, tokens);
    const { models } = opened.studio.project!;
    const alone = await models.keep({
      ...{ run: 'alone', title: 'Alone', file: pretrained, shown: [], from: null },
      facts: { family: 'srgan', size: 32, channels: 3, steps: 3 },
    });
    const [own, softest] = [await soft(0), await soft(1)];
    const ready = await enlarged({ ...how, upscaler: alone, softness: 0 }, tokens);
    expect(apart(softest, ready)).toBeLessThanOrEqual(1);
    expect(apart(own, ready)).toBeGreaterThan(10);
    // It leaves with its model, and is nowhere a model of its own.
    expect((await opened.project()).models.map(({ title }) => title).sort()).toEqual(['Alone', 'Judged', 'Judged']);
    await opened.client.call('models.remove', { model: id });
    const left = readdirSync(dirname(models.file(alone)));
    expect(left.filter((name) => name.startsWith(id))).toEqual([]);
  });
});

it('a PSD is saved with its layers, and what they lost is said', async () => {
  const square = { width: 16, height: 12, data: new Uint8ClampedArray(16 * 12 * 4).fill(255) };
  const children = [
    { name: 'Square', imageData: square },
    { name: 'Words', text: { text: 'Hello' }, imageData: square, opacity: 0.5 },
  ];
  mkdirSync(folder.path('layered'));
  const psd = writePsdUint8Array({ width: 16, height: 12, imageData: square, children });
  writeFileSync(folder.path('layered', 'sheet.psd'), psd);
  // Wide enough for two tiles.
  await sharp({ create: { width: 600, height: 12, channels: 3, background: '#c63' } }).toFile(
    folder.path('layered', 'plain.png'),
  );
  const how = { upscaler: 'art-2x', target: { factor: 2 }, wrap: false, keepColours: false, softness: 0, layers: true };
  const tokens = [opened.token(folder.path('layered'))];
  const { batch } = await opened.client.call('upscale.start', { ...how, tokens });
  const now = async () => (await opened.project()).batches.find(({ id }) => id === batch)!;
  await expect.poll(async () => (await now()).job, { timeout: 60_000 }).toBeNull();
  expect(await now()).toMatchObject({ state: 'done', done: 2, changed: 1, tiles: 576 });
  const { changed } = await opened.client.call('translate.notes', { batch });
  expect(changed).toEqual([{ file: 'sheet', why: 'text became pixels ("Words")' }]);

  const save = async (strength: number) => {
    const out = folder.path(`layers-at-${strength}`);
    mkdirSync(out);
    const wanted = { batch, strength, token: opened.token(out), which: 'all', format: 'psd', suffix: '-2x' } as const;
    const { job } = await opened.client.call('translate.save', wanted);
    const saving = async () => (await opened.client.call('jobs.list', {})).find(({ id }) => id === job)!;
    await expect.poll(async () => (await saving()).state).toMatch(/done|failed/);
    const layersOf = (name: string) => readLayers(readFileSync(join(out, name))) as Layer[];
    return { files: readdirSync(out).map((name) => [name, layersOf(name).length]), message: (await saving()).message };
  };
  expect((await save(1)).files).toEqual([
    ['plain-2x.psd', 1],
    ['sheet-2x.psd', 2],
  ]);
  const { files, message } = await save(0.5);
  expect(files).toEqual([['plain-2x.psd', 1]]);
  expect(message).toMatch(/1 picture is of layers, which are not mixed with their originals.*: sheet/);
});

describe('what moves', () => {
  const pictures = async (bytes: Buffer) => {
    const animation = (await openAnimation(bytes, 'one'))!;
    const all: Buffer[] = [];
    for await (const each of animation.pictures()) all.push(Buffer.from(each));
    return { ...animation, all };
  };

  it('is seen moving, stays as it was where it is painted, and is saved as what it was or as another', async () => {
    const timing = { delays: [50, 100, 150], plays: 0 };
    const frames = ['#c00', '#0a0', '#00c'].map((background) =>
      sharp({ create: { width: 20, height: 16, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    mkdirSync(folder.path('moving'));
    writeFileSync(folder.path('moving', 'walk.gif'), await joinAnimation(await Promise.all(frames), 'gif', timing));
    const how = {
      upscaler: 'art-2x',
      target: { factor: 2 },
      wrap: false,
      keepColours: false,
      softness: 0,
      layers: false,
    };
    const tokens = [opened.token(folder.path('moving'))];
    const { batch } = await opened.client.call('upscale.start', { ...how, tokens });
    const now = async () => (await opened.project()).batches.find(({ id }) => id === batch)!;
    await expect.poll(async () => (await now()).job, { timeout: 60_000 }).toBeNull();
    const result = async () =>
      (await opened.client.call('translate.results', { batch, from: 0, count: 1 })).results[0]!;
    const media = (address: string) => opened.studio.media(address.slice('/media/'.length));
    const { pictures: count, input, output } = await result();
    expect(count).toBe(3);
    expect(await media(input!)).toMatchObject({ type: 'image/gif' });
    const shown = await pictures(readFileSync((await media(output!)).file));
    expect(shown).toMatchObject({ format: 'png', width: 40, height: 32, ...timing });

    const white = await sharp({ create: { width: 4, height: 4, channels: 4, background: '#fff' } })
      .png()
      .toBuffer();
    await opened.client.call('translate.mask', { batch, index: 0, mask: white });
    const { download } = await result();
    const { file, type, download: name } = await media(download!);
    expect({ type, name }).toEqual({ type: 'image/gif', name: 'walk.gif' });
    const kept = await pictures(readFileSync(file));
    expect(kept).toMatchObject({ format: 'gif', ...timing });
    expect(kept.all.map((data) => [...data.subarray(0, 3)])).toEqual([
      [204, 0, 0],
      [0, 170, 0],
      [0, 0, 204],
    ]);

    // In what is made of the same pictures once more it stays so too.
    const { batch: again } = await opened.client.call('upscale.start', {
      ...how,
      wrap: true,
      tokens: [],
      again: batch,
    });
    const [once] = (await opened.client.call('translate.results', { batch: again, from: 0, count: 1 })).results;
    expect(readFileSync((await media(once!.mask!)).file).equals(white)).toBe(true);

    const save = async (format: 'png' | 'webp' | 'jpeg') => {
      const out = folder.path(`saved-${format}`);
      mkdirSync(out);
      const wanted = { batch, strength: 1, token: opened.token(out), which: 'all', format, suffix: '' } as const;
      const { job } = await opened.client.call('translate.save', wanted);
      const saving = async () => (await opened.client.call('jobs.list', {})).find(({ id }) => id === job)!;
      await expect.poll(async () => (await saving()).state).toMatch(/done|failed/);
      return { files: readdirSync(out), message: (await saving()).message };
    };
    expect((await save('png')).files).toEqual(['walk.gif']);
    expect((await save('webp')).files).toEqual(['walk.webp']);
    expect(await pictures(readFileSync(folder.path('saved-webp', 'walk.webp')))).toMatchObject(timing);
    const { files, message } = await save('jpeg');
    expect(files).toEqual([]);
    expect(message).toMatch(/1 picture is moving, which a JPEG cannot: walk\. Save it as PNG/);
  });
});
