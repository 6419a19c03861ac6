import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.ts';
import { contentHashes } from './content-hashes.ts';
import {
  fingerprint,
  lastingFingerprint,
  sameFingerprint,
  HELD_OUT_FILE,
  listPairs,
  openPairs,
  openSets,
  split,
  type Pair,
  type PairDataset,
} from './datasets.ts';
import { readVariants } from './variants.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maquette-datasets-'));
  process.env['MAQUETTE_HOME'] = join(folder, '.home');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Names alone matter here: the files are empty. */
function files(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
}

const names = (pairs: readonly Pair[]): string[] => pairs.map(({ name }) => name);
const pairsNamed = (...all: string[]): Pair[] =>
  all.map((name) => ({ name, input: { file: `A/${name}` }, target: { file: `B/${name}` } }));
const numbered = (n: number): Pair[] => pairsNamed(...Array.from({ length: n }, (_, i) => `picture ${i}`));

describe('openPairs', () => {
  it('pairs A/ and B/ by name, whatever the extensions', () => {
    files('A/cup.png', 'B/cup.jpg', 'A/axe.webp', 'B/axe.png', 'notes.txt');
    const { layout, pairs, unmatched } = openPairs(folder);
    expect([layout, names(pairs), unmatched]).toEqual(['folders', ['axe', 'cup'], []]);
    expect(pairs[1]).toEqual({
      name: 'cup',
      input: { file: join(folder, 'A/cup.png') },
      target: { file: join(folder, 'B/cup.jpg') },
    });
  });

  it('pairs names that say which side they are by a word that all of a side end in', () => {
    files('A/item 1 rough.png', 'A/item 2 rough.png', 'B/item 1 final.png', 'B/item 2 final.png', 'B/item 3 final.png');
    const { pairs, unmatched } = openPairs(folder);
    expect(pairs.map(({ target }) => target.file)).toEqual(
      ['B/item 1 final.png', 'B/item 2 final.png'].map((file) => join(folder, file)),
    );
    expect(unmatched).toEqual(['B/item 3 final.png']);
    rmSync(join(folder, 'A/item 1 rough.png'));
    files('A/item 1 painted.png');
    // A word that only some end in may be what they show.
    expect(() => openPairs(folder)).toThrow('has no pair of pictures');
  });

  it('pairs names that differ in accents, and in what stands between their words', () => {
    files('A/Hero 1 (ink).png', 'A/Hero 2 (ink).png', 'B/HÉRO_1_final.png', 'B/HÉRO_2_final.png');
    const { pairs, unmatched } = openPairs(folder);
    expect(pairs.map(({ target }) => target.file)).toEqual(
      ['B/HÉRO_1_final.png', 'B/HÉRO_2_final.png'].map((file) => join(folder, file)),
    );
    expect(unmatched).toEqual([]);
    // Nothing is left of these to go by.
    rmSync(join(folder, 'A'), { recursive: true });
    files('A/!.png', 'B/?.png');
    expect(() => openPairs(folder)).toThrow('has no pair of pictures');
  });

  it('reports what has no partner, or a name that is taken', () => {
    files('A/a.png', 'A/b.png', 'A/b.webp', 'B/b.png', 'B/c.png', 'B/readme.md');
    const { pairs, unmatched } = openPairs(folder);
    expect(names(pairs)).toEqual(['b']);
    expect(unmatched).toEqual(['A/a.png', 'A/b.webp', 'B/c.png']);
  });

  it('reads side-by-side pictures, with val/ as the held-out part', () => {
    files('train/1.jpg', 'train/2.jpg', 'val/1.jpg');
    const { layout, pairs } = openPairs(folder);
    expect(layout).toBe('sideBySide');
    expect(pairs.map(({ name, heldOut, input, target }) => [name, heldOut, input.half, target.half])).toEqual([
      ['1', false, 'left', 'right'],
      ['2', false, 'left', 'right'],
      ['1', true, 'left', 'right'],
    ]);
  });

  it('leaves the split open where there is no val/', () => {
    files('train/1.jpg', 'train/2.jpg');
    expect(openPairs(folder).pairs.map(({ heldOut }) => heldOut)).toEqual([undefined, undefined]);
  });

  it('never reads what was left out, and can list a dataset that has no pair any more', () => {
    files('A/a.png', 'B/a.png', 'left-out/A/b.png', 'left-out/B/b.png');
    expect(names(openPairs(folder).pairs)).toEqual(['a']);
    rmSync(join(folder, 'A/a.png'));
    expect(listPairs(folder)).toMatchObject({ pairs: [], unmatched: ['B/a.png'] });
  });

  it('marks the pairs that held-out.txt names, with their variants, in every layout', () => {
    files('A/cup~ink-50.png', 'B/cup~ink-50.png', 'A/axe.png', 'B/axe.png', 'A/Zoe\u0301.png', 'B/Zoe\u0301.png');
    writeFileSync(join(folder, HELD_OUT_FILE), '\uFEFFcup\r\n\r\nZo\u00e9\r\nno such name\r\n');
    expect(openPairs(folder).pairs.map(({ heldOut }) => heldOut)).toEqual([true, undefined, true]);
    rmSync(join(folder, 'A'), { recursive: true });
    rmSync(join(folder, 'B'), { recursive: true });
    files('train/cup.png', 'train/axe.png', 'val/mug.png');
    expect(openPairs(folder).pairs.map(({ name, heldOut }) => [name, heldOut])).toEqual([
      ['axe', false],
      ['cup', true],
      ['mug', true],
    ]);
  });

  it('says that held-out.txt cannot be read', () => {
    files('A/a.png', 'B/a.png', `${HELD_OUT_FILE}/x`);
    expect(() => openPairs(folder)).toThrow(/held-out.txt: it is a folder/);
  });

  it.each<[string, string[], RegExp]>([
    ['an empty folder', [], /is empty: put the pictures in A\/ and B\//],
    ['only dot-files', ['.DS_Store'], /is empty/],
    ['no known layout', ['pictures/a.png'], /not laid out as pairs.*A\/ and B\/.*train\//],
    ['A without B', ['A/a.png'], /no subfolder B\//],
    ['B without A', ['B/a.png'], /no subfolder A\//],
    ['no pair at all', ['A/a.png', 'B/b.png'], /no pair of pictures/],
    ['no picture in train/', ['train/notes.txt'], /no pair of pictures/],
  ])('refuses %s', (_, content, message) => {
    files(...content);
    expect(() => openPairs(folder)).toThrow(message);
    expect(() => openPairs(folder)).toThrow(UserError);
  });

  it('refuses a missing folder, and a file', () => {
    files('file');
    expect(() => openPairs(join(folder, 'nowhere'))).toThrow(/nowhere: it does not exist/);
    expect(() => openPairs(join(folder, 'file'))).toThrow(UserError);
  });
});

describe('split', () => {
  it('is the same for the same names, in any order, and another for another seed', () => {
    const pairs = numbered(50);
    const { heldOut, train } = split(pairs, 0.1, 7);
    expect(names(split([...pairs].reverse(), 0.1, 7).heldOut)).toEqual(names(heldOut));
    expect(names(split(pairs, 0.1, 8).heldOut)).not.toEqual(names(heldOut));
    expect([heldOut.length, train.length]).toEqual([5, 45]);
    expect(new Set(names([...heldOut, ...train])).size).toBe(50);
    expect(names(train)).toEqual(names(pairs).filter((name) => !names(heldOut).includes(name)));
  });

  it('hardly changes when pictures are added', () => {
    const before = names(split(numbered(200), 0.1, 1).heldOut);
    const after = names(split(numbered(210), 0.1, 1).heldOut);
    expect(before.filter((name) => !after.includes(name)).length).toBeLessThanOrEqual(2);
  });

  it('holds out none for 0, else at least one, and leaves at least one', () => {
    const sizes = (n: number, holdout: number): number[] => {
      const { train, heldOut } = split(numbered(n), holdout, 0);
      return [train.length, heldOut.length];
    };
    expect(sizes(9, 0)).toEqual([9, 0]);
    expect(sizes(3, 0.01)).toEqual([2, 1]);
    expect(sizes(2, 0.99)).toEqual([1, 1]);
    expect(sizes(1, 0)).toEqual([1, 0]);
    expect(() => sizes(1, 0.1)).toThrow(/--holdout 0/);
    for (const wrong of [-0.1, 1, Number.NaN]) expect(() => sizes(9, wrong)).toThrow(UserError);
  });

  it('keeps the held-out part of the layout, of which training never sees anything', () => {
    const pairs = numbered(4).map((pair, i) => ({ ...pair, heldOut: i === 2 }));
    expect(names(split(pairs, 0.5, 0).heldOut)).toEqual(['picture 2']);
    expect(split(pairs, 0, 0)).toMatchObject({ heldOut: [], train: { length: 3 } });
    const allHeld = pairs.map((pair) => ({ ...pair, heldOut: true }));
    expect(() => split(allHeld, 0.1, 0)).toThrow(/move some to the training folder/);
  });

  it('holds out what is pinned, and fills the rest of the share by the seeded order', () => {
    const pairs = numbered(50);
    const before = names(split(pairs, 0.1, 7).heldOut);
    const pinned = pairs.map((pair, i) => (i < 2 ? { ...pair, heldOut: true } : pair));
    const { heldOut, train } = split(pinned, 0.1, 7);
    expect([heldOut.length, train.length]).toEqual([5, 45]);
    expect(names(heldOut)).toEqual(expect.arrayContaining(['picture 0', 'picture 1']));
    expect(before.filter((name) => names(heldOut).includes(name)).length).toBeGreaterThanOrEqual(3);
    const many = pairs.map((pair, i) => (i < 20 ? { ...pair, heldOut: true } : pair));
    expect(split(many, 0.1, 7).heldOut).toHaveLength(20);
    expect(split(many, 0, 7)).toMatchObject({ heldOut: [], train: { length: 30 } });
  });

  it('never parts the variants of a picture, and always leaves some to train', () => {
    const variants = fc.uniqueArray(fc.tuple(fc.nat(30), fc.constantFrom('', '~ink-50', '~pencil-50', '~x~y')), {
      selector: String,
      minLength: 2,
    });
    fc.assert(
      fc.property(variants, fc.double({ min: 0, max: 0.99, noNaN: true }), (all, holdout) => {
        const pairs = pairsNamed(...all.map(([i, variant]) => `p${i}${variant}`)).map((pair, i) => ({
          ...pair,
          source: `p${all[i]![0]}`,
        }));
        const sourcesOf = (some: typeof pairs): string[] => some.map(({ source }) => source);
        fc.pre(new Set(sourcesOf(pairs)).size > 1);
        const { train, heldOut } = split(pairs, holdout, 3);
        const sources = new Set(sourcesOf(train));
        expect(sourcesOf(heldOut).filter((source) => sources.has(source))).toEqual([]);
        expect(train.length + heldOut.length).toBe(pairs.length);
        expect([train.length > 0, heldOut.length > 0]).toEqual([true, holdout > 0]);
      }),
    );
  });

  it('understands the names that drawings of older versions have, and no other tilde', () => {
    const sourceOf = readVariants('nowhere');
    const names = ['cup', 'cup~ink-50', 'cup~2~ink-50', '~odd', 'PICTUR~1', 'a~b'];
    expect(names.map(sourceOf)).toEqual(['cup', 'cup', 'cup~2', '~odd', 'PICTUR~1', 'a~b']);
  });
});

describe('openSets', () => {
  it('takes each set from its folder, and what is held out from another', () => {
    files('trainA/a.png', 'trainA/b.jpg', 'trainB/x.png', 'trainB/notes.txt', 'testB/y.png');
    const { layout, a, b } = openSets(folder);
    expect(layout).toBe('sets');
    expect(a).toEqual([
      { name: 'a', picture: { file: join(folder, 'trainA/a.png') } },
      { name: 'b', picture: { file: join(folder, 'trainA/b.jpg') } },
    ]);
    expect(b.map(({ name, heldOut }) => [name, heldOut])).toEqual([
      ['x', false],
      ['y', true],
    ]);
  });

  it('takes folders of pairs as sets, and holds out what held-out.txt names: of one set or of both', () => {
    files('A/a.png', 'A/b.png', 'B/a.png', 'B/c.png');
    writeFileSync(join(folder, HELD_OUT_FILE), 'a\nB/c\nA/c\n');
    const { layout, a, b } = openSets(folder);
    expect(layout).toBe('folders');
    expect(a.map(({ heldOut }) => heldOut)).toEqual([true, undefined]);
    expect(b.map(({ heldOut }) => heldOut)).toEqual([true, true]);
  });

  it.each([
    [['trainA/a.png'], 'no subfolder trainB/: put the pictures of the two sets into trainA/ and trainB/'],
    [['trainA/a.png', 'trainB/a.txt'], 'no pictures of set B'],
    [['pictures/a.png'], 'no subfolder A/'],
  ])('says what is missing in %j', (all, message) => {
    files(...all);
    expect(() => openSets(folder)).toThrow(message);
    expect(() => openSets(folder)).toThrow(UserError);
  });
});

describe('fingerprint', () => {
  const identity = ({ pairs }: PairDataset): string =>
    fingerprint(
      folder,
      pairs.flatMap(({ input, target }) => [input.file, target.file]),
    );

  it('is of contents: another time of change changes nothing, another byte does', () => {
    files('A/a.png', 'B/a.png');
    const before = identity(openPairs(folder));
    expect(lastingFingerprint(before)).toMatch(/^contents:[0-9a-f]{64}$/);
    expect(identity(openPairs(folder))).toBe(before);
    utimesSync(join(folder, 'A/a.png'), 1e9, 1e9);
    const touched = identity(openPairs(folder));
    expect(sameFingerprint(lastingFingerprint(before), touched)).toBe(true);
    appendFileSync(join(folder, 'A/a.png'), 'more');
    const after = identity(openPairs(folder));
    expect(sameFingerprint(lastingFingerprint(before), after)).toBe(false);
    writeFileSync(join(folder, HELD_OUT_FILE), 'a\n');
    expect(sameFingerprint(lastingFingerprint(after), identity(openPairs(folder)))).toBe(false);
  });

  it('knows the pictures of a run of an older version by their times, as that did', () => {
    files('A/a.png', 'B/a.png');
    utimesSync(join(folder, 'A/a.png'), 1e9, 1e9);
    utimesSync(join(folder, 'B/a.png'), 1e9, 1e9);
    const line = (file: string): string => `${file}\t${statSync(join(folder, file)).size}\t1000000000000\n`;
    const former = createHash('sha256')
      .update([line('A/a.png'), line('B/a.png')].join(''))
      .digest('hex');
    expect(sameFingerprint(former, identity(openPairs(folder)))).toBe(true);
    utimesSync(join(folder, 'B/a.png'), 2e9, 2e9);
    expect(sameFingerprint(former, identity(openPairs(folder)))).toBe(false);
  });

  it('does not read a file again that has not changed, and does not trust a damaged memory', () => {
    files('A/a.png', 'B/a.png');
    utimesSync(join(folder, 'A/a.png'), 1e9, 1e9);
    const first = contentHashes([join(folder, 'A/a.png')]);
    const memory = join(process.env['MAQUETTE_HOME']!, 'cache', 'contents.json');
    const known = readFileSync(memory, 'utf8');
    writeFileSync(memory, known.replace(first[0]!, 'remembered'));
    expect(contentHashes([join(folder, 'A/a.png')])).toEqual(['remembered']);
    writeFileSync(memory, '{');
    expect(contentHashes([join(folder, 'A/a.png')])).toEqual(first);
  });

  it('says which file has gone', () => {
    files('A/a.png', 'B/a.png');
    const dataset = openPairs(folder);
    rmSync(join(folder, 'A/a.png'));
    expect(() => identity(dataset)).toThrow(/a.png: it does not exist/);
  });
});
