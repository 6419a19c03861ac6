/** Which files are pictures: by content, with a reason for each that is not. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { sharp } from './codecs.ts';
import { isLitter, listFolder, saySkipped } from './listing.ts';

const folder = temporary();
afterAll(() => folder.remove());
const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#c00' } })
  .png()
  .toBuffer();
const jpeg = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#c00' } })
  .jpeg()
  .toBuffer();

const put = (name: string, bytes: Buffer | string): void => writeFileSync(folder.path(name), bytes);

it('content decides, endings do not; what is no picture is named with why, what systems leave is not', () => {
  put('a.png', png);
  put('from the web.jfif', jpeg);
  put('without ending', png);
  put('wrong.dat', jpeg);
  put('c.bmp', Buffer.from('BM'));
  put('d.ppm', 'P3 1 1 255 1 2 3');
  put('page.html', '<html></html>');
  put('layers.psd', '8BPS');
  put('.DS_Store', 'x');
  put('._a.png', 'x');
  put('Thumbs.db', 'x');
  put('desktop.ini', 'x');
  put('held-out.txt', 'a');
  mkdirSync(folder.path('x.png'));
  symlinkSync(folder.path('gone'), folder.path('dead.png'));
  symlinkSync(folder.path('a.png'), folder.path('alive.png'));
  const { pictures, skipped } = listFolder(folder.path('.'));
  expect(pictures.map((file) => basename(file))).toEqual([
    'a.png',
    'alive.png',
    'c.bmp',
    'd.ppm',
    'from the web.jfif',
    'layers.psd',
    'without ending',
    'wrong.dat',
  ]);
  expect(skipped.map(({ file, why }) => [basename(file), why])).toEqual([
    ['dead.png', 'is a link to something that is gone'],
    ['page.html', 'is not a picture that can be read'],
  ]);
  expect(saySkipped(skipped)).toMatch(/^2 files are not read: .*dead\.png is a link/);
});

describe('names that no person gave', () => {
  it.each(['.hidden', 'Thumbs.db', 'THUMBS.DB', '__MACOSX', '@eaDir', 'Icon\r', '$RECYCLE.BIN'])('%s', (name) =>
    expect(isLitter(name)).toBe(true),
  );
  it.each(['thumbs.png', 'icon.png', 'a.db', join('x')])('but not %s', (name) => expect(isLitter(name)).toBe(false));
});
