/** Translating, evaluating and inspecting with a really trained model, beside another program that loads it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodePicture, encodePng, toPlanar } from '../main/engine/pictures.ts';
import { run, temporary, writePairs } from './maquette.ts';

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
