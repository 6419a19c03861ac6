/** Models from elsewhere that crash, fill the memory or never end: each is one line for the person, and nothing else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { readOnnx } from '../../models/onnx/read.ts';
import { freeModel, hostileModels, invertingModel, slowModel } from '../engine/testing/testing-onnx.ts';
import { openStudio, type OpenedStudio } from './testing-studio.ts';

const folder = temporary();
process.env['MAQUETTE_HOME'] = folder.path('home');
let opened: OpenedStudio;
beforeAll(async () => {
  opened = await openStudio();
  await opened.client.call('projects.create', { title: 'Hostile', token: null });
});
afterAll(async () => {
  await opened.studio.close();
  folder.remove();
});

function given(name: string, bytes: Uint8Array): string {
  const file = folder.path(`${name}.onnx`);
  writeFileSync(file, bytes);
  return opened.token(file);
}

const refusal = (tokens: string[]): Promise<string> =>
  opened.client.call('models.import', { tokens }).then(
    () => expect.fail('it was taken'),
    (error: unknown) => (error as Error).message,
  );

describe('refused with one line:', () => {
  it.each(Object.entries(hostileModels))('%s', async (name, { bytes, says }) => {
    const { client, log, project } = opened;
    const message = await refusal([given(name, bytes())]);
    expect(message).toMatch(says);
    expect(message).toContain(`${name}.onnx cannot be used: `);
    expect(message).not.toContain('\n');
    // The studio has not noticed: it answers, it logged no fault, nothing was kept.
    expect(await client.call('app.info', {})).toHaveProperty('version');
    expect(log).toEqual([]);
    expect((await project()).models).toEqual([]);
  });
});

it('one that works for ever is ended, with the process that tried it', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 15)); // 2 seconds, not 30
  const message = await refusal([given('slow', slowModel())]);
  expect(spy).toHaveBeenCalledWith(30_000);
  spy.mockRestore();
  expect(message).toBe('slow.onnx cannot be used: it takes longer than 30 seconds');
  expect(await opened.client.call('app.info', {})).toHaveProperty('version');
});

it('good ones are taken in the same session, with what they are', async () => {
  const { client, project } = opened;
  await client.call('models.import', { tokens: [given('good', freeModel()), given('inverting', invertingModel())] });
  const models = new Map((await project()).models.map((model) => [model.title, model]));
  expect(models.get('good')).toMatchObject({ family: 'cyclegan', size: 32, anySize: true, io: null, confirmed: true });
  expect(models.get('inverting')).toMatchObject({
    ...{ family: '', size: null, anySize: true, confirmed: false, directions: ['AtoB'] },
    io: { layout: 'nchw', range: '0..1', outputRange: '0..1', channels: 'rgb', size: null, multiple: 1 },
  });
  expect(readFileSync(folder.path('good.onnx')).length).toBeGreaterThan(0);
});

it('one that keeps its weights in a file beside it is taken into the library as one file', async () => {
  const { client, project } = opened;
  writeFileSync(folder.path('secret.bin'), Buffer.from(Float32Array.of(0.25).buffer));
  const token = given('apart', hostileModels['external data']!.bytes());
  const { models } = await client.call('models.import', { tokens: [token] });
  const { path } = opened.studio.project!.folder;
  const { weights, inputs } = readOnnx(readFileSync(join(path, 'models', `${models[0]!}.onnx`)));
  expect([weights.get('w')!.data[0], inputs.length]).toEqual([0.25, 1]);
  expect((await project()).models.find(({ id }) => id === models[0])).toMatchObject({ io: { size: { width: 32 } } });
});
