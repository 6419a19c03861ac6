import { beforeAll, describe, expect, it } from 'vitest';
import { startRuntime } from '../cpu/ort.ts';
import { randomGenerator } from '../testing/testing-model.ts';
import { Generator, wishFor } from './generator.ts';

describe('what a generator learned to listen to by itself', () => {
  beforeAll(() => startRuntime(1));
  const wish = (more: Parameters<typeof wishFor>[1]) => wishFor({ kind: 'seed', seed: 1 }, more);

  it('moves its pictures: kinds as labels do, numbers as sliders do', async () => {
    const generator = new Generator(randomGenerator({ family: 'infogan' }), 'codes');
    expect(generator.codes).toEqual(['sliders-1', 'sliders-2']);
    expect(generator.sliders.slice(0, 3)).toEqual(['sliders-1', 'sliders-2', 'found-1']);
    const looks = [];
    for (const more of [
      {},
      { labels: { kind: '2' } },
      { moves: { 'sliders-1': 2 } },
      { moves: { 'sliders-2': 2 } },
      { moves: { 'found-1': 2 } },
    ])
      looks.push(Buffer.from((await generator.make(wish(more))).data).toString('base64'));
    expect(new Set(looks).size).toBe(looks.length);
    await expect(generator.make(wish({ moves: { 'sliders-3': 1 } }))).rejects.toThrow('not there any more');
    generator.release();
  });

  it('is nothing where it takes one latent alone', () => {
    const generator = new Generator(randomGenerator(), 'noise');
    expect(generator.codes).toEqual([]);
    generator.release();
  });
});
