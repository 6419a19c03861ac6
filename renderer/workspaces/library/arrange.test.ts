import { describe, expect, it } from 'vitest';
import type { Model } from '../../../preload/contract/index.ts';
import { arrange, bytes, cardAfterKey } from './arrange.ts';

const model = (id: string, about: Partial<Model> = {}): Model => ({
  ...{
    id,
    title: id,
    family: 'pix2pix',
    familyTitle: 'pix2pix',
    does: 'translate',
    size: 64,
    factor: null,
    softer: null,
    channels: 3,
    bytes: 1,
    steps: 10,
    licence: '',
    notes: '',
  },
  ...{
    created: '2026-01-01',
    run: null,
    starter: null,
    directions: ['AtoB'],
    anySize: false,
    io: null,
    confirmed: true,
    thumbnail: null,
    download: '',
  },
  ...about,
});
const models = [
  model('Props 10', { created: '2026-01-02', notes: 'crates' }),
  model('props 2', { created: '2026-01-03', licence: 'CC BY 4.0' }),
  model('Faces', { created: '2026-01-01' }),
];

describe('the library', () => {
  it.each([
    ['newest', '', ['props 2', 'Props 10', 'Faces']],
    ['name', '', ['Faces', 'props 2', 'Props 10']],
    ['newest', 'PROPS', ['props 2', 'Props 10']],
    ['newest', 'props crates', ['Props 10']],
    ['newest', 'cc by', ['props 2']],
    ['newest', 'pix2pix', ['props 2', 'Props 10', 'Faces']],
    ['newest', 'nothing such', []],
  ] as const)('sorted by %s, searched for "%s"', (sort, query, titles) => {
    expect(arrange(models, { sort, query }).map(({ title }) => title)).toEqual(titles);
  });

  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 4, 4],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 3, 3],
    ['ArrowUp', 1, 1],
    ['End', 0, 4],
    ['Home', 3, 0],
    ['x', 3, null],
  ])('%s leads from card %i to %s', (key, from, to) => {
    expect(cardAfterKey(key, from, { total: 5, columns: 3 })).toBe(to);
  });

  it.each([
    [812, '812 bytes'],
    [1234, '1.2 kB'],
    [54_321_000, '54 MB'],
    [2.5e9, '2.5 GB'],
  ])('%i bytes read %s', (n, text) => expect(bytes(n)).toBe(text));
});
