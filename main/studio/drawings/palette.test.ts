import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { encodePng } from '../../engine/pictures/pictures.ts';
import { learnedPalette, learnedPaper, lookAt } from './palette.ts';

const folder = temporary();
afterAll(() => folder.remove());

/** Pairs whose inputs have the colour that `at` gives for each pixel. */
async function dataset(name: string, at: (x: number, y: number, i: number) => readonly number[]): Promise<string> {
  for (const side of ['A', 'B']) mkdirSync(folder.path(name, side), { recursive: true });
  for (let i = 0; i < 6; i++) {
    const data = new Uint8Array(32 * 32 * 3).map((_, k) => {
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
    const palette = learnedPalette(await lookAt(labels));
    expect(new Set(palette)).toEqual(new Set(['#1e1e1e', '#0080ff', '#ff0000']));
    expect(palette[0]).toBe('#1e1e1e');
  });
  it('has the most used colours of drawings that are filled with colour, alike ones once', async () => {
    const grounds = [200, 0, 0, 204, 4, 0, 0, 0, 200, 0, 160, 0, 4, 160, 4, 240, 220, 0];
    const filled = await dataset('filled', (x, y, i) =>
      Math.hypot(x - 16, y - 16) < 6 ? [255, 255, 255] : grounds.slice(3 * i, 3 * i + 3),
    );
    const palette = learnedPalette(await lookAt(filled));
    expect(palette).toHaveLength(5);
    for (const colour of ['#ffffff', '#0000c8', '#f0dc00']) expect(palette).toContain(colour);
  });
  it('is empty for line drawings and for photographs', async () => {
    const lines = await dataset('lines', (x) => (x % 8 === 0 ? [0, 0, 0] : [255, 255, 255]));
    expect(learnedPalette(await lookAt(lines))).toEqual([]);
    const photo = await dataset('photo', (x, y, i) => [x * 8, y * 8, (x * y + i * 20) % 256]);
    expect(learnedPalette(await lookAt(photo))).toEqual([]);
  });
});

describe("a model's paper", () => {
  const paperOf = async (...args: Parameters<typeof dataset>): Promise<string> =>
    learnedPaper(await lookAt(await dataset(...args)));

  it('is what its inputs lie on', async () => {
    expect(await paperOf('white-on-black', (x) => (x % 8 === 3 ? [255, 255, 255] : [0, 0, 0]))).toBe('#000000');
    // As JPEG makes it of a blueprint, whose middle is full of lines.
    const blueprint = await paperOf('blueprint', (x, y, i) =>
      Math.hypot(x - 16, y - 16) < 14 ? [240, 244, 255] : [24 + ((x + y + i) % 3), 66, 132],
    );
    expect(blueprint).toMatch(/^#1[89a]4284$/);
  });
  it('is white where they lie on paper of any colour, or on none', async () => {
    expect(await paperOf('photos', (x, y, i) => [x * 8, y * 8, (x * y + i * 20) % 256])).toBe('#ffffff');
    expect(learnedPaper([])).toBe('#ffffff');
  });
  it('is that of the first of two sets', async () => {
    for (const [set, value] of [
      ['A', 10],
      ['B', 240],
    ] as const) {
      mkdirSync(folder.path('sets', `train${set}`), { recursive: true });
      const data = new Uint8Array(16 * 16 * 3).fill(value);
      await encodePng({ width: 16, height: 16, channels: 3, data }, folder.path('sets', `train${set}`, 'one.png'));
    }
    expect(learnedPaper(await lookAt(folder.path('sets')))).toBe('#0a0a0a');
  });
});
