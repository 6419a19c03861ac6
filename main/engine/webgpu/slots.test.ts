import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pack } from './slots.ts';

const life = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(30), fc.nat(10))
  .map(([size, from, length]) => ({ size, from, to: from + length }));

it('never puts two values that are there together into one slot, nor one into a slot that is too small', () => {
  fc.assert(
    fc.property(fc.array(life, { maxLength: 40 }), (lives) => {
      const { slots, slotOf } = pack(lives);
      lives.forEach((one, i) => {
        expect(slots[slotOf[i]!]).toBeGreaterThanOrEqual(one.size);
        lives.slice(0, i).forEach((other, j) => {
          if (slotOf[i] === slotOf[j]) expect(one.to < other.from || other.to < one.from).toBe(true);
        });
      });
    }),
  );
});

it('uses a slot again', () => {
  const lives = [0, 2, 4].map((from) => ({ size: 8, from, to: from + 1 }));
  expect(pack(lives).slots).toEqual([8]);
});
