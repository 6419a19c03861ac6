import { describe, expect, it } from 'vitest';
import { directionsOf, sideWords } from './preview-pictures.ts';

describe('the rows of a preview sheet', () => {
  it('are one group for pairs, for one direction, and before their names are known', () => {
    expect(directionsOf(['cup', 'bowl'], 2)).toEqual([{ direction: null, from: 0, end: 2 }]);
    expect(directionsOf(['A/cup', 'A/bowl'], 2)).toEqual([{ direction: null, from: 0, end: 2 }]);
    expect(directionsOf([], 6)).toEqual([{ direction: null, from: 0, end: 6 }]);
  });
  it('are two groups where a training goes both ways', () => {
    expect(directionsOf(['A/cup', 'A/bowl', 'B/x', 'B/y'], 4)).toEqual([
      { direction: 'AtoB', from: 0, end: 2 },
      { direction: 'BtoA', from: 2, end: 4 },
    ]);
  });
  it('end in the truth for pairs, and in an example for sets', () => {
    expect(sideWords({ data: 'pairs' }).truth).toBe('Truth');
    expect(sideWords({ data: 'sets' }).truth).toBe('Example');
  });
});
