/** Line, rectangle and ellipse: dragged from one point to another. */
import { corners } from '../select.ts';
import { boxOfPoints } from '../box.ts';
import type { Overlay, PenSample, Point } from '../types.ts';
import { drawShape, type Shape } from './draw-shape.ts';
import { dragged, draggedLine, ellipse, snapped, type Keys } from './geometry.ts';
import type { Desk, Tool } from './tool.ts';

/** What a drag means, for the picture and for the outline while it is dragged. */
type Form = (from: Point, to: Point, keys: Keys, options: { filled: boolean; size: number }) => Shape;

export const FORMS: Record<'line' | 'rectangle' | 'ellipse', Form> = {
  line: (from, to, keys) => ({ points: draggedLine(from, to, keys), closed: false, filled: false }),
  rectangle: (from, to, keys, { filled, size }) => {
    const [a, b] = dragged(from, to, keys).map((corner) => snapped(corner, filled ? 0 : size)) as [Point, Point];
    const [left, top, right, bottom] = [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
    return { points: corners({ left, top, width: right - left, height: bottom - top }), closed: true, filled };
  },
  ellipse: (from, to, keys, { filled }) => ({ points: ellipse(...dragged(from, to, keys)), closed: true, filled }),
};

export class ShapeTool implements Tool {
  readonly #desk: Desk;
  readonly #name: keyof typeof FORMS;
  #from: Point | null = null;

  constructor(desk: Desk, name: keyof typeof FORMS) {
    this.#desk = desk;
    this.#name = name;
  }

  get busy(): boolean {
    return this.#from !== null;
  }

  down(sample: PenSample): void {
    if (this.#desk.mayPaint()) this.#from = { x: sample.x, y: sample.y };
  }

  move(samples: readonly PenSample[]): void {
    const sample = samples.at(-1);
    if (!this.#from || !sample) return;
    this.#desk.showOverlays([this.#outline(this.#from, sample)]);
  }

  up(sample: PenSample): void {
    if (!this.#from) return;
    const shape = this.#shape(this.#from, sample);
    this.cancel();
    drawShape(this.#desk, shape, this.#name);
  }

  cancel(): void {
    this.#from = null;
    this.#desk.showOverlays([]);
  }

  leave(): void {
    this.cancel();
  }

  #shape(from: Point, sample: PenSample): Shape {
    const { brush, filled } = this.#desk.settings;
    return FORMS[this.#name](from, sample, sample, { filled, size: brush.size });
  }

  #outline(from: Point, sample: PenSample): Overlay {
    const { points, closed } = this.#shape(from, sample);
    return this.#name === 'ellipse' ? { kind: 'ellipse', box: boxOfPoints(points) } : { kind: 'path', points, closed };
  }
}
