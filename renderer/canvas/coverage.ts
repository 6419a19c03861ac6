/**
 * How much of each pixel a stroke covers, one byte a pixel. What covers a pixel twice covers it as the stronger alone
 * does, so a stroke's opacity is its ceiling, however often it crosses itself. One buffer serves all strokes.
 */
import { clip, copies, Touched, type Size } from './box.ts';
import type { Box, Point } from './types.ts';

export class Coverage implements Size {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
  /** What was covered since somebody took it. */
  readonly touched = new Touched();
  readonly #all = new Touched();
  /** Of each row, the part that may be other than it was when `touched` was taken; `to` is 0 where nothing is. */
  readonly from: Int32Array;
  readonly to: Int32Array;

  constructor({ width, height }: Size) {
    this.width = width;
    this.height = height;
    this.bytes = new Uint8Array(width * height);
    this.from = new Int32Array(height).fill(width);
    this.to = new Int32Array(height);
  }

  /** Says that a row changes from one pixel to before another. */
  mark(y: number, from: number, to: number): void {
    if (from < this.from[y]!) this.from[y] = from;
    if (to > this.to[y]!) this.to[y] = to;
  }

  /** What was drawn since the last time has been shown. */
  shown(): void {
    for (const { top, height } of this.touched.take()) {
      this.from.fill(this.width, top, top + height);
      this.to.fill(0, top, top + height);
    }
  }

  /** All boxes since the last clear. */
  get boxes(): readonly Box[] {
    return this.#all.boxes;
  }

  /**
   * Draws something that lies in a box: once, or in wrap mode wherever a copy of it meets the document. The drawer marks
   * the rows that it changes.
   */
  draw(box: Box, wrap: boolean, draw: (inside: Box, shift: Point) => void): void {
    for (const { x, y } of copies(box, this, wrap)) {
      const inside = clip({ ...box, left: box.left + x, top: box.top + y }, this);
      draw(inside, { x, y });
      this.touched.add(inside);
      this.#all.add(inside);
    }
  }

  /** Says that a whole box changes. */
  markBox({ left, top, width, height }: Box): void {
    for (let y = top; y < top + height; y++) this.mark(y, left, left + width);
  }

  /** Nothing is covered. Costs what was covered. */
  clear(): void {
    for (const { left, top, width, height } of this.#all.take())
      for (let y = top; y < top + height; y++) this.bytes.fill(0, y * this.width + left, y * this.width + left + width);
    this.shown();
  }
}
