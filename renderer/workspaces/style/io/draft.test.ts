import { describe, expect, it } from 'vitest';
import { ioOf, problemsOf, type IoDraft } from './draft.ts';

const draft: IoDraft = {
  ...{ layout: 'nchw', range: '0..1', outputRange: '-1..1', channels: 'rgb' },
  ...{ fixed: false, width: null, height: null, multiple: 8 },
};

describe('what a model takes', () => {
  it('is given on as it was filled in', () => {
    const common = { layout: 'nchw', range: '0..1', outputRange: '-1..1', channels: 'rgb' };
    expect(ioOf(draft)).toEqual({ ...common, size: null, multiple: 8 });
    const fixed = { ...draft, fixed: true, width: 224, height: 128 };
    expect(ioOf(fixed)).toEqual({ ...common, size: { width: 224, height: 128 }, multiple: 8 });
  });
  it.each<[Partial<IoDraft>, string[]]>([
    [{}, []],
    [{ multiple: null }, ['multiple']],
    [{ multiple: 1.5 }, ['multiple']],
    [{ fixed: true, width: 0, height: 64 }, ['width']],
    [{ fixed: true, width: 64, height: 64, multiple: null }, []],
  ])('has a problem where a number is none: %o', (over, names) =>
    expect(Object.keys(problemsOf({ ...draft, ...over }))).toEqual(names),
  );
});
