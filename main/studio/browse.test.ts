import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporary } from '../testing/folder.ts';
import { goTo } from './browse.ts';
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
});
