/** Brush and eraser. */
import { Edit } from '../edit.ts';
import { Painting } from '../paint.ts';
import { Stroke } from '../stroke.ts';
import { moves } from '../symmetry.ts';
import type { PenSample, Point } from '../types.ts';
import type { Desk, Tool } from './tool.ts';

export class BrushTool implements Tool {
  readonly #desk: Desk;
  readonly #erases: boolean;
  #painting: Painting | null = null;
  #stroke: Stroke | null = null;
  #picking = false;
  /** Where the last stroke ended: Shift draws a straight line from here. */
  #last: Point | null = null;

  constructor(desk: Desk, erases: boolean) {
    this.#desk = desk;
    this.#erases = erases;
  }

  get busy(): boolean {
    return this.#stroke !== null || this.#picking;
  }

  down(sample: PenSample): void {
    const { document, easel, settings, symmetry, colour } = this.#desk;
    // Alt is the eyedropper for a moment.
    this.#picking = sample.alt && !this.#erases;
    if (this.#picking) {
      this.#desk.pick(sample);
      return;
    }
    if (!this.#desk.mayPaint()) return;
    const brush = this.#erases ? settings.eraser : settings.brush;
    const paint = { colour: this.#erases ? null : colour, opacity: brush.opacity, grain: brush.grain };
    this.#painting = new Painting(document, new Edit(document), easel.coverage(), paint);
    const options = {
      brush,
      moves: moves(symmetry),
      wrap: document.state.wrap,
      from: sample.shift ? this.#last : null,
    };
    this.#stroke = new Stroke(this.#painting.coverage, options, sample);
    this.#painting.show(true);
  }

  move(samples: readonly PenSample[]): void {
    if (this.#picking && samples.length > 0) this.#desk.pick(samples.at(-1)!);
    this.#stroke?.move(samples);
    this.#painting?.show(true);
  }

  up(sample: PenSample): void {
    this.#picking = false;
    if (!this.#stroke || !this.#painting) return;
    this.#stroke.up(sample);
    this.#painting.show(false);
    const { edit } = this.#painting;
    this.#stroke = this.#painting = null;
    this.#last = { x: sample.x, y: sample.y };
    this.#desk.document.commit(edit, this.#erases ? 'erase' : 'stroke');
  }

  cancel(): void {
    this.#picking = false;
    if (this.#painting) this.#desk.document.revert(this.#painting.edit);
    this.#stroke = this.#painting = null;
  }

  leave(): void {
    this.cancel();
  }
}
