/**
 * When the result is asked for, and with what: drafts while the pen is down, one at a time and not too often; the full
 * thing as soon as it is up. No clock and no calls: times are handed in.
 */
import type { Box } from '../../../../preload/contract/index.ts';
import { unionOf } from '../pixels.ts';

/** Drafts come no faster than this. */
export const DRAFT_MS = 60;

export type Quality = 'draft' | 'full';

export interface Asking {
  quality: Quality;
  /** What changed since the last asking; 'all' when the studio has nothing of the picture; null for nothing. */
  changed: Box | 'all' | null;
  turn: number;
}

export class LivePlan {
  #changed: Box | 'all' | null = 'all';
  /** The full result is owed: something was drawn since it was last asked for. */
  #owed = false;
  #stroke = false;
  /** The last result was not all of it: the rest is asked for with nothing changed. */
  #more = false;
  /** An asking failed during this stroke: not again before its end. */
  #held = false;
  #asked: Asking[] = [];
  #lastDraft = -Infinity;
  #turns = 0;
  #shown = -1;
  /** Turns from before a change of model or frame: their answers are about another picture. */
  #since = 0;

  /** Part of the picture changed. */
  mark(box: Box): void {
    this.#changed = this.#changed === 'all' ? 'all' : unionOf(this.#changed, box);
    this.#owed = true;
  }

  /** The studio has nothing that could be built upon. What is under way still shows unless `another` picture begins. */
  markAll(another = false): void {
    this.#changed = 'all';
    this.#owed = true;
    if (another) this.#since = this.#turns;
  }

  /** Whether a stroke is going on. */
  stroke(on: boolean): void {
    if (!on) this.#held = false;
    this.#stroke = on;
  }

  /** What to ask now; else after how many milliseconds to look again; null when nothing is to be asked. */
  next(now: number): Asking | number | null {
    if (!this.#owed && !this.#more) return null;
    if (!this.#stroke) return this.#asked.some(({ quality }) => quality === 'full') ? null : this.#ask('full', now);
    if (this.#held || this.#asked.length > 0 || (this.#changed === null && !this.#more)) return null;
    const wait = this.#lastDraft + DRAFT_MS - now;
    return wait > 0 ? wait : this.#ask('draft', now);
  }

  /** An answer came. @returns whether it is to be shown */
  answered(turn: number, state: 'done' | 'stale' | 'lost' | 'failed', left = 0): boolean {
    this.#asked = this.#asked.filter((each) => each.turn !== turn);
    // The studio forgot, or it is not known how much of it arrived: next time it gets everything.
    if (state === 'lost') this.markAll();
    if (state === 'failed') {
      this.#changed = 'all';
      this.#owed = false;
      this.#held = this.#stroke;
    }
    if (state === 'done' && left > 0) this.#more = true;
    if (state !== 'done' || turn < this.#since || turn < this.#shown) return false;
    this.#shown = turn;
    return true;
  }

  get waiting(): boolean {
    return this.#asked.length > 0;
  }

  /** Whether what is shown is not yet all of the result of what is drawn. */
  get behind(): boolean {
    return this.#owed || this.#more || this.waiting;
  }

  #ask(quality: Quality, now: number): Asking {
    const asking = { quality, changed: this.#changed, turn: this.#turns++ };
    this.#asked.push(asking);
    this.#changed = null;
    this.#more = false;
    if (quality === 'full') this.#owed = false;
    else this.#lastDraft = now;
    return asking;
  }
}
