import { describe, expect, it } from 'vitest';
import { ioOf, problemsOf, type IoDraft } from './draft.ts';

const common = {
  ...{ layout: 'nchw', outputLayout: 'nhwc', range: '0..1', outputRange: '-1..1', channels: 'rgb' },
  ...{ mean: [0, 0, 0], deviation: [1, 1, 1], rest: 0, input: null, output: null, outputs: ['y'], dials: [] },
} satisfies Partial<IoDraft>;
const draft: IoDraft = {
  ...common,
  ...{ fixed: false, width: null, height: null, multiple: 8 },
};

describe('what a model takes', () => {
  it('is given on as it was filled in', () => {
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
