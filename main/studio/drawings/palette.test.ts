import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { encodePng } from '../../engine/pictures/pictures.ts';
import { learnedPalette } from './palette.ts';

const folder = temporary();
afterAll(() => folder.remove());

/** Pairs whose inputs have the colour that `at` gives for each pixel. */
async function dataset(name: string, at: (x: number, y: number, i: number) => readonly number[]): Promise<string> {
  for (const side of ['A', 'B']) mkdirSync(folder.path(name, side), { recursive: true });
  for (let i = 0; i < 6; i++) {
    const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, k) => {
      const pixel = Math.floor(k / 3);
      return at(pixel % 32, Math.floor(pixel / 32), i)[k % 3]!;
    });
    for (const side of ['A', 'B'])
      await encodePng({ width: 32, height: 32, channels: 3, data }, folder.path(name, side, `${i}.png`));
  }
  return folder.path(name);
}

describe("a model's palette", () => {
  it('has the colours of labels, the most used first', async () => {
    const labels = await dataset('labels', (x, y, i) =>
      x + y < 10 + i ? [255, 0, 0] : x > 20 ? [0, 128, 255] : [30, 30, 30],
    );
    const palette = await learnedPalette(labels);
    expect(new Set(palette)).toEqual(new Set(['#1e1e1e', '#0080ff', '#ff0000']));
    expect(palette[0]).toBe('#1e1e1e');
  });
  it('has the most used colours of drawings that are filled with colour, alike ones once', async () => {
    const grounds = [200, 0, 0, 204, 4, 0, 0, 0, 200, 0, 160, 0, 4, 160, 4, 240, 220, 0];
    const filled = await dataset('filled', (x, y, i) =>
      Math.hypot(x - 16, y - 16) < 6 ? [255, 255, 255] : grounds.slice(3 * i, 3 * i + 3),
    );
    const palette = await learnedPalette(filled);
    expect(palette).toHaveLength(5);
    for (const colour of ['#ffffff', '#0000c8', '#f0dc00']) expect(palette).toContain(colour);
  });
  it('is empty for line drawings and for photographs', async () => {
    const lines = await dataset('lines', (x) => (x % 8 === 0 ? [0, 0, 0] : [255, 255, 255]));
    expect(await learnedPalette(lines)).toEqual([]);
    const photo = await dataset('photo', (x, y, i) => [x * 8, y * 8, (x * y + i * 20) % 256]);
    expect(await learnedPalette(photo)).toEqual([]);
  });
});
