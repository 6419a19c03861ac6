/** What a gallery knows: where it is scrolled to, which cell is active, and the pages of entries fetched so far. */
import { SvelteMap } from 'svelte/reactivity';
import { cellAfterKey, fittedCell, layoutOf, scrollToShow, visible, type GridShape } from './grid.ts';

/** One cell. */
export interface GalleryEntry {
  name: string;
  heldOut: boolean;
  thumbnails: readonly string[];
  /** A letter or word in its upper corner: which of two sets it belongs to, say. */
  mark?: string | undefined;
  /** The small picture that its own is mixed into, where the gallery has a strength. */
  under?: string | null | undefined;
  /** What is wrong with it, shown instead of its picture. */
  problem?: string | undefined;
}

/** Gives a part of the entries. */
export type LoadPage<E> = (from: number, count: number) => Promise<readonly E[]>;

const PAGE = 200;
const GAP = 8;
/** Pixels a millisecond from which pictures only fly past: nobody sees them, and hundreds would be fetched for nothing. */
const FLYING = 4;
/** Milliseconds of stillness after which they are worth fetching again. */
const SETTLE_MS = 120;
/** Between the two pictures of a pair. */
const SEAM = 2;

export class GalleryState<E extends GalleryEntry> {
  width = $state(0);
  height = $state(0);
  scrollTop = $state(0);
  active = $state(0);
  /** The height that a picture has at least. */
  size = $state(160);
  total = $state(0);
  /** Pictures in a cell, side by side. */
  across = $state(1);
  /** Pictures fly past just now: cells that come into view wait with theirs. */
  flying = $state(false);
  #scrolledAt = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;
  readonly #pages = new SvelteMap<number, readonly E[] | 'coming'>();
  #load: LoadPage<E> = () => Promise.resolve([]);
  #generation = 0;
  /** Pages that are shown, but not what they would be now. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #stale = new Set<number>();

  readonly shape: GridShape = $derived({
    width: this.width,
    height: this.height,
    total: this.total,
    cell: fittedCell({ width: this.width, gap: GAP }, { size: this.size, across: this.across, seam: SEAM }),
    gap: GAP,
  });
  readonly layout = $derived(layoutOf(this.shape));
  readonly range = $derived(visible(this.shape, this.scrollTop));
  readonly indices = $derived(
    Array.from({ length: this.range.end - this.range.first }, (_, i) => this.range.first + i),
  );

  /** Shows other entries, or the same ones anew. */
  show(total: number, load: LoadPage<E>): void {
    this.total = total;
    this.#load = load;
    this.#generation++;
    this.#pages.clear();
    this.#stale.clear();
    this.active = Math.min(this.active, Math.max(0, total - 1));
  }

  /** The person scrolled to `top`, at `now` milliseconds. */
  scrolled(top: number, now: number): void {
    const speed = Math.abs(top - this.scrollTop) / Math.max(1, now - this.#scrolledAt);
    [this.scrollTop, this.#scrolledAt] = [top, now];
    if (speed < FLYING) return;
    this.flying = true;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => (this.flying = false), SETTLE_MS);
  }

  /** The entry at a place, once its page is there. */
  at(index: number): E | undefined {
    const page = this.#pages.get(Math.floor(index / PAGE));
    return page === 'coming' ? undefined : page?.[index % PAGE];
  }

  /** Fetches the pages of what is seen. */
  fetch(): void {
    const { first, end } = this.range;
    for (let page = Math.floor(first / PAGE); page * PAGE < end; page++) void this.#fetchPage(page);
  }

  /** The entry at a place, fetched when it has to be. */
  async get(index: number): Promise<E | undefined> {
    await this.#fetchPage(Math.floor(index / PAGE));
    return this.at(index);
  }

  /** The entries have changed: what is seen is fetched again, and stays until then. */
  refresh(): void {
    for (const page of this.#pages.keys()) this.#stale.add(page);
    this.fetch();
  }

  /** Shows the cell at a place, as far as there are. */
  goTo(index: number): void {
    this.active = Math.max(0, Math.min(this.total - 1, index));
    this.scrollTop = scrollToShow(this.active, this.scrollTop, this.shape);
  }

  /** Moves the active cell. @returns whether the key was the gallery's; `scrollTop` then shows the cell */
  key(key: string): boolean {
    const to = cellAfterKey(key, this.active, this.shape);
    if (to === null) return false;
    this.active = to;
    this.scrollTop = scrollToShow(to, this.scrollTop, this.shape);
    return true;
  }

  async #fetchPage(page: number): Promise<void> {
    const known = this.#pages.get(page);
    if (known === 'coming' || (known && !this.#stale.has(page))) return;
    const generation = this.#generation;
    this.#stale.delete(page);
    if (!known) this.#pages.set(page, 'coming');
    try {
      const entries = await this.#load(page * PAGE, PAGE);
      if (generation !== this.#generation) return;
      this.#pages.set(page, entries);
      this.across = Math.max(1, entries[0]?.thumbnails.length ?? 1);
    } catch {
      // Whoever gave `load` has told why; scrolling here again tries again.
      if (generation === this.#generation && !known) this.#pages.delete(page);
    }
  }
}
