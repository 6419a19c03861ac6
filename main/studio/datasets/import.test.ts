import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { writePairs } from '../../testing/datasets.ts';
import { openPairs } from '../../engine/data/datasets.ts';
import { encodePng } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { describeDataset } from './describe.ts';
import { addToDataset, importDataset } from './import.ts';
import { MANIFEST_FILE, readManifest, writeManifest } from './manifest.ts';
import { walkFolder } from './walk.ts';
import { recognise } from './recognise.ts';
import { boxes, rectangles } from './testing.ts';

let place: ReturnType<typeof temporary>;
beforeEach(() => {
  place = temporary();
});
afterEach(() => place.remove());

/** Writes square pictures, or side-by-side ones. */
async function pictures(names: readonly string[], width = 16): Promise<void> {
  for (const [i, name] of names.entries()) await encodePng(boxes(i, width, 16), place.path('from', ...name.split('/')));
}

const from = (...names: string[]): string[] => names.map((name) => place.path('from', ...name.split('/')));
const to = (): string => place.path('project', 'set');
const written = (): string[] =>
  (readdirSync(to(), { recursive: true }) as string[]).filter((n) => n.includes('.')).sort();
const importAll = (...sources: string[]): ReturnType<typeof importDataset> =>
  importDataset({ sources, folder: to(), title: 'My props' });

const NO_NOTES = { skipped: [], alone: [], open: [] };

describe('recognise', () => {
  it.each<[string, string[], number, string[], object]>([
    [
      'a folder with A and B',
      ['x/A/1.png', 'x/B/1.png', 'x/B/2.png'],
      16,
      ['x'],
      { kind: 'pairs', layout: 'folders', count: 1 },
    ],
    [
      'a folder with A and B of which no names agree',
      ['x/A/cup.png', 'x/A/axe.png', 'x/B/3.png'],
      16,
      ['x'],
      { kind: 'sets', a: { count: 2 }, b: { count: 1 }, others: [{ kind: 'labelled' }, { kind: 'pictures' }] },
    ],
    [
      'a folder with train',
      ['x/train/1.png', 'x/val/1.png'],
      32,
      ['x'],
      { kind: 'pairs', layout: 'sideBySide', count: 2 },
    ],
    ['pictures', ['x/1.png', 'x/deep/er/2.png', 'x/.hidden.png'], 16, ['x'], { kind: 'pictures', count: 2 }],
    ['loose files', ['1.png', '2.png'], 16, ['1.png', '2.png', '2.png'], { kind: 'pictures', count: 2 }],
    [
      'pictures twice as wide as high',
      ['1.png', '2.png'],
      32,
      ['1.png', '2.png'],
      { kind: 'pairs', layout: 'sideBySide', count: 2 },
    ],
    [
      'two folders that have little in common',
      ['x/1.png', 'x/2.png', 'x/3.png', 'y/1.png'],
      16,
      ['x', 'y'],
      { kind: 'sets', a: { count: 3 }, b: { count: 1 }, others: [{ kind: 'pictures', count: 4 }] },
    ],
    [
      'a folder with trainA and trainB',
      ['x/trainA/1.png', 'x/trainB/1.png', 'x/testA/2.png', 'x/trainB/deep/2.png'],
      16,
      ['x'],
      { kind: 'sets', a: { count: 2 }, b: { count: 2 }, others: [{ kind: 'pictures', count: 4 }] },
    ],
    [
      'a folder of two folders that has pictures beside them',
      ['x/y/1.png', 'x/z/2.png', 'x/3.png'],
      16,
      ['x'],
      { kind: 'pictures', count: 3, others: [] },
    ],
    [
      'subfolders of pictures, each a label',
      ['x/oak/1.png', 'x/oak/2.png', 'x/elm/1.png', 'x/fir/1.png'],
      16,
      ['x'],
      {
        ...{ kind: 'labelled', layout: 'labelFolders', count: 4, labels: ['elm', 'fir', 'oak'] },
        others: [{ kind: 'pictures', count: 4 }],
      },
    ],
    [
      'subfolders that are no labels, as there are deeper ones',
      ['x/oak/1.png', 'x/elm/1.png', 'x/fir/old/1.png'],
      16,
      ['x'],
      { kind: 'pictures', count: 3, others: [{ kind: 'labelled' }] },
    ],
    [
      'subfolders of pictures side by side',
      ['x/oak/1.png', 'x/elm/1.png', 'x/fir/1.png'],
      32,
      ['x'],
      { kind: 'pairs', layout: 'sideBySide', count: 3, others: [{ kind: 'labelled' }] },
    ],
  ])('tells %s', async (_, files, width, sources, what) => {
    await pictures(files, width);
    expect(await recognise(from(...sources))).toMatchObject(what);
  });

  it('tells two folders that pair up, which is the input, and what else they can be', async () => {
    await pictures(['lines/a/1.png', 'lines/2.png', 'finished/a/1.jpg', 'finished/2.png', 'finished/3.png']);
    const [lines, finished] = from('lines', 'finished') as [string, string];
    const sets = { kind: 'sets', a: { folder: lines, count: 2 }, b: { folder: finished, count: 3 }, ...NO_NOTES };
    const others = [sets, { kind: 'pictures', count: 5, ...NO_NOTES }];
    const notes = { ...NO_NOTES, alone: ['finished/3.png'] };
    const paired = { kind: 'pairs', layout: 'folders', count: 2, a: lines, b: finished, others, ...notes };
    expect(await recognise([finished, lines])).toMatchObject(paired);
    expect(await recognise([dirname(lines)])).toMatchObject(paired);
  });

  it('names what is left out, what is alone and what could be meant otherwise, before anything is copied', async () => {
    await pictures(['x/A/1.png', 'x/A/hero_a.png', 'x/A/hero_ink.png', 'x/A/alone.png', 'x/B/1.png', 'x/B/hero.png']);
    writeFileSync(place.path('from', 'x', 'B', 'notes.txt'), 'text');
    expect(await recognise(from('x'))).toMatchObject({
      ...{ kind: 'pairs', count: 1 },
      skipped: [{ file: 'B/notes.txt', why: 'is not a picture that can be read' }],
      alone: ['A/alone.png', 'A/hero_a.png', 'A/hero_ink.png', 'B/hero.png'],
      open: [{ inputs: ['A/hero_a.png', 'A/hero_ink.png'], targets: ['B/hero.png'] }],
    });
  });

  it('says that there is nothing, or nothing there', async () => {
    mkdirSync(place.path('from'));
    expect(await recognise([place.path('from')])).toMatchObject({
      kind: 'nothing',
      reason: expect.stringMatching(/./) as string,
    });
    writeFileSync(place.path('from', 'text.png'), 'text');
    expect(await recognise([place.path('from')])).toMatchObject({
      kind: 'nothing',
      reason: expect.stringMatching(/^text\.png is named as PNG/) as string,
    });
    expect(await recognise([place.path('from', 'text.png')])).toMatchObject({
      reason: expect.stringMatching(/^text\.png is named as PNG/) as string,
    });
    writeFileSync(place.path('from', 'more.png'), 'text');
    expect(await recognise([place.path('from')])).toMatchObject({
      reason: expect.stringMatching(/2 files are not read: more\.png and 1 more: each is named/) as string,
    });
    await expect(recognise([place.path('nowhere')])).rejects.toThrow(/nowhere: it does not exist/);
  });

  it('counts pictures that cannot be opened apart, and shows a few of the others', async () => {
    await pictures(['x/1.png', 'x/2.png', 'y/A/1.png', 'y/B/1.png']);
    writeFileSync(place.path('from', 'x', 'text.png'), 'text');
    expect(await recognise(from('x'))).toMatchObject({
      ...{ kind: 'pictures', count: 2, seen: from('x/1.png', 'x/2.png'), sheet: null },
      skipped: [{ file: 'text.png', why: expect.stringMatching(/^is named as PNG but is not/) as string }],
    });
    expect(await recognise(from('y'))).toMatchObject({ kind: 'pairs', seen: from('y/A/1.png', 'y/B/1.png') });
  });

  it('sees that one picture is a sheet of many', async () => {
    const cells = Array.from({ length: 16 }, (_, i) => ({ left: (i % 4) * 16 + 3, top: (i >> 2) * 16 + 3 }));
    const things = cells.map((at) => ({ ...at, width: 10, height: 10 }));
    mkdirSync(place.path('from'));
    await encodePng(rectangles({ width: 64, height: 64, channels: 4 }, things), place.path('from', 'sheet.png'));
    const [file] = from('sheet.png');
    expect(await recognise([file!])).toMatchObject({ count: 1, sheet: { file, cells: 16 } });
    expect(await recognise([place.path('from')])).toMatchObject({ sheet: { file, cells: 16 } });
    await pictures(['2.png']);
    expect(await recognise([place.path('from')])).toMatchObject({ count: 2, sheet: null });
  });

  it('follows links within a folder and out of it, each folder once, and passes over dead ones', async () => {
    await pictures(['x/1.png', 'other/2.png']);
    symlinkSync(place.path('from', 'other'), place.path('from', 'x', 'out'));
    symlinkSync(place.path('from', 'x'), place.path('from', 'x', 'loop'));
    symlinkSync(place.path('nowhere'), place.path('from', 'x', 'dead.png'));
    const dead = { file: 'dead.png', why: 'is a link to something that is gone' };
    const found = { kind: 'pictures', count: 2, others: [], ...NO_NOTES, skipped: [dead] };
    expect(await recognise(from('x'))).toMatchObject(found);
    const { skipped } = await walkFolder(place.path('from', 'x'));
    expect(skipped).toEqual([
      { file: place.path('from', 'x', 'dead.png'), why: 'is a link to something that is gone' },
    ]);
  });

  it('looks no deeper than 16 folders', async () => {
    const deep = Array.from({ length: 17 }, () => 'd').join('/');
    await pictures([`x/${deep}/1.png`, `x/${deep.slice(2)}/2.png`]);
    expect(await recognise(from('x'))).toMatchObject({ kind: 'pictures', count: 1, others: [], ...NO_NOTES });
  });
});

describe('importDataset', () => {
  it('copies pairs, what has no partner, and the held-out names; skips what is broken with its partner', async () => {
    await writePairs(place.path('from', 'x'), 4);
    writeFileSync(place.path('from', 'x', 'A', 'disc-001.png'), 'some text');
    const whole = readFileSync(place.path('from', 'x', 'B', 'disc-002.png'));
    writeFileSync(place.path('from', 'x', 'A', 'alone.png'), whole);
    writeFileSync(place.path('from', 'x', 'held-out.txt'), 'disc-003\n');
    const progress: string[] = [];
    const onProgress = (done: number, total: number): number => progress.push(`${done}/${total}`);
    const result = await importDataset({ sources: from('x'), folder: to(), title: 'My props', onProgress });
    expect(result).toMatchObject({ kind: 'pairs', layout: 'folders', count: 3 });
    expect(result.skipped).toEqual([
      { file: 'A/disc-001.png', why: expect.stringMatching(/^is named as PNG but is not a picture/) as string },
      { file: 'B/disc-001.png', why: expect.stringMatching(/^its partner cannot be used: A.disc-001/) as string },
    ]);
    expect(progress).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
    expect(readManifest(to())).toMatchObject({ format: 1, title: 'My props', kind: 'pairs' });
    expect(describeDataset(to())).toMatchObject({ count: 3, heldOut: 1, leftOut: 0, unmatched: ['A/alone.png'] });
    expect(readFileSync(`${to()}/B/disc-002.png`)).toEqual(whole);
  });

  it('copies two sets side by side, each with names of its own, and knows what was held out', async () => {
    await pictures([
      'x/trainA/cup.png',
      'x/trainA/sub/cup.png',
      'x/testA/bowl.png',
      'x/trainB/cup.png',
      'x/trainB/pot.png',
    ]);
    writeFileSync(place.path('from', 'x', 'held-out.txt'), 'B/pot\n');
    writeFileSync(place.path('from', 'x', 'trainB', 'broken.png'), 'text');
    const result = await importAll(...from('x'));
    expect(result).toMatchObject({ kind: 'sets', layout: 'sets', count: 5 });
    expect(result.skipped).toHaveLength(1);
    expect(written()).toEqual([
      ...['dataset.json', 'held-out.txt', 'testA/bowl.png', 'trainA/cup-2.png', 'trainA/cup.png'],
      ...['trainB/cup.png', 'trainB/pot.png'],
    ]);
    expect(readFileSync(`${to()}/held-out.txt`, 'utf8')).toBe('B/pot\n');
    expect(describeDataset(to())).toMatchObject({ kind: 'sets', count: 5, sets: { a: 3, b: 2 }, heldOut: 2 });
    expect(
      describeDataset(to())
        .pictures.map(({ name }) => name)
        .sort(),
    ).toEqual([...['A/bowl', 'A/cup', 'A/cup-2', 'B/cup', 'B/pot']]);
  });

  it('takes two folders as what the person says, and the other way round', async () => {
    await pictures(['ink/1.png', 'ink/2.png', 'paint/1.png', 'paint/2.png']);
    const take = (as: 'pairs' | 'sets' | 'pictures', swap = false): ReturnType<typeof importDataset> =>
      importDataset({ sources: from('ink', 'paint'), folder: place.path('project', as), title: as, as, swap });
    expect(await take('pairs')).toMatchObject({ kind: 'pairs', count: 2 });
    expect(await take('pictures')).toMatchObject({ kind: 'pictures', count: 4 });
    expect(await take('sets', true)).toMatchObject({ kind: 'sets', count: 4 });
    const ink = readFileSync(place.path('from', 'ink', '1.png'));
    expect(readFileSync(place.path('project', 'sets', 'trainB', '1.png'))).toEqual(ink);
    const loose = importDataset({ sources: from('ink/1.png'), folder: to(), title: 'x', as: 'sets' });
    await expect(loose).rejects.toThrow(/Two sets are two folders/);
  });

  it('adds to two sets, under names that are free', async () => {
    await pictures(['ink/1.png', 'ink/2.png', 'paint/3.png', 'more/ink/1.png', 'more/paint/1.png']);
    await importAll(...from('ink', 'paint'));
    expect(await addToDataset({ sources: from('more'), folder: to() })).toMatchObject({ count: 2 });
    expect(written()).toEqual([
      ...['dataset.json', 'trainA/1-2.png', 'trainA/1.png', 'trainA/2.png', 'trainB/1.png', 'trainB/3.png'],
    ]);
    await expect(addToDataset({ sources: from('ink/1.png'), folder: to() })).rejects.toThrow(
      /Two sets are two folders/,
    );
  });

  it('pairs two sets under names that no system refuses, each taken once', async () => {
    await pictures(['s/CUP.PNG', 's/sub/cup.png', 's/Zoë 日本 🎨.png', 's/what?.png', `s/${'ü'.repeat(120)}.png`]);
    await pictures(['t/CUP.PNG', 't/sub/cup.png', 't/Zoë 日本 🎨.png', 't/what?.png', `t/${'ü'.repeat(120)}.png`]);
    expect((await importAll(...from('s', 't'))).count).toBe(5);
    expect(openPairs(to()).pairs.map(({ name }) => name)).toEqual(
      ['CUP', 'Zoë 日本 🎨', 'cup-2', 'what-', 'ü'.repeat(100)].sort(),
    );
  });

  it('says what it calls otherwise, and why', async () => {
    await pictures(['x/cup.png', 'x/y/cup.png', 'x/what?.png', `x/${'ü'.repeat(120)}.png`]);
    const { renamed } = await importAll(...from('x'));
    expect(renamed).toEqual([
      { file: 'what?.png', why: 'is called “what-” here: not every system takes its name' },
      { file: 'y/cup.png', why: 'is called “cup-2” here: a picture of that name was there already' },
      { file: `${'ü'.repeat(120)}.png`, why: `is called “${'ü'.repeat(100)}” here: its name was too long` },
    ]);
  });

  it('pairs what a person says, keeps the names, and remembers it', async () => {
    const names = ['A/hero_a.png', 'A/hero_ink.png', 'B/hero.png', 'A/7_A.png', 'B/7_B.png', 'A/p.png', 'B/p.png'];
    await pictures(names.map((name) => `x/${name}`));
    const partners = [['A/hero_ink.png', 'B/hero.png']] as const;
    await importDataset({ sources: from('x'), folder: to(), title: 'x', partners });
    expect(written()).toEqual(['dataset.json', 'partners.json', ...names].sort());
    const paired = (): string[] => describeDataset(to()).pictures.map(({ sides }) => sides.join(' '));
    const said = ['A/7_A.png B/7_B.png', 'A/hero_ink.png B/hero.png', 'A/p.png B/p.png'];
    expect(paired()).toEqual(said);
    // What comes later under like names does not part them.
    await pictures(['y/A/7_ink.png', 'y/B/7_color.png']);
    await addToDataset({ sources: from('y'), folder: to() });
    expect(paired()).toEqual([said[0], 'A/7_ink.png B/7_color.png', ...said.slice(1)]);
    // Two folders are asked about alike, and each target goes to one input.
    const two = place.path('project', 'two');
    const twice = [['A/hero_a.png', 'B/hero.png'] as const, ...partners];
    await importDataset({ sources: from('x/A', 'x/B'), folder: two, title: 'x', as: 'pairs', partners: twice });
    expect(describeDataset(two)).toMatchObject({ count: 3, unmatched: ['A/hero_a.png'] });
    writeFileSync(`${two}/partners.json`, '{');
    expect(() => describeDataset(two)).toThrow(/partners\.json is damaged; remove it/);
  });

  it('copies pictures from everywhere, with colliding names told apart', async () => {
    await pictures(['x/1.png', 'x/y/1.png', 'x/z/1.png', '1-2.png']);
    writeFileSync(place.path('from', 'x', 'empty.png'), '');
    const whole = readFileSync(place.path('from', 'x', '1.png'));
    writeFileSync(place.path('from', 'x', 'cut.png'), whole.subarray(0, 20));
    const { kind, count, skipped } = await importAll(...from('1-2.png', 'x'));
    expect([kind, count, skipped.map(({ file, why }) => `${file} ${why}`.slice(0, 18))]).toEqual([
      'pictures',
      4,
      ['x/cut.png cannot b', 'x/empty.png is emp'],
    ]);
    expect(written()).toEqual(
      ['1-2.png', '1-3.png', '1-4.png', '1.png']
        .map((n) => `pictures/${n}`)
        .concat(MANIFEST_FILE)
        .sort(),
    );
  });

  it('takes side-by-side pictures of any shape', async () => {
    await pictures(['x/train/1.png', 'x/train/2.png', 'x/val/1.png'], 32);
    await encodePng(boxes(3, 20, 16), place.path('from', 'x', 'train', 'wrong.png'));
    const { count, skipped } = await importAll(...from('x'));
    expect([count, skipped.length]).toEqual([4, 0]);
    expect(written()).toEqual([MANIFEST_FILE, 'train/1.png', 'train/2.png', 'train/wrong.png', 'val/1-2.png']);
  });

  it('appears whole or not at all', async () => {
    await pictures(['x/1.png']);
    mkdirSync(`${to()}.partial/of a run`, { recursive: true });
    await importAll(...from('x'));
    expect(existsSync(`${to()}.partial`)).toBe(false);
    await expect(importAll(...from('x'))).rejects.toThrow(/exists already/);
    writeFileSync(place.path('from', 'x', '1.png'), 'text');
    const folder = place.path('project', 'other');
    await expect(importDataset({ sources: from('x'), folder, title: 'x' })).rejects.toThrow(UserError);
    expect(readdirSync(place.path('project'))).toEqual(['set']);
    await expect(
      importDataset({ sources: from('x'), folder: place.path('from/x/1.png/set'), title: 'x' }),
    ).rejects.toThrow(UserError);
  });

  it('says what it may not read or write', async () => {
    const superuser = process.getuid?.() === 0; // who reads and writes everything
    if (superuser) {
      chownSync(place.path(), NOBODY, NOBODY);
      process.seteuid!(NOBODY);
    }
    try {
      await pictures(['x/1.png', 'y/2.png']);
      chmodSync(place.path('from', 'y'), 0);
      await expect(importAll(...from('x', 'y'))).rejects.toThrow(/no permission to read it/);
      chmodSync(place.path('from', 'y'), 0o755);
      mkdirSync(place.path('project'));
      chmodSync(place.path('project'), 0o555);
      await expect(importAll(...from('x'))).rejects.toThrow(/no permission to write/);
    } finally {
      if (superuser) process.seteuid!(0);
    }
  });
});

/** The user of Unix that owns nothing. */
const NOBODY = 65534;

describe('addToDataset', () => {
  it('adds pairs to pairs, under new names where theirs are taken', async () => {
    await writePairs(place.path('from', 'x'), 2);
    await importAll(...from('x'));
    writeFileSync(place.path('from', 'x', 'held-out.txt'), 'disc-001\n');
    expect(await addToDataset({ sources: from('x'), folder: to() })).toMatchObject({
      kind: 'pairs',
      count: 2,
      skipped: [],
    });
    const { pairs } = openPairs(to());
    expect(pairs.map(({ name, heldOut }) => [name, heldOut])).toEqual([
      ['disc-000-2', undefined],
      ['disc-000', undefined],
      ['disc-001-2', true],
      ['disc-001', undefined],
    ]);
    expect(existsSync(`${to()}/.adding`)).toBe(false);
  });

  it('takes everything as pictures for a set of pictures, and refuses pictures for pairs', async () => {
    await pictures(['x/1.png']);
    await writePairs(place.path('from', 'pairs'), 2);
    await importAll(...from('x'));
    expect((await addToDataset({ sources: from('pairs'), folder: to() })).count).toBe(4);
    const folder = place.path('project', 'pairs');
    await importDataset({ sources: from('pairs'), folder, title: 'pairs' });
    await expect(addToDataset({ sources: from('x'), folder })).rejects.toThrow(/A\/ and B\/.*dataset of their own/);
    expect(describeDataset(folder).count).toBe(2);
  });
});

describe('describeDataset', () => {
  it('describes every layout, with and without dataset.json', async () => {
    await pictures(['x/train/1.png', 'x/val/2.png'], 32);
    expect(describeDataset(from('x')[0]!)).toEqual({
      ...{
        title: 'x',
        kind: 'pairs',
        layout: 'sideBySide',
        count: 2,
        heldOut: 1,
        leftOut: 0,
        unmatched: [],
        notRead: [],
      },
      pictures: [
        { name: '1', sides: ['train/1.png'], halves: true },
        { name: '2', sides: ['val/2.png'], halves: true, heldOut: true },
      ],
    });
    await pictures([
      'y/pictures/b.png',
      'y/pictures/a.png',
      'y/left-out/pictures/c.png',
      'y/left-out/originals/A/d.png',
    ]);
    expect(describeDataset(from('y')[0]!)).toMatchObject({
      ...{ title: 'y', kind: 'pictures', layout: 'pictures', count: 2, leftOut: 1 },
      pictures: [
        { name: 'a', sides: ['pictures/a.png'] },
        { name: 'b', sides: ['pictures/b.png'] },
      ],
    });
    expect(() => describeDataset(place.path('nowhere'))).toThrow(UserError);
  });

  it('finds 10,000 pairs', () => {
    const folder = place.path('many');
    mkdirSync(`${folder}/train`, { recursive: true });
    for (let i = 0; i < 10_000; i++) writeFileSync(`${folder}/train/${i}.png`, '');
    expect(describeDataset(folder).count).toBe(10_000);
  });
});

describe('dataset.json', () => {
  it.each([
    ['no JSON', '{', /damaged/],
    ['another shape', '{"format":1,"title":"x"}', /damaged/],
    ['a newer one', '{"format":2}', /newer version of Maquette/],
  ])('refuses %s', (_, text, message) => {
    mkdirSync(to(), { recursive: true });
    writeFileSync(`${to()}/${MANIFEST_FILE}`, text);
    expect(() => readManifest(to())).toThrow(message);
    expect(() => describeDataset(to())).toThrow(UserError);
  });

  it('comes back as it was written', () => {
    const manifest = {
      format: 1,
      title: 'Ünïcode',
      kind: 'pairs',
      created: new Date().toISOString(),
      from: 'x',
    } as const;
    writeManifest(to(), manifest);
    expect(readManifest(to())).toEqual(manifest);
  });
});
