/** Moving pixels by arrow keys: each press moves on from the pixels as they were before the first. */
import type { Document } from './document.ts';
import type { Edit } from './edit.ts';
import { Floating } from './floating.ts';

export class Nudge {
  readonly #document: Document;
  /** The step that presses still add to, and how far it has gone. */
  #step: Edit | null = null;
  #way = { x: 0, y: 0 };

  constructor(document: Document) {
    this.#document = document;
  }

  /** By whole pixels. */
  by(dx: number, dy: number): void {
    const document = this.#document;
    const goesOn = this.#step !== null && document.history.undoable === this.#step && !document.history.redoable;
    // What lies under the way, and what has left the picture, comes back.
    if (goesOn) document.takeBack();
    const { x, y } = goesOn ? this.#way : { x: 0, y: 0 };
    this.#way = { x: x + Math.round(dx), y: y + Math.round(dy) };
    const floating = Floating.lift(document);
    if (!floating) return;
    const { transform } = floating;
    floating.transform = { ...transform, x: transform.x + this.#way.x, y: transform.y + this.#way.y };
    if (floating.moved) document.commit(floating.apply(), 'nudge');
    else floating.cancel();
    this.#step = floating.moved ? document.history.undoable : null;
  }
}
