import { describe, expect, it } from 'vitest';
import { chooseTiling, MATRIX_TILES, MATRIX_TUNING, SIDE, SMALL_MATRIX_TUNING, TUNING, type Tiling } from './tiling.ts';

const mixed = { ...TUNING, matrix: MATRIX_TUNING };
const large = { m: 128, n: 16 * 64 * 64, k: 1024, phases: 1 };

/** Workgroup memory of a matrix product: two tiles of each operand in half precision, and what is written at once. */
const bytesOf = ({ rows, columns, depth, matrix }: Tiling): number =>
  2 * 2 * (rows + columns) * (depth + 8) + matrix!.down * matrix!.across * 2 * SIDE ** 2 * 4;

describe('matrix units', () => {
  it('take products that fill the card, and no others', () => {
    expect(chooseTiling(large, mixed, [1, 1]).matrix).not.toBeNull();
    expect(chooseTiling({ ...large, n: 64 * 64 }, mixed, [1, 1]).matrix).toBeNull();
    expect(chooseTiling({ ...large, m: 3, n: 1 << 22 }, mixed, [1, 1]).matrix).toBeNull();
    expect(chooseTiling(large, TUNING, [1, 1]).matrix).toBeNull();
  });

  it.each([
    [MATRIX_TUNING, MATRIX_TILES],
    [SMALL_MATRIX_TUNING, 32 << 10],
  ])('find room in workgroup memory', (matrix, most) => {
    for (const m of [32, 40, 64, 100, 512])
      for (const n of [32, 48, 96, 4096])
        expect(
          bytesOf(chooseTiling({ m, n, k: 4096, phases: 1 }, { ...TUNING, matrix: { ...matrix, from: 0 } }, [1, 1])),
        ).toBeLessThanOrEqual(most);
  });
});
