import { describe, expect, it } from 'vitest';
import { MATRIX_TILES, MATRIX_TUNING, matrixTiling, SIDE, SMALL_MATRIX_TUNING, type Tiling } from './tiling.ts';

/** Workgroup memory of a matrix product: two tiles of each operand in half precision, and what is written at once. */
const bytesOf = ({ rows, columns, depth, matrix }: Tiling): number =>
  2 * 2 * Math.max((rows + columns) * (depth + 8), depth * (rows + columns + 16)) +
  matrix!.down * matrix!.across * SIDE ** 2 * 4;

describe('matrix units', () => {
  it.each([
    [MATRIX_TUNING, MATRIX_TILES],
    [SMALL_MATRIX_TUNING, 32 << 10],
  ])('find room in workgroup memory', (matrix, most) => {
    for (const m of [1, 3, 16, 32, 40, 64, 100, 512])
      for (const n of [1, 32, 48, 96, 4096])
        expect(bytesOf(matrixTiling({ m, n, k: 4096, phases: 1 }, matrix)), `${m} x ${n}`).toBeLessThanOrEqual(most);
  });

  it('cut sums where there are too few tiles to fill the card, and else not', () => {
    const parts = (m: number, n: number): number => matrixTiling({ m, n, k: 8192, phases: 1 }, MATRIX_TUNING).parts;
    expect(parts(512, 1024)).toBe(4);
    expect(parts(128, 16384)).toBe(1);
  });
});
