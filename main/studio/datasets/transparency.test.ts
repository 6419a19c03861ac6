import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { encodePng } from '../../engine/pictures/pictures.ts';
import { isTransparent } from './transparency.ts';

const folder = temporary();
afterAll(() => folder.remove());

/** Pairs of which each side has this alpha everywhere; null for three channels. */
async function pairs(name: string, a: number | null, b: (i: number) => number | null): Promise<string> {
  for (const side of ['A', 'B']) mkdirSync(folder.path(name, side), { recursive: true });
  const write = (alpha: number | null, file: string): Promise<void> => {
    const channels = alpha === null ? 3 : 4;
    const data = new Uint8Array(16 * 16 * channels).map((_, i) => (i % 4 === 3 && alpha !== null ? alpha : 90));
    return encodePng({ width: 16, height: 16, channels, data }, file);
  };
  for (let i = 0; i < 10; i++) {
    await write(a, folder.path(name, 'A', `${i}.png`));
    await write(b(i), folder.path(name, 'B', `${i}.png`));
  }
  return folder.path(name);
}

describe('whether pictures are see-through', () => {
  it.each([
    ['finished pictures that are', null, () => 0, true],
    ['drawings alone', 0, () => null, false],
    ['an alpha channel that hides nothing', null, () => 255, false],
    ['one picture of ten', null, (i: number) => (i === 0 ? 0 : 255), false],
    ['most of them', null, (i: number) => (i === 0 ? 255 : 128), true],
  ])('%s', async (name, a, b, transparent) => {
    expect(await isTransparent(await pairs(name, a, b), 'finished')).toBe(transparent);
  });
  it('is asked of drawings apart', async () => {
    expect(await isTransparent(await pairs('cut out', 0, () => null), 'drawings')).toBe(true);
    expect(await isTransparent(await pairs('on paper', null, () => 0), 'drawings')).toBe(false);
  });
});
