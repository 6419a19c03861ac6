/**
 * Rounds a line of dabs: between the middles of its pieces it follows the parabola that each corner pulls (a quadratic
 * B-spline). The curve is then cut into straight ways that are no further from it than the eye can tell.
 */
import type { Dab } from './sweep.ts';

const MOST_PIECES = 64;

export class Curve {
  readonly #draw: (from: Dab, to: Dab) => void;
  #drawn: Dab;
  #corner: Dab;

  /** Begins with a dot. */
  constructor(first: Dab, draw: (from: Dab, to: Dab) => void) {
    this.#draw = draw;
    this.#drawn = first;
    this.#corner = first;
    draw(first, first);
  }

  /** @param tolerance how far from the true curve the line may be, in pixels */
  to(dab: Dab, tolerance: number): void {
    const end = between(this.#corner, dab, 0.5);
    this.#bend(end, tolerance);
    this.#corner = dab;
  }

  /** Draws on to the last dab. */
  finish(): void {
    if (this.#corner !== this.#drawn) this.#draw(this.#drawn, this.#corner);
    this.#drawn = this.#corner;
  }

  /** The last dab that it was led to. */
  get last(): Dab {
    return this.#corner;
  }

  #bend(end: Dab, tolerance: number): void {
    const [start, corner] = [this.#drawn, this.#corner];
    const bow = Math.hypot(start.x - 2 * corner.x + end.x, start.y - 2 * corner.y + end.y);
    const pieces = Math.min(MOST_PIECES, Math.max(1, Math.ceil(Math.sqrt(bow / (4 * tolerance)))));
    let from = start;
    for (let i = 1; i <= pieces; i++) {
      const t = i / pieces;
      const to = i === pieces ? end : between(between(start, corner, t), between(corner, end, t), t);
      this.#draw(from, to);
      from = to;
    }
    this.#drawn = end;
  }
}

export const between = (a: Dab, b: Dab, t: number): Dab => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
  radius: a.radius + (b.radius - a.radius) * t,
  flow: a.flow + (b.flow - a.flow) * t,
});
