import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import sharp from 'sharp';
import { temporary } from '../../testing/folder.ts';
import { DecodedPictures } from './deck.ts';

const { path: place, remove } = temporary();
afterAll(remove);

it('opens a picture that belongs to several cards once, and again where there is no room to keep it', async () => {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c62' } })
    .png()
    .toBuffer();
  const drawings = ['one.png', 'two.png'];
  for (const name of [...drawings, 'target.png', 'other.png']) writeFileSync(place(name), png);
  const cards = drawings.map((name) => ({
    name,
    pictures: [{ file: place(name) }, { file: place('target.png') }],
  }));
  const [roomy, narrow] = [new DecodedPictures(8, 3, 1 << 20), new DecodedPictures(8, 3, 1)];
  for (const cache of [roomy, narrow]) {
    await cache.get(cards[0]!);
    await cache.get({ name: 'other', pictures: [{ file: place('other.png') }] });
  }
  rmSync(place('target.png'));
  expect((await roomy.get(cards[1]!)).map(({ data }) => data.length)).toEqual([192, 192]);
  await expect(narrow.get(cards[1]!)).rejects.toThrow('target.png');
});
