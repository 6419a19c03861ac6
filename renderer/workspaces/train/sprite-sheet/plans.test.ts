import { describe, expect, it } from 'vitest';
import { FIRST, fits, planOf } from './plans.ts';

describe('the numbers of a plan', () => {
  it.each([
    ['columns', 1, true],
    ['columns', 0, false],
    ['columns', 2.5, false],
    ['margin', 0, true],
    ['tolerance', 256, false],
    ['pad', null, false],
    ['pad', undefined, false],
  ] as const)('%s of %s: %s', (field, value, fine) => expect(fits(field, value)).toBe(fine));

  it('make a plan, of the mode alone that is chosen', () => {
    expect(planOf('grid', { ...FIRST.islands, ...FIRST.grid, columns: 8 })).toEqual({ ...FIRST.grid, columns: 8 });
    expect(planOf('islands', { ...FIRST.islands })).toEqual(FIRST.islands);
  });
  it('make none while one of them cannot be', () => {
    expect(planOf('grid', { ...FIRST.grid, rows: null })).toBeNull();
    expect(planOf('grid', {})).toBeNull();
  });
});
