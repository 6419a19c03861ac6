import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { browse, goTo } from './browse.ts';
import { withoutPaths } from './places.ts';
import { Tokens } from './tokens.ts';

const folder = temporary();
beforeAll(() => {
  mkdirSync(folder.path('art', 'deep'), { recursive: true });
  writeFileSync(folder.path('art', 'cat.png'), 'x');
});
afterAll(() => folder.remove());

describe('a path that is typed', () => {
  it('leads to a folder', () => {
    const { name, entries, meant } = goTo(`  ${folder.path('art')} `, new Tokens());
    expect([name, entries.map((entry) => entry.name), meant]).toEqual(['art', ['deep', 'cat.png'], null]);
  });
  it('of a file leads to the folder that it is in, and means the file', () => {
    const { name, meant } = goTo(folder.path('art', 'cat.png'), new Tokens());
    expect([name, meant?.name]).toEqual(['art', 'cat.png']);
  });
  it('that leads nowhere is told', () => {
    expect(() => goTo(folder.path('nowhere'), new Tokens())).toThrow(`There is no ${folder.path('nowhere')}`);
    expect(() => goTo('cat.png', new Tokens())).toThrow('Write the whole path');
  });
  it('is said in full where a folder was looked into; what was picked is called by its name', () => {
    const tokens = new Tokens();
    const { here } = browse(folder.path('art'), tokens);
    const said = (): string => withoutPaths(`There is no ${folder.path('art', 'x.png')}`, undefined, tokens.picked);
    expect(said()).toBe(`There is no ${folder.path('art', 'x.png')}`);
    tokens.path(here.token);
    expect(said()).toBe('There is no art/x.png');
  });
  it('shows names in the order in which they are read', () => {
    for (const n of [1, 10, 2]) writeFileSync(folder.path('art', 'deep', `prop_${n}.png`), 'x');
    const { entries } = browse(folder.path('art', 'deep'), new Tokens());
    expect(entries.map(({ name }) => name)).toEqual(['prop_1.png', 'prop_2.png', 'prop_10.png']);
  });
});
