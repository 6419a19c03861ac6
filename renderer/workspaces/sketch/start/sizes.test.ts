import { describe, expect, it } from 'vitest';
import { drawingState } from '../../../../preload/contract/schemas.ts';
import { emptyDrawing, isSide, presetsOf } from './sizes.ts';

describe('the size of a new drawing', () => {
  it.each([
    [64, [512, 1024, 2048]],
    [256, [512, 1024, 2048]],
    [300, [600, 1200, 2400]],
    [2048, [2048, 4096]],
    [null, [512, 1024, 2048]],
  ])('of a model of %s px', (size, sides) => expect(presetsOf(size).map(({ side }) => side)).toEqual(sides));
  it.each([
    [1, true],
    [4096, true],
    [4097, false],
    [0, false],
    [12.5, false],
    [null, false],
  ])('may be %s: %s', (side, may) => expect(isSide(side)).toBe(may));
  it('makes a drawing that can be created', () => {
    const state = emptyDrawing({ width: 300, height: 200, model: null, wrap: true }, 'layer-1');
    expect(drawingState.parse(state)).toEqual(state);
  });
});
