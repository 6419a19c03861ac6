import { beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { writeLabelled } from '../../testing/datasets.ts';
import { startRuntime } from '../cpu/ort.ts';
import { AgreementTotal, LabelReader } from './agreement.ts';

const SIZE = 16;

describe('a reader of labels', () => {
  const { path } = temporary();
  beforeAll(async () => {
    startRuntime(1);
    await writeLabelled(path('data'), 12, SIZE);
  });
  const learn = (dataset: string, holdout = 0.25) =>
    LabelReader.learn(
      { dataset, holdout, seed: 1, size: SIZE, channels: 3 },
      { threads: 1, warn: () => undefined, steps: 80 },
    );

  it('is right about pictures that it never saw, and the same every time', async () => {
    const [reader, again] = [(await learn(path('data')))!, (await learn(path('data')))!];
    expect(reader.accuracy).toEqual({ n: 6, traits: { label: 1 }, all: 1 });
    const red = new Float32Array(3 * SIZE ** 2).fill(-1).fill(1, 0, SIZE ** 2);
    const read = await reader.read(red);
    expect(read['label']!['red']).toBeGreaterThan(0.9);
    expect(await again.read(red)).toEqual(read);
    await Promise.all([reader, again].map((each) => each.dispose()));
  });

  it('does not come of pictures without labels', async () => {
    expect(await learn(path('data', 'red'))).toBeNull();
  });
});

describe('agreement', () => {
  const read = (hair: number, skin: number) => ({
    hair: { long: hair, short: 1 - hair },
    skin: { dark: skin, light: 1 - skin },
  });

  it('counts each trait that was asked for, and all of them at once', () => {
    const total = new AgreementTotal();
    const asked = { hair: 'long', skin: 'dark' };
    for (const [hair, skin] of [[0.9, 0.8], [0.9, 0.2], [0.4, 0.9], [0.1, 0.1]] as const) total.add(asked, read(hair, skin)); // oxfmt-ignore
    expect(total.agreement()).toEqual({ n: 4, traits: { hair: 0.5, skin: 0.5 }, all: 0.25 });
  });

  it('leaves out what was not asked for', () => {
    const total = new AgreementTotal();
    total.add({ hair: 'short' }, read(0.2, 0.9));
    expect(total.agreement()).toEqual({ n: 1, traits: { hair: 1 }, all: 1 });
  });
});
