import { describe, expect, it } from 'vitest';
import { cellAfterKey, fittedCell, layoutOf, scrollToShow, visible, type GridShape } from './grid.ts';

const shape: GridShape = { width: 1000, height: 500, total: 10_000, cell: { width: 92, height: 92 }, gap: 8 };

describe('the grid', () => {
  it('lays cells in as many columns as fit', () => {
    expect(layoutOf(shape)).toEqual({ columns: 10, rows: 1000, rowStep: 100, fullHeight: 99_992 });
    expect(layoutOf({ ...shape, width: 10 }).columns).toBe(1);
    expect(layoutOf({ ...shape, total: 0 }).fullHeight).toBe(0);
  });
  it.each([
    [0, 0, 60, 0],
    [250, 10, 90, 100],
    [99_492, 9930, 10_000, 99_300],
  ])('scrolled to %d has the cells from %d to %d', (scrollTop, first, end, top) =>
    expect(visible(shape, scrollTop)).toEqual({ first, end, top }),
  );
  it('never has more than a screen and two rows', () => {
    for (let at = 0; at < 99_492; at += 37) {
      const { first, end } = visible(shape, at);
      expect(end - first).toBeLessThanOrEqual(80);
    }
  });
  it('fills the width with its cells', () => {
    const cell = fittedCell({ width: 1000, gap: 8 }, { size: 160, across: 2, seam: 2 });
    expect(cell).toEqual({ width: 328, height: 163 });
    expect(layoutOf({ ...shape, cell }).columns).toBe(3);
    expect(fittedCell({ width: 0, gap: 8 }, { size: 160, across: 1, seam: 2 }).height).toBe(1);
  });
  it('has none of nothing', () => {
    const { first, end } = visible({ ...shape, total: 0 }, 0);
    expect(end - first).toBe(0);
    expect(cellAfterKey('End', 0, { ...shape, total: 0 })).toBeNull();
  });
  it.each([
    ['ArrowRight', 5, 6],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 5, 15],
    ['ArrowUp', 5, 5],
    ['ArrowDown', 9995, 9995],
    ['PageDown', 5, 55],
    ['PageDown', 9990, 9999],
    ['Home', 500, 0],
    ['End', 3, 9999],
    ['x', 3, null],
  ])('%s from %d leads to %s', (key, from, to) => expect(cellAfterKey(key, from, shape)).toBe(to));
  it.each([
    [0, 300, 0],
    [55, 300, 300],
    [100, 300, 592],
  ])('shows cell %d, scrolled to %d, at %d', (index, from, to) => expect(scrollToShow(index, from, shape)).toBe(to));
});
