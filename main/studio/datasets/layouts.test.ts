/** Datasets as people lay them out (../shared/cases 01 to 04, 06, 08, 23): pairs, their split, and what is not read. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporary } from '../../testing/folder.ts';
import { importDataset } from './import.ts';
import { describeDataset } from './describe.ts';
import { recognise } from './recognise.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { openPairs, openSets, split, type Pair } from '../../engine/data/datasets.ts';

let place: ReturnType<typeof temporary>;
beforeEach(() => (place = temporary()));
afterEach(() => place.remove());

const png = await sharp({ create: { width: 12, height: 8, channels: 3, background: '#28c' } })
  .png()
  .toBuffer();
function files(...names: string[]): string {
  for (const name of names) {
    mkdirSync(dirname(place.path('ds', name)), { recursive: true });
    writeFileSync(place.path('ds', name), png);
  }
  return place.path('ds');
}
const numbered = (...folders: string[]): string[] =>
  folders.flatMap((folder) => [0, 1, 2, 3].map((i) => `${folder}/${i}.png`));

/** The pictures that a layout's own held-out part has. */
const ASIDE = ['8', '9'];
const aside = (...folders: string[]): string[] =>
  folders.flatMap((folder) => ASIDE.map((name) => `${folder}/${name}.png`));

describe.each<[string, string[], string[] | null]>([
  ['A/train and A/val', [...numbered('A/train', 'B/train'), ...aside('A/val', 'B/val')], ASIDE],
  ['train/A and val/A', [...numbered('train/A', 'train/B'), ...aside('val/A', 'val/B')], ASIDE],
  ['train_A and test_A', [...numbered('train_A', 'train_B'), ...aside('test_A', 'test_B')], ASIDE],
  ['train_label and train_img', numbered('train_label', 'train_img'), null],
  ['a and b in small letters', numbered('a', 'b'), null],
  ['two folders of other names', numbered('render', 'sketch'), null],
  ['pictures in subfolders', numbered('A/cats', 'B/cats'), null],
])('%s', (_, names, said) => {
  it('are pairs with the split that the folders say, behind both doors', async () => {
    const folder = files(...names);
    const { pairs, unmatched, skipped } = openPairs(folder);
    expect([unmatched, skipped]).toEqual([[], []]);
    expect(pairs).toHaveLength(said ? 6 : 4);
    expect(heldOutOf(pairs)).toEqual(said ?? [expect.any(String)]); // one by lot, where the folders say nothing
    expect(await recognise([folder])).toMatchObject({ kind: 'pairs', count: pairs.length });
    const { skipped: left } = await importDataset({ sources: [folder], folder: place.path('taken'), title: 'Taken' });
    expect(left).toEqual([]);
    const taken = openPairs(place.path('taken'));
    expect(taken.pairs).toHaveLength(pairs.length);
    expect(heldOutOf(taken.pairs)).toEqual(said ?? [expect.any(String)]);
  });
});

const heldOutOf = (pairs: readonly Pair[]): string[] =>
  split(pairs, 0.1, 1)
    .heldOut.map(({ name }) => name)
    .sort();

it('drawings come first where two folders have other names', () => {
  const { pairs } = openPairs(files(...numbered('render', 'sketch')));
  expect(pairs[0]!.input.file).toContain('sketch');
});

describe('names are compared as people read them', () => {
  it.each<[string, string[], string[], number]>([
    ['composed and decomposed', ['é.png', 'ü.png'], ['é.png', 'ü.png'].map((name) => name.normalize('NFD')), 2],
    ['capitals', ['Hero 06.PNG', 'p.png'], ['hero 06.png', 'p.png'], 2],
    ['suffixes', ['100_A.jpg', '101_A.jpg'], ['100_B.jpg', '101_B.jpg'], 2],
    ['words for sides', ['cup_sketch.png', 'hat-input.png'], ['cup_color.png', 'hat-target.png'], 2],
    ['the surest first', ['hero.png', 'hero_A.png'], ['hero.png', 'hero_B.png'], 2],
    ['a tilde is a tilde', ['PICTUR~1.PNG', 'PICTUR~2.PNG'], ['PICTUR~1.PNG', 'PICTUR~2.PNG'], 2],
  ])('%s', async (_, a, b, count) => {
    const folder = files(...a.map((name) => `A/${name}`), ...b.map((name) => `B/${name}`));
    expect(openPairs(folder).pairs).toHaveLength(count);
    await importDataset({ sources: [folder], folder: place.path('taken'), title: 'Taken' });
    const { pictures } = describeDataset(place.path('taken'));
    // Files keep their names, but for the capitals of their endings.
    const kept = pictures.flatMap(({ sides }) => sides).sort();
    const lower = (name: string): string => name.replace(/\.\w+$/, (end) => end.toLowerCase());
    expect(kept).toEqual([...a.map((name) => `A/${lower(name)}`), ...b.map((name) => `B/${lower(name)}`)].sort());
  });
  it('those of one name are told apart by their endings', () => {
    const { pairs } = openPairs(files('A/hero.png', 'A/hero.jpg', 'B/hero.png', 'B/hero.jpg'));
    const ends = pairs.map(({ input, target }) => [input, target].map(({ file }) => file.slice(-3)));
    expect(ends).toEqual([
      ['jpg', 'jpg'],
      ['png', 'png'],
    ]);
  });
  it('where there is more than one candidate nothing is guessed: a person is asked', () => {
    const { pairs, unmatched, open } = openPairs(
      files('A/hero_A.png', 'A/x.png', 'B/HERO.png', 'B/hero-b.png', 'B/x.png'),
    );
    expect(pairs.map(({ name }) => name)).toEqual(['x']);
    expect(unmatched).toEqual(['A/hero_A.png', 'B/HERO.png', 'B/hero-b.png']);
    expect(open).toEqual([{ inputs: ['A/hero_A.png'], targets: ['B/HERO.png', 'B/hero-b.png'] }]);
  });
});

it('eight pictures of an old Windows disk are eight pictures: one is held out', () => {
  const names = Array.from({ length: 8 }, (_, i) => `PICTUR~${i + 1}.PNG`);
  const { pairs } = openPairs(files(...names.flatMap((name) => [`A/${name}`, `B/${name}`])));
  expect(split(pairs, 0.1, 1)).toMatchObject({ train: { length: 7 }, heldOut: { length: 1 } });
});

it('drawings of one picture are held out together: as older versions named them, and as variants.json says', () => {
  const folder = files(
    ...['cup~ink-50', 'cup~pencil-50', 'a', 'b'].flatMap((name) => [`A/${name}.png`, `B/${name}.png`]),
  );
  expect(openPairs(folder).pairs.map(({ source }) => source)).toEqual([undefined, undefined, 'cup', 'cup']);
  writeFileSync(join(folder, 'variants.json'), JSON.stringify({ format: 1, sources: { a: 'b' } }));
  expect(openPairs(folder).pairs[0]!.source).toBe('b');
  writeFileSync(join(folder, 'variants.json'), '{');
  expect(() => openPairs(folder)).toThrow(/variants\.json is damaged; remove it/);
});

it('side-by-side pictures of any shape are two halves', () => {
  const { pairs, layout } = openPairs(files('train/1.png', 'train/2.png'));
  expect([layout, pairs.length]).toEqual(['sideBySide', 2]);
});

it('what is not read is named: strays, other folders, dead links', () => {
  const folder = files('A/1.png', 'B/1.png', 'stray.png', 'other/2.png');
  writeFileSync(join(folder, 'notes.txt'), 'x');
  symlinkSync('/nowhere', join(folder, 'A', 'dead.png'));
  const { skipped, pairs } = openPairs(folder);
  expect(pairs).toHaveLength(1);
  expect(skipped.map(({ file }) => file.slice(folder.length + 1)).sort()).toEqual([
    'A/dead.png',
    'notes.txt',
    'other/2.png',
    'stray.png',
  ]);
});

it('two sets are two sets in every layout that has two sides', () => {
  const { a, b } = openSets(files(...numbered('A/train', 'B/train'), 'A/val/9.png', 'B/val/9.png'));
  expect([a.length, b.length, a.filter(({ heldOut }) => heldOut).length]).toEqual([5, 5, 1]);
});
