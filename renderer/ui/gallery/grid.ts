/** The maths of a grid of equal cells of which only the visible ones exist. */

export interface GridShape {
  /** Of the box that scrolls, without its padding. */
  width: number;
  height: number;
  /** How many cells there are in all. */
  total: number;
  cell: { width: number; height: number };
  gap: number;
}

export interface GridLayout {
  columns: number;
  rows: number;
  /** Of everything: what the scroll bar measures. */
  fullHeight: number;
  /** From the top of a row to the top of the next. */
  rowStep: number;
}

/** How the cells lie. */
export function layoutOf({ width, total, cell, gap }: GridShape): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (cell.width + gap)));
  const rows = Math.ceil(total / columns);
  const rowStep = cell.height + gap;
  return { columns, rows, rowStep, fullHeight: Math.max(0, rows * rowStep - gap) };
}

/** The cell that fills the width, at least as large as asked for; `across` pictures side by side, `seam` between them. */
export function fittedCell(
  { width, gap }: { width: number; gap: number },
  { size, across, seam }: { size: number; across: number; seam: number },
): { width: number; height: number } {
  const seams = (across - 1) * seam;
  const columns = Math.max(1, Math.floor((width + gap) / (size * across + seams + gap)));
  const cell = Math.floor((width + gap) / columns - gap);
  return { width: cell, height: Math.max(1, Math.floor((cell - seams) / across)) };
}

/** The cells to have, from `first` to before `end`: what is seen and a row above and below. */
export function visible(shape: GridShape, scrollTop: number): { first: number; end: number; top: number } {
  const { columns, rows, rowStep } = layoutOf(shape);
  const firstRow = Math.max(0, Math.min(rows - 1, Math.floor(scrollTop / rowStep) - 1));
  const endRow = Math.min(rows, Math.ceil((scrollTop + shape.height) / rowStep) + 1);
  return {
    first: firstRow * columns,
    end: Math.max(firstRow * columns, Math.min(shape.total, endRow * columns)),
    top: firstRow * rowStep,
  };
}

/** Where a key leads from a cell; null when the key is none of the grid's. */
export function cellAfterKey(key: string, from: number, shape: GridShape): number | null {
  const { columns, rowStep } = layoutOf(shape);
  const page = Math.max(1, Math.floor(shape.height / rowStep)) * columns;
  const last = shape.total - 1;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -page,
    PageDown: page,
    Home: -from,
    End: last - from,
  };
  const step = steps[key];
  if (step === undefined || last < 0) return null;
  const to = from + step;
  if (key.startsWith('Arrow')) return to < 0 || to > last ? from : to;
  return Math.max(0, Math.min(last, to));
}

/** How far to scroll so that a cell is seen whole; the same place when it is. */
export function scrollToShow(index: number, scrollTop: number, shape: GridShape): number {
  const { columns, rowStep } = layoutOf(shape);
  const top = Math.floor(index / columns) * rowStep;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + shape.cell.height - shape.height);
}
