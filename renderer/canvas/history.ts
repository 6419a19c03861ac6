/**
 * Undo and redo without a limit but memory. A step holds what the document had before, and swaps it with what the
 * document has (`Document.swap`); so the same step serves undo and redo. What a step is made of is not known here.
 */
import type { UndoTitle } from './types.ts';

export interface Step {
  /** An id such as 'stroke'; its words come from the dictionary. */
  readonly title: UndoTitle;
  /** The memory that it holds now. */
  readonly bytes: number;
  /** What it may be folded with. */
  readonly key: string | null;
  /** Of the last change in it, in milliseconds. */
  time: number;
}

/** What a change does to undo: a step of its own; one with a step of the same key that is fresh; nothing. */
export type UndoPolicy = { undo: 'step' } | { undo: 'fold'; key: string } | { undo: 'never' };

const FRESH_MS = 1000;

export class History<S extends Step> {
  readonly #budget: number;
  readonly #past: S[] = [];
  #future: S[] = [];

  /** @param budget in bytes. The newest step is kept even where it is larger. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get undoable(): S | null {
    return this.#past.at(-1) ?? null;
  }

  get redoable(): S | null {
    return this.#future.at(-1) ?? null;
  }

  /** The step that a change of this key continues, or null. */
  open(key: string, time: number): S | null {
    const last = this.#past.at(-1);
    const fresh = last?.key === key && time - last.time < FRESH_MS;
    return fresh && this.#future.length === 0 ? last : null;
  }

  push(step: S): void {
    this.#past.push(step);
    this.#future = [];
    this.#trim();
  }

  /** The step to swap, which is then one to redo. */
  undo(): S | null {
    const step = this.#past.pop() ?? null;
    if (step) this.#future.push(step);
    return step;
  }

  redo(): S | null {
    const step = this.#future.pop() ?? null;
    if (step) this.#past.push(step);
    return step;
  }

  /** Forgets the newest step: its change goes on and will be pushed again. */
  takeBack(): S | null {
    return this.#past.pop() ?? null;
  }

  get bytes(): number {
    return [...this.#past, ...this.#future].reduce((sum, step) => sum + step.bytes, 0);
  }

  #trim(): void {
    let sum = this.bytes;
    while (sum > this.#budget && this.#past.length > 1) sum -= this.#past.shift()!.bytes;
  }
}
