/** Puts a shape on the active layer: outlined with the brush, or filled; with symmetry, wrapped and masked as strokes are. */
import type { Coverage } from '../coverage.ts';
import { Edit } from '../edit.ts';
import { falloff } from '../falloff.ts';
import { Painting } from '../paint.ts';
import { fillPolygon } from '../rasterise.ts';
import { sweep } from '../sweep.ts';
import { moves } from '../symmetry.ts';
import type { BrushSettings, Point, UndoTitle } from '../types.ts';
import type { Desk } from './tool.ts';

export interface Shape {
  points: readonly Point[];
  closed: boolean;
  filled: boolean;
}

export function drawShape(desk: Desk, shape: Shape, title: UndoTitle): void {
  const { document, easel, settings, colour } = desk;
  const { brush } = settings;
  const painting = new Painting(document, new Edit(document), easel.coverage(), {
    ...{ colour, opacity: brush.opacity, grain: shape.filled ? 'none' : brush.grain },
  });
  for (const move of moves(desk.symmetry)) {
    const points = shape.points.map(move);
    if (shape.filled) fillPolygon(painting.coverage, points, document.state.wrap);
    else outline(painting.coverage, points, shape.closed, brush, document.state.wrap);
  }
  painting.show(false);
  document.commit(painting.edit, title);
}

function outline(
  coverage: Coverage,
  points: readonly Point[],
  closed: boolean,
  brush: BrushSettings,
  wrap: boolean,
): void {
  const radius = brush.size / 2;
  const foot = { falloff: falloff(brush.hardness, radius), tip: brush.tip, wrap };
  const dabs = points.map(({ x, y }) => ({ x, y, radius, flow: 1 }));
  if (dabs[0]) sweep(coverage, dabs[0], dabs[0], foot);
  for (let i = 1; i < dabs.length; i++) sweep(coverage, dabs[i - 1]!, dabs[i]!, foot);
  if (closed && dabs.length > 2) sweep(coverage, dabs.at(-1)!, dabs[0]!, foot);
}
