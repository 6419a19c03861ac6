import { expect, it } from 'vitest';
import type { DatasetKind } from '../../studio/datasets/manifest.ts';
import type { Findings } from '../../studio/doctor.ts';
import { saySummary } from './say-summary.ts';

const summary = {
  ...{ train: 9, heldOut: 1, pictures: 10, readable: 9, notRead: 0, alpha: 0 },
  sizes: [{ size: '48 x 48', count: 9 }],
};

it('a dataset without pictures has nothing more to be said of', () => {
  const none = { train: 0, heldOut: 0, pictures: 0, readable: 0, notRead: 0, alpha: 0, sizes: [] };
  expect(saySummary('pairs', none)).toEqual(['0 pairs of pictures: 0 to learn from, 0 held out']);
});

it.each<[DatasetKind, Partial<Findings['summary']>, string]>([
  ['pairs', { pairs: 1 }, '1 pair of pictures'],
  ['sets', { sets: { a: 4, b: 6 } }, 'two sets of 4 and 6 pictures'],
  ['labelled', { labels: ['elm', 'oak'] }, '10 pictures with 2 labels (elm, oak)'],
  ['pictures', {}, '10 pictures in one set'],
])('a dataset of %s is told in its own words', (kind, own, what) => {
  expect(saySummary(kind, { ...summary, ...own })).toEqual([
    `${what}: 9 to learn from, 1 held out`,
    '9 of 48 x 48 px, 1 that cannot be read',
  ]);
});
