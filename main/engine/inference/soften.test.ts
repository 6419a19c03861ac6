/** Weights between two models: results at the ends are theirs, those between lie between. */
import { writeFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { srgan } from '../../../models/families/srgan.ts';
import { halveModel } from '../../../models/onnx/half.ts';
import { startRuntime } from '../cpu/ort.ts';
import { values } from '../testing/values.ts';
import { encodeModel } from '../training/snapshot.ts';
import { temporary } from '../../testing/folder.ts';
import { softened } from './soften.ts';
import { openUpscaler } from './upscale-files.ts';

startRuntime(1);
const folder = temporary();
afterAll(() => folder.remove());

/** A small network whose weights are drawn by the seed. */
function model(title: string, seed: number, settings: object = {}, halved = false) {
  const shape = { size: 32, channels: 3, batch: 1, labels: [] } as const;
  const parsed = srgan.settings.parse({ width: 16, blocks: 2, ...settings });
  const bytes = encodeModel(
    { family: srgan, shape, settings: parsed, step: 0 },
    srgan.program(shape, parsed).models[0]!,
    ({ name, shape: wanted }) => values(seed, name, wanted, [-0.2, 0.2]),
  );
  const file = folder.path(`${title}.onnx`);
  writeFileSync(file, halved ? halveModel(bytes) : bytes);
  return { file, title };
}

const side = 32;
const picture = values(1, 'picture', [3, side, side], [-1, 1]);
async function made(...how: Parameters<typeof openUpscaler>): Promise<Float32Array> {
  const upscaler = openUpscaler(...how);
  const result = (await upscaler.run(picture, { width: side, height: side })).slice();
  upscaler.release();
  return result;
}
const apart = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

it.each([
  ['in whole precision', false],
  ['of which one is halved', true],
])('two models %s: at the ends the results are theirs', async (_, halved) => {
  const [own, softer] = [model('own', 1, {}, halved), model('softer', 2)];
  const [itself, other] = [await made(own), await made(softer)];
  const at = (softness: number): Promise<Float32Array> => made({ ...own, softer }, softness);
  expect(apart(await at(0), itself)).toBe(0);
  expect(apart(await at(1), other)).toBeLessThan(1e-5);
  expect(apart(itself, other)).toBeGreaterThan(0.05);
  const half = await at(0.5);
  expect(apart(half, itself)).toBeGreaterThan(0.02);
  expect(apart(half, other)).toBeGreaterThan(0.02);
  // A little softer is a little nearer to the softer one.
  expect(apart(await at(0.01), itself)).toBeLessThan(apart(half, itself) / 10);
});

it('models that are other networks are refused, and those that have no softer one', () => {
  const own = model('own', 1);
  for (const other of [{ factor: '4' }, { width: 8 }, { generator: 'srresnet' }])
    expect(() => softened(own, model('other', 2, other), 0.5)).toThrow('other is another network than own');
  // As many weights of the same names, and yet it enlarges otherwise.
  const halves = { factor: '2', oversampling: '2' };
  expect(() => softened(model('halves', 1, halves), model('four', 2, { factor: '4' }), 0.5)).toThrow('another network');
  expect(() => openUpscaler(own, 0.5)).toThrow('own has no softness');
});
