import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortFloats } from './radix.ts';

it('sorts as the built-in sort does, and leaves its argument alone', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, maxLength: 300 }), (values) => {
      const before = values.slice();
      expect(sortFloats(values)).toEqual(values.toSorted());
      expect(values).toEqual(before);
    }),
  );
});

it('sorts a part of a larger array', () => {
  expect([...sortFloats(Float32Array.of(9, 3, -1, 2, 8).subarray(1, 4))]).toEqual([-1, 2, 3]);
});
