/** When a drawing is written down: a moment after the last change, and never long after the first. Never during a stroke. */

/** After the last change. */
export const CALM_MS = 1000;
/** After the first change that is not written down. */
export const LATEST_MS = 10_000;
/** After a save that failed; longer each time. */
const RETRY_MS = [2000, 5000, 15_000, 30_000];
/** The small picture is made anew at most this often. */
export const THUMBNAIL_MS = 5000;

export class SavePlan {
  #first: number | null = null;
  #last = 0;
  #failures = 0;
  #notBefore = 0;

  /** Something changed that is not written down. */
  changed(now: number): void {
    this.#first ??= now;
    this.#last = now;
  }

  get pending(): boolean {
    return this.#first !== null;
  }

  /** In how many milliseconds to save, 0 for now; null when there is nothing to save, or a stroke goes on. */
  due(now: number, busy: boolean): number | null {
    if (this.#first === null || busy) return null;
    const wanted = Math.min(this.#last + CALM_MS, this.#first + LATEST_MS);
    return Math.max(0, Math.max(wanted, this.#notBefore) - now);
  }

  /** A save begins: what changes from now on is for the next one. */
  begin(): void {
    this.#first = null;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#notBefore = 0;
  }

  /** It was not written down: again, after a while. */
  failed(now: number): void {
    this.changed(now);
    this.#notBefore = now + RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
  }
}

/** The layers and masks whose pixels have to be sent: those that were painted on, and those that the saved drawing did not have. */
export const layersToSend = (
  ids: readonly string[],
  painted: ReadonlySet<string>,
  saved: ReadonlySet<string>,
): string[] => ids.filter((id) => painted.has(id) || !saved.has(id));
