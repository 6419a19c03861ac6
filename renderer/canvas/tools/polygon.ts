/** Polygon: a click for each corner; Enter or a click on the first one closes it. */
import type { PenSample, Point } from '../types.ts';
import { drawShape } from './draw-shape.ts';
import { draggedLine } from './geometry.ts';
import type { Desk, Tool } from './tool.ts';

export class PolygonTool implements Tool {
  readonly #desk: Desk;
  #points: readonly Point[] = [];
  #pen: Point | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get busy(): boolean {
    return this.#points.length > 0;
  }

  down(sample: PenSample): void {
    if (!this.busy && !this.#desk.mayPaint()) return;
    const point = this.#aim(sample);
    const first = this.#points[0];
    const onFirst = first && Math.hypot(point.x - first.x, point.y - first.y) <= this.#desk.reach;
    if (onFirst && this.#points.length > 2) this.confirm();
    else if (!onFirst) this.#show([...this.#points, point], point);
  }

  move(samples: readonly PenSample[]): void {
    if (samples.length > 0) this.hover(samples.at(-1)!);
  }

  up(): void {
    // A corner is set when the pen goes down.
  }

  hover(sample: PenSample): void {
    if (this.busy) this.#show(this.#points, this.#aim(sample));
  }

  confirm(): void {
    const points = this.#points;
    this.cancel();
    if (points.length > 1)
      drawShape(this.#desk, { points, closed: true, filled: this.#desk.settings.filled }, 'polygon');
  }

  back(): boolean {
    if (!this.busy) return false;
    this.#show(this.#points.slice(0, -1), this.#pen);
    return true;
  }

  cancel(): void {
    this.#show([], null);
  }

  leave(): void {
    this.cancel();
  }

  /** Shift keeps the next side to steps of 45 degrees. */
  #aim(sample: PenSample): Point {
    const last = this.#points.at(-1);
    return last ? draggedLine(last, sample, { shift: sample.shift, alt: false })[1] : { x: sample.x, y: sample.y };
  }

  #show(points: readonly Point[], pen: Point | null): void {
    this.#points = points;
    this.#pen = pen;
    const path = pen && points.length > 0 ? [...points, pen] : points;
    this.#desk.showOverlays(points.length > 0 ? [{ kind: 'path', points: path, closed: false }] : []);
  }
}
