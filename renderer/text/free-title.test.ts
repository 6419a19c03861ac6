import { expect, it } from 'vitest';
import { freeTitle } from './free-title.ts';

it('numbers a title that is taken, by the first number that is free', () => {
  expect(freeTitle('Untitled', [])).toBe('Untitled');
  expect(freeTitle('Untitled', ['Fox', 'Untitled'])).toBe('Untitled 2');
  expect(freeTitle('Untitled', ['Untitled', 'Untitled 3', 'Untitled 2'])).toBe('Untitled 4');
  expect(freeTitle('Untitled', ['Untitled 2'])).toBe('Untitled');
});
