import { expect, it } from 'vitest';
import { countLiveBytes } from './cost.ts';
import { add, square } from './operators/elementwise.ts';
import { input } from './tensor.ts';

it('counts what is there at once: values go after their last use, results stay', () => {
  const x = input('x', [100]);
  const chain = square(square(square(x)));
  // Of a chain there are two at a time.
  expect(countLiveBytes([chain])).toBe(2 * 400);
  const first = square(x);
  const branched = add(square(square(first)), first);
  expect(countLiveBytes([branched])).toBe(3 * 400);
  expect(countLiveBytes([branched, first, square(x), square(x)])).toBe(4 * 400);
});
