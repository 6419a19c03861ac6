import { describe, expect, it } from 'vitest';
import type { LayerState } from '../../../canvas/types.ts';
import { listedFrom, placeBy, placeOver } from './layer-order.ts';

const layers = ['a', 'b', 'c'].map((id) => ({ id }) as LayerState);

describe('the list of layers', () => {
  it('has the topmost first', () => expect(listedFrom(layers).map(({ id }) => id)).toEqual(['c', 'b', 'a']));
  it.each([
    ['a', 1, 1],
    ['c', -1, 1],
    ['a', -1, null],
    ['c', 1, null],
  ] as const)('moves %s by %d to %s', (id, by, to) => expect(placeBy(layers, id, by)).toBe(to));
  it('moves a layer to where another one is', () => {
    expect(placeOver(layers, 'c', 'a')).toBe(0);
    expect(placeOver(layers, 'a', 'a')).toBeNull();
    expect(placeOver(layers, 'a', 'gone')).toBeNull();
  });
});
