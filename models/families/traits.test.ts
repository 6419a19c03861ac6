import { describe, expect, it } from 'vitest';
import { traitsOf } from './traits.ts';

describe('the traits of labels', () => {
  it('are one where labels are plain', () => {
    expect(traitsOf(['blue', 'red'])).toEqual([{ name: 'label', values: ['blue', 'red'], begin: 0 }]);
    expect(traitsOf(['1', '2'], 'kind')).toEqual([{ name: 'kind', values: ['1', '2'], begin: 0 }]);
    // Folders may be called like that.
    expect(traitsOf(['a=b', 'plain'])).toHaveLength(1);
    expect(traitsOf(['a=1', 'a=2'])).toEqual([{ name: 'label', values: ['a=1', 'a=2'], begin: 0 }]);
  });
  it('are those that the labels name, with their values in a row', () => {
    expect(traitsOf(['hair=bun', 'hair=long', 'skin=dark', 'skin=fair=ish'])).toEqual([
      { name: 'hair', values: ['bun', 'long'], begin: 0 },
      { name: 'skin', values: ['dark', 'fair=ish'], begin: 2 },
    ]);
  });
});
