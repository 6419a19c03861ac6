/** Results get names that this machine can take and that no two share; one file's failure never ends the others. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { fittingName } from '../engine/inference/result-file.ts';
import { translateFiles, type FinishedFile } from '../engine/inference/translate-files.ts';
import { Translator } from '../engine/inference/translator.ts';
import { startRuntime } from '../engine/cpu/ort.ts';
import { sharp } from '../engine/pictures/codecs.ts';
import { randomModel } from '../engine/testing/testing-model.ts';
import { describeDataset } from './datasets/describe.ts';
import { collectPictures } from './collect-pictures.ts';

const folder = temporary();
afterAll(() => folder.remove());
const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#39c' } })
  .png()
  .toBuffer();

it('names near the 255 bytes of a file system are shortened, equal ones told apart, and each is said', async () => {
  const long = 'a'.repeat(250);
  const japanese = '絵'.repeat(83);
  mkdirSync(folder.path('in'));
  for (const name of [`${long}.png`, `${japanese}x.png`, 'hero.png', 'hero.jpg', 'plain.png'])
    writeFileSync(folder.path('in', name), png);
  writeFileSync(folder.path('in', 'notes.txt'), 'no picture');
  symlinkSync(folder.path('nowhere'), folder.path('in', 'dead.png'));
  const { pictures, skipped, renamed } = await collectPictures([folder.path('in')]);
  const names = pictures.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('hero'))).toEqual(['hero-jpg', 'hero-png']);
  expect(new Set(names).size).toBe(5);
  for (const name of names) expect(Buffer.byteLength(`${name}.png.1234567890.tmp`)).toBeLessThanOrEqual(255);
  expect(renamed).toHaveLength(4);
  expect(skipped.map(({ file }) => basename(file))).toEqual(['dead.png', 'notes.txt']);

  startRuntime(1);
  const told: FinishedFile[] = [];
  const translator = new Translator(randomModel(), 'a model');
  const options = { out: folder.path('out'), tile: false, strength: 1, onlyMissing: false };
  const written = await translateFiles(translator, { ...options, pictures, onPicture: (one) => told.push(one) });
  expect(written).toBe(5);
  expect(readdirSync(folder.path('out'))).toHaveLength(5);
});

it('of several files those that are no pictures are left out; one alone is tried', async () => {
  writeFileSync(folder.path('good.png'), png);
  writeFileSync(folder.path('notes.txt'), 'no picture');
  const { pictures, skipped } = await collectPictures([folder.path('good.png'), folder.path('notes.txt')]);
  expect([pictures, skipped].map((all) => all.map(({ file }) => basename(file)))).toEqual([
    ['good.png'],
    ['notes.txt'],
  ]);
  const alone = await collectPictures([folder.path('notes.txt')]);
  expect(alone.pictures.map(({ file }) => basename(file))).toEqual(['notes.txt']);
});

it('a result that cannot be written is told, and the others are made', async () => {
  mkdirSync(folder.path('blocked', 'two.png'), { recursive: true }); // a folder where the result belongs
  const pictures = ['one', 'two', 'three'].map((name) => {
    writeFileSync(folder.path(`${name}.png`), png);
    return { file: folder.path(`${name}.png`), name };
  });
  startRuntime(1);
  const told: FinishedFile[] = [];
  const options = { out: folder.path('blocked'), tile: false, strength: 1, onlyMissing: false, pictures };
  const translator = new Translator(randomModel(), 'a model');
  expect(await translateFiles(translator, { ...options, onPicture: (one) => told.push(one) })).toBe(2);
  expect(told.filter(({ problem }) => problem !== null)).toEqual([
    expect.objectContaining({ name: 'two', problem: expect.stringContaining('Cannot write') as string }),
  ]);
});

it.each([
  ['con', 'con-'],
  ['aux.old', 'aux.old-'],
  ['what? <no>', 'what- -no-'],
  ['ends.', 'ends-'],
  ['fine', 'fine'],
])('on Windows %s becomes %s', (wanted, name) => expect(fittingName(wanted, 'win32')).toBe(name));

it('names are in the order in which they are read: 2 before 10', async () => {
  for (const side of ['A', 'B']) {
    mkdirSync(folder.path('props', side), { recursive: true });
    for (const n of [1, 10, 2]) writeFileSync(folder.path('props', side, `prop_${n}.png`), png);
  }
  const wanted = ['prop_1', 'prop_2', 'prop_10'];
  expect(describeDataset(folder.path('props')).pictures.map(({ name }) => name)).toEqual(wanted);
  const { pictures } = await collectPictures([folder.path('props', 'A')]);
  expect(pictures.map(({ name }) => name)).toEqual(wanted);
});
