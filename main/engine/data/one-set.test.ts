import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLabelled } from '../../testing/datasets.ts';
import { temporary } from '../../testing/folder.ts';
import { saySkipped } from '../pictures/listing.ts';
import { listOneSet, openOneSet } from './one-set.ts';
import { READERS } from './readers.ts';
import { UNVARIED } from '../processes/messages.ts';

const folder = temporary();
beforeAll(async () => {
  await writeLabelled(folder.path('labelled'), 4);
  mkdirSync(folder.path('plain'));
  cpSync(folder.path('labelled'), folder.path('single'), { recursive: true });
  rmSync(folder.path('single', 'red'), { recursive: true });
  for (const name of ['red', 'blue']) cpSync(folder.path('labelled', name), folder.path('plain'), { recursive: true });
});
afterAll(() => folder.remove());

const open = (name: string, also: string | null = null) =>
  READERS.pictures({
    also: also && folder.path(also),
    ...{ dataset: folder.path(name), kind: 'pictures', size: 32, channels: 3, batch: 1, seed: 1, holdout: 0.25 },
    ...{ emphasis: null, only: null, augment: UNVARIED },
  });

describe('one set of pictures', () => {
  it('is a folder of them, or what a dataset holds in pictures/, without labels', () => {
    const { items, labels } = openOneSet(folder.path('plain'));
    expect(items).toHaveLength(8);
    expect(labels).toEqual([]);
    const opened = open('plain');
    expect(opened.label).toBeNull();
    expect([opened.heldOutNames.length, opened.learnedNames.length]).toEqual([2, 6]);

    cpSync(folder.path('plain'), folder.path('studio', 'pictures'), { recursive: true });
    expect(openOneSet(folder.path('studio')).items.map(({ name }) => name)).toEqual(items.map(({ name }) => name));
  });

  it('names what lies in subfolders, which nothing looks into, and counts it', () => {
    cpSync(folder.path('plain'), folder.path('mixed'), { recursive: true });
    cpSync(folder.path('labelled'), folder.path('mixed', 'older'), { recursive: true });
    cpSync(folder.path('plain'), folder.path('mixed', 'left-out'), { recursive: true });
    const { items, skipped } = openOneSet(folder.path('mixed'));
    expect(items).toHaveLength(8);
    expect(saySkipped(skipped)).toMatch(
      /^8 files are not read: .*older.* and 7 more: each lies in the subfolder older\/, which is not looked into$/,
    );
    // Pictures of one label lie in its folder; deeper ones have none.
    cpSync(folder.path('labelled'), folder.path('deep'), { recursive: true });
    cpSync(folder.path('plain'), folder.path('deep', 'red', 'more'), { recursive: true });
    expect(openOneSet(folder.path('deep')).skipped).toHaveLength(8);
    expect(open('deep').skipped).toHaveLength(8);
  });

  it('takes pictures of another one beside its own, which are learned from and never held out', () => {
    const [alone, both] = [open('labelled'), open('labelled', 'single')];
    expect(both.heldOutNames).toEqual(alone.heldOutNames);
    expect(both.learnedNames).toHaveLength(alone.learnedNames.length + 4);
    expect(both.learnedNames.at(-1)).toMatch(/^also\/blue\//);
    expect(both.decks[0]!.train.at(-1)!.labels).toEqual([0]);
    expect(both.fingerprint).not.toBe(alone.fingerprint);
    expect(() => open('labelled', 'plain')).toThrow(/do not go together/);
    const pairs = { also: folder.path('plain'), dataset: folder.path('plain'), kind: 'pairs', size: 32, channels: 3 } as const; // oxfmt-ignore
    const rest = { batch: 1, seed: 1, holdout: 0, emphasis: null, only: null } as const;
    const augment = UNVARIED;
    expect(() => READERS.pairs({ ...pairs, ...rest, augment })).toThrow(/and not to pairs/);
  });

  it('may have labels, which then come along; one alone says nothing', () => {
    expect(open('labelled').label).toEqual({ port: 'label', labels: ['blue', 'red'] });
    expect(open('single').label).toBeNull();
    expect(openOneSet(folder.path('single')).items).toHaveLength(4);
  });

  it('holds out what held-out.txt names', () => {
    const [one] = openOneSet(folder.path('plain')).items;
    cpSync(folder.path('plain'), folder.path('said'), { recursive: true });
    writeFileSync(folder.path('said', 'held-out.txt'), `${one!.name}\n`);
    expect(open('said').heldOutNames).toContain(one!.name);
  });

  it('that is empty is refused in words, and shown as empty', () => {
    mkdirSync(folder.path('empty'));
    expect(() => openOneSet(folder.path('empty'))).toThrow(/has no picture: put pictures into it/);
    expect(listOneSet(folder.path('empty')).items).toEqual([]);
    expect(() => openOneSet(folder.path('nowhere'))).toThrow(/does not exist/);
  });
});

describe('pictures of several traits', () => {
  it('have a label of each, by a labels.csv or by the names of subfolders', () => {
    const csv = [
      'file,hair,skin',
      ...['bun,dark', 'long,dark', 'bun,fair', 'long,fair'].map((traits, i) =>
        `${openOneSet(folder.path('plain')).items[i]!.name}.png,${traits}\n`.trim(),
      ),
    ];
    csv.push('gone.png,bun,dark');
    cpSync(folder.path('plain'), folder.path('traits'), { recursive: true });
    writeFileSync(folder.path('traits', 'labels.csv'), csv.join('\n'));
    const labels = ['hair=bun', 'hair=long', 'skin=dark', 'skin=fair'];
    const opened = open('traits');
    expect(opened.label).toEqual({ port: 'label', labels });
    const cards = opened.decks[0]!.train.concat(opened.decks[0]!.heldOut);
    expect(cards.map((card) => card.labels).sort()).toEqual([
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ]);
    expect(opened.unmatched).toHaveLength(4);
    expect(opened.skipped).toEqual([{ file: 'gone.png', why: expect.stringContaining('no such picture') as string }]);

    for (const [i, name] of ['hair=bun, skin=dark', 'hair=long, skin=fair'].entries())
      cpSync(folder.path('labelled', ['red', 'blue'][i]!), folder.path('named', name), { recursive: true });
    expect(open('named').label!.labels).toEqual(labels);
  });
});
