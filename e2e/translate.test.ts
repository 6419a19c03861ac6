/** Translating, evaluating and inspecting with a really trained model, beside another program that loads it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodePicture, encodePng, toPlanar } from '../main/engine/pictures/pictures.ts';
import { freeModel, hostileModels, invertingModel } from '../main/engine/testing/testing-onnx.ts';
import { run } from './maquette.ts';
import { refused } from './refused.ts';
import { temporary } from '../main/testing/folder.ts';
import { writePairs } from '../main/testing/datasets.ts';

const { path, remove } = temporary();

beforeAll(async () => {
  await writePairs(path('pairs'), 20);
  const trained = await run(
    'train',
    'pix2pix',
    path('pairs'),
    '--out',
    path('run'),
    '--size',
    '32',
    '--width',
    '8',
    '--steps',
    '80',
    '--json',
  );
  expect(trained.status, trained.stderr).toBe(0);
});
afterAll(remove);

it("gives what onnxruntime-node's own binding gives for the exported model, within 1/255", async () => {
  const translated = await run('translate', path('run'), path('pairs', 'A'), '--out', path('out'), '--json');
  expect(translated.stderr).toBe('');
  expect(translated.done).toMatchObject({ n: 20 });
  const session = await InferenceSession.create(path('run', 'model.onnx'));
  for (const name of readdirSync(path('out'))) {
    const picture = await decodePicture(path('pairs', 'A', name), { width: 32, height: 32, channels: 3 });
    const { output } = await session.run({ input: new Tensor('float32', toPlanar(picture), [1, 3, 32, 32]) });
    const ours = toPlanar(await decodePicture(path('out', name), { channels: 3 }));
    const theirs = output!.data as Float32Array;
    expect(Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!) * 127.5)), name).toBeLessThan(1);
  }
});

it('keeps the input at strength 0 and lies between at 1/2', async () => {
  const name = readdirSync(path('pairs', 'A'))[0]!;
  const pixels = async (...more: string[]): Promise<Uint8Array> => {
    const translated = await run(
      'translate',
      path('run'),
      path('pairs', 'A', name),
      '--out',
      path('strength'),
      ...more,
    );
    expect(translated.status, translated.stderr).toBe(0);
    return (await decodePicture(path('strength', name), { channels: 3 })).data;
  };
  const [none, half, full] = [await pixels('--strength', '0'), await pixels('--strength', '0.5'), await pixels()];
  expect(none).toEqual((await decodePicture(path('pairs', 'A', name), { channels: 3 })).data);
  half.forEach((value, i) => expect(Math.abs(value - (none[i]! + full[i]!) / 2)).toBeLessThanOrEqual(1));
  expect(full).not.toEqual(none);
});

it('works at the size of the picture with --tile, and at the trained size without', async () => {
  const wide = {
    width: 75,
    height: 20,
    channels: 3 as const,
    data: new Uint8Array(75 * 20 * 3).map((_, i) => (i * 7) % 256),
  };
  await encodePng(wide, path('wide.png'));
  for (const [flags, width, height] of [
    [['--tile'], 75, 20],
    [[], 32, 32],
  ] as const) {
    expect((await run('translate', path('run'), path('wide.png'), '--out', path('sizes'), ...flags)).status).toBe(0);
    expect(await decodePicture(path('sizes', 'wide.png'), { channels: 3 })).toMatchObject({ width, height });
  }
});

it('evaluates a run on what it held out, and the model alone the same', async () => {
  const ofRun = await run('evaluate', path('run'), path('pairs'), '--json');
  expect(ofRun.stderr).toBe('');
  expect(ofRun.done).toMatchObject({ n: 2 });
  for (const key of ['l1', 'psnr', 'ssim', 'swd']) expect(ofRun.done![key], key).toSatisfy(Number.isFinite);
  const ofModel = await run(
    'evaluate',
    path('run', 'model.onnx'),
    path('pairs'),
    '--held-out-from',
    path('run'),
    '--json',
  );
  expect(ofModel.done).toEqual(ofRun.done);
  const other = await run('evaluate', path('run'), path('pairs'), '--seed', '9', '--json');
  expect(other.done).not.toEqual(ofRun.done);
});

it('inspects the model and the dataset', async () => {
  const model = await run('inspect', path('run'), '--json');
  expect(model.done).toMatchObject({
    kind: 'model',
    opset: 17,
    inputs: [{ name: 'input', shape: [1, 3, 32, 32] }],
    metadata: { 'maquette.family': 'pix2pix', 'maquette.steps': '80' },
  });
  mkdirSync(path('sick', 'A'), { recursive: true });
  mkdirSync(path('sick', 'B'));
  for (const name of ['disc-000.png', 'disc-001.png'])
    for (const side of ['A', 'B']) writeFileSync(path('sick', side, name), readFileSync(path('pairs', side, name)));
  writeFileSync(path('sick', 'A', 'alone.png'), readFileSync(path('pairs', 'A', 'disc-002.png')));
  writeFileSync(path('sick', 'A', 'broken.png'), 'not a picture');
  const dataset = await run('inspect', path('sick'), '--json');
  expect(dataset.status, dataset.stderr).toBe(0);
  const findings = dataset.events.filter(({ event }) => event === 'finding');
  expect(findings.flatMap(({ files }) => files as string[]).join()).toMatch(/alone/);
});

it('skips one bad picture among many, and says so', async () => {
  mkdirSync(path('mixed'));
  for (const name of ['disc-000.png', 'disc-001.png'])
    writeFileSync(path('mixed', name), readFileSync(path('pairs', 'A', name)));
  writeFileSync(path('mixed', 'text.png'), 'not a picture');
  const translated = await run('translate', path('run'), path('mixed'), '--out', path('mixed-out'), '--json');
  expect(translated.status).toBe(0);
  expect(translated.stderr).toMatch(/text\.png.*left out/);
  expect(readdirSync(path('mixed-out')).sort()).toEqual(['disc-000.png', 'disc-001.png']);
});

it('walks folders and keeps their structure', async () => {
  const disc = readFileSync(path('pairs', 'A', 'disc-000.png'));
  for (const folder of ['deep', 'deep/er', '.hidden']) mkdirSync(path('tree', folder), { recursive: true });
  for (const name of ['a.png', 'deep/a.png', 'deep/er/b.png', '.hidden/c.png']) writeFileSync(path('tree', name), disc);
  const translated = await run('translate', path('run'), path('tree'), '--out', path('tree-out'), '--json');
  expect(translated.done).toMatchObject({ n: 3 });
  const files = readdirSync(path('tree-out'), { recursive: true }).map(String);
  expect(files.filter((name) => name.endsWith('.png')).sort()).toEqual(['a.png', 'deep/a.png', 'deep/er/b.png']);
});

it('tells two pictures of one name apart, and refuses a result that would replace its picture', async () => {
  mkdirSync(path('twice'));
  const disc = readFileSync(path('pairs', 'A', 'disc-000.png'));
  for (const name of ['x.png', 'x.jpg', 'y.png']) writeFileSync(path('twice', name), disc);
  const out = path('twice-out');
  const { stderr } = await run('translate', path('run'), path('twice'), '--out', out);
  expect(stderr).toMatch(/x\.jpg has the name of another picture: its result is x-jpg\.png/);
  expect(readdirSync(out).sort()).toEqual(['x-jpg.png', 'x-png.png', 'y.png']);
  refused(
    await run('translate', path('run'), path('twice', 'y.png'), '--out', path('twice')),
    /y\.png would be written over it; choose another folder/,
  );
  expect(readFileSync(path('twice', 'y.png'))).toEqual(disc);
});

it('translates in the direction that a run or a model knows', async () => {
  const picture = path('pairs', 'A', 'disc-000.png');
  const back = (model: string, ...more: string[]) =>
    run('translate', path(model), picture, '--out', path('back'), '--direction', 'BtoA', ...more);
  refused(await back('run'), /has no model that translates back/);
  cpSync(path('run'), path('both'), { recursive: true });
  writeFileSync(path('both', 'model.BtoA.onnx'), freeModel({ direction: 'BtoA' }));
  expect((await back('both')).status).toBe(0);
  refused(await back('run/model.onnx'), /translates AtoB; give the model of the other direction/);
  expect((await back('both/model.BtoA.onnx', '--tile')).status).toBe(0);
  const there = ['translate', path('both', 'model.BtoA.onnx'), picture, '--out', path('back'), '--direction', 'AtoB'];
  refused(await run(...there), /translates BtoA/);
});

it('uses a model of another tool, says what it takes it for, and can be told otherwise', async () => {
  writeFileSync(path('other.onnx'), invertingModel());
  const picture = path('pairs', 'B', 'disc-000.png');
  const mean = async (...flags: string[]): Promise<{ mean: number; stderr: string }> => {
    const ended = await run('translate', path('other.onnx'), picture, '--out', path('other'), ...flags);
    expect(ended.status, ended.stderr).toBe(0);
    const { data } = await decodePicture(path('other', 'disc-000.png'), { channels: 3 });
    return { mean: data.reduce((sum, value) => sum + value) / data.length, stderr: ended.stderr };
  };
  const { data } = await decodePicture(picture, { channels: 3 });
  const before = data.reduce((sum, value) => sum + value) / data.length;
  const guessed = await mean();
  expect(guessed.stderr).toMatch(/other\.onnx was made by another tool.*--layout nchw --range 0\.\.1 .*any size/);
  expect(guessed.mean).toBeCloseTo(255 - before, 0);
  // Values up to 255 into one that works with 1: all black but where there is no light at all.
  expect((await mean('--range', '0..255', '--output-range', '0..1')).mean).toBeLessThan(40);
  refused(
    await run('translate', path('run'), picture, '--out', path('other'), '--range', '0..1'),
    /says itself what it takes/,
  );
  refused(
    await run('translate', path('other.onnx'), picture, '--out', path('other'), '--layout', 'nhwc'),
    /does not fit what is said of it/,
  );
  const inspected = await run('inspect', path('other.onnx'), '--json');
  expect(inspected.done).toMatchObject({ kind: 'model', io: { layout: 'nchw', range: '0..1', size: null } });
});

it('survives a model that crashes whoever opens it', async () => {
  writeFileSync(path('crash.onnx'), hostileModels['an Einsum that crashes the runtime']!.bytes());
  const ended = await run('translate', path('crash.onnx'), path('pairs', 'A'), '--out', path('crashed'));
  refused(ended, /crash\.onnx cannot be used: the process that tried it out was killed/);
});
