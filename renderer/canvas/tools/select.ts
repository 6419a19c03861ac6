/** Rectangle and lasso selection. Ctrl adds to what is chosen, Alt takes away from it. */
import { Edit } from '../edit.ts';
import { combine, corners, rectangleBetween, selectPolygon, type SelectMode } from '../select.ts';
import { boxOfPoints } from '../box.ts';
import type { PenSample, Point } from '../types.ts';
import { dragged } from './geometry.ts';
import type { Desk, Tool } from './tool.ts';

/** A press that moves less than this many document pixels is a click: it chooses nothing, so all is free again. */
const CLICK = 1;

export class SelectTool implements Tool {
  readonly #desk: Desk;
  readonly #lasso: boolean;
  #points: Point[] = [];
  #mode: SelectMode = 'replace';

  constructor(desk: Desk, lasso: boolean) {
    this.#desk = desk;
    this.#lasso = lasso;
  }

  get busy(): boolean {
    return this.#points.length > 0;
  }

  down(sample: PenSample): void {
    this.#mode = sample.mod ? 'add' : sample.alt ? 'subtract' : 'replace';
    this.#points = [{ x: sample.x, y: sample.y }];
  }

  move(samples: readonly PenSample[]): void {
    if (!this.busy || samples.length === 0) return;
    for (const { x, y } of samples) this.#points.push({ x, y });
    const points = this.#lasso ? this.#points : this.#rectangle(samples.at(-1)!);
    this.#desk.showOverlays([{ kind: 'path', points: [...points], closed: true }]);
  }

  up(sample: PenSample): void {
    if (!this.busy) return;
    this.#points.push({ x: sample.x, y: sample.y });
    const points = this.#lasso ? this.#points : this.#rectangle(sample);
    const { width, height } = boxOfPoints(this.#points);
    const { document } = this.#desk;
    const { state, selection } = document;
    const clicked = width <= CLICK && height <= CLICK;
    this.cancel();
    const chosen = clicked || points.length < 3 ? null : selectPolygon(points, state, state.wrap);
    const edit = new Edit(document);
    edit.setSelection(combine(selection, chosen, this.#mode, state));
    document.commit(edit, 'select');
  }

  cancel(): void {
    this.#points = [];
    this.#desk.showOverlays([]);
  }

  leave(): void {
    this.cancel();
  }

  /** Shift makes a square. Alt has another meaning here than with shapes. */
  #rectangle(sample: PenSample): Point[] {
    const [a, b] = dragged(this.#points[0]!, sample, { shift: sample.shift, alt: false });
    const { state } = this.#desk.document;
    const found = rectangleBetween(a, b, state, state.wrap);
    return found.length > 0 ? found : corners({ left: a.x, top: a.y, width: 0, height: 0 });
  }
}
