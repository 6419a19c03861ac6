import { describe, expect, it } from 'vitest';
import { previewsOf, toggled } from './choices.ts';

describe('the ways of drawing', () => {
  it.each([
    [['a'], 'c', ['a', 'c']],
    [['a', 'c'], 'a', ['c']],
    [['c'], 'b', ['b', 'c']],
  ])('%j with %s toggled is %j, in the order of all', (chosen, one, after) => {
    expect(toggled(['a', 'b', 'c'], chosen, one)).toEqual(after);
  });
  it('are drawn with the chosen ones first', () => {
    const keys = previewsOf(['ink', 'pencil'], { styles: ['pencil'], strengths: [0.2, 0.8] }).map(({ key }) => key);
    expect(keys).toEqual(['pencil@0.2', 'pencil@0.8', 'ink@0.2', 'ink@0.8']);
  });
  it('are shown at a middle strength where none is chosen', () => {
    expect(previewsOf(['ink'], { styles: [], strengths: [] }).map(({ key }) => key)).toEqual(['ink@0.5']);
  });
});
