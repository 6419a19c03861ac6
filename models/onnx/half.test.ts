import { describe, expect, it } from 'vitest';
import { Random } from '../graph/random.ts';
import { fromHalves, toHalves } from './half.ts';

const every = new Uint16Array(65_536).map((_, i) => i);
const finite = every.filter((half) => (half & 0x7c00) !== 0x7c00);

describe('half precision', () => {
  it('says what the standard says of some of its values', () => {
    const known: [number, number][] = [
      [0x0000, 0],
      [0x0001, 2 ** -24],
      [0x03ff, 2 ** -14 - 2 ** -24],
      [0x0400, 2 ** -14],
      [0x3c00, 1],
      [0x3c01, 1 + 2 ** -10],
      [0xc000, -2],
      [0x7bff, 65_504],
      [0x7c00, Infinity],
      [0xfc00, -Infinity],
    ];
    expect([...fromHalves(Uint16Array.from(known, ([half]) => half))]).toEqual(known.map(([, value]) => value));
    expect(fromHalves(Uint16Array.of(0x7e00))[0]).toBeNaN();
  });

  it('gives back every half, exactly', () => {
    expect(toHalves(fromHalves(finite))).toEqual(finite);
    expect([...toHalves(Float32Array.of(Infinity, -Infinity, 65_520, 1e30))]).toEqual([0x7c00, 0xfc00, 0x7c00, 0x7c00]);
    expect(fromHalves(toHalves(Float32Array.of(NaN)))[0]).toBeNaN();
  });

  it('takes the nearest of the two halves around a number, the even one of two that are as near', () => {
    const positive = fromHalves(finite.filter((half) => half < 0x8000)); // in order
    const random = new Random(1, 'half');
    for (let i = 0; i < 20_000; i++) {
      const at = Math.floor(random.uniform() * (positive.length - 1));
      const [below, above] = [positive[at]!, positive[at + 1]!];
      const middle = (below + above) / 2;
      for (const [value, half] of [
        [below + 0.49 * (above - below), at],
        [below + 0.51 * (above - below), at + 1],
        [middle, at % 2 === 0 ? at : at + 1],
      ] as const) {
        expect(toHalves(Float32Array.of(value))[0], String(value)).toBe(half);
        expect(toHalves(Float32Array.of(-value))[0], String(-value)).toBe(half | 0x8000);
      }
    }
  });
});
