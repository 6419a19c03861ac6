import { describe, expect, it } from 'vitest';
import { cellAt, cropStyle, sheetAddress } from './sheet.ts';

/** What a browser shows of a background: the offset and the scale that its percentages come to. */
function shown(style: { size: string; position: string }, box: number, sheet: { width: number; height: number }) {
  const [width, height] = style.size.split(' ').map((p) => (parseFloat(p) / 100) * box) as [number, number];
  const [x, y] = style.position.split(' ').map((p) => parseFloat(p) / 100) as [number, number];
  const scale = width / sheet.width;
  return { scale, left: (-(box - width) * x) / scale, top: (-(box - height) * y) / (height / sheet.height) };
}

describe('a cell of a sheet', () => {
  it('lies after its gap', () => {
    expect(cellAt(64, 0, 'input')).toEqual({ left: 2, top: 2 });
    expect(cellAt(256, 2, 'truth')).toEqual({ left: 8 + 2 * 264, top: 8 + 2 * 264 });
  });
  it.each([
    [64, 1, 0, 'input'],
    [64, 6, 5, 'truth'],
    [256, 4, 2, 'result'],
  ] as const)('of %d px, %d rows: row %d, %s fills its box to half a pixel', (size, rows, row, side) => {
    const gap = Math.max(2, size >> 5);
    const sheet = { width: gap + 3 * (size + gap), height: gap + rows * (size + gap) };
    const { scale, left, top } = shown(cropStyle({ size, rows }, row, side), 300, sheet);
    const cell = cellAt(size, row, side);
    expect(scale).toBeCloseTo(300 / (size - 1), 3);
    expect(left).toBeCloseTo(cell.left + 0.5, 1);
    expect(top).toBeCloseTo(cell.top + 0.5, 1);
  });
  it('comes from an address that any id can stand in', () => {
    expect(sheetAddress('a b', 12)).toBe('/media/preview/a%20b/12');
  });
});
