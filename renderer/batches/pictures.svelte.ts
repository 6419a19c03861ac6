/** The pictures of a batch, page by page, and the one that is looked at. */
import type { Batch, BatchPicture } from '../../preload/contract/index.ts';
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { GalleryState, type GalleryEntry } from '../ui/gallery/gallery.svelte.ts';
import { loadPicture } from '../ui/viewer/pictures.ts';
import type { ViewerPicture } from '../ui/viewer/viewer.svelte.ts';

export interface PictureEntry extends GalleryEntry {
  picture: BatchPicture;
}

/** The least width of a cell: two stand side by side in the narrow gallery. */
const CELL = 78;
/** Pictures that are asked for at once when one is looked for. */
const PAGE = 1000;
/** Milliseconds between two looks at what has been made since. */
const REFRESH_MS = 700;

export class Pictures {
  readonly gallery = new GalleryState<PictureEntry>();
  readonly #batch: () => Batch;
  #refreshing: ReturnType<typeof setTimeout> | undefined;

  readonly current = $derived.by(() => this.gallery.at(this.gallery.active)?.picture ?? null);

  constructor(batch: () => Batch) {
    this.#batch = batch;
    this.gallery.size = CELL;
  }

  begin(): void {
    this.gallery.active = 0;
    this.gallery.show(this.#batch().total, (from, count) => this.#load(from, count));
  }

  /** Something of the batch has changed. */
  refresh(total: number): void {
    if (total !== this.gallery.total) this.gallery.total = total;
    this.#refreshing ??= setTimeout(() => {
      this.#refreshing = undefined;
      this.gallery.refresh();
    }, REFRESH_MS);
  }

  end(): void {
    clearTimeout(this.#refreshing);
    this.#refreshing = undefined;
  }

  /** Goes to the next picture that failed, from the first again after the last. */
  async goToFailed(): Promise<void> {
    const { total, active } = this.gallery;
    // From where one stands to the end, then from the beginning.
    for (const [from, end] of [
      [active + 1, total],
      [0, active + 1],
    ] as const)
      for (let at = from; at < end; at += PAGE) {
        const page = await this.#load(at, Math.min(PAGE, end - at));
        const found = page.findIndex(({ picture }) => picture.state === 'failed');
        if (found >= 0) {
          this.gallery.goTo(at + found);
          return;
        }
      }
  }

  /** A picture for the viewer: the original, and the result where there is one. */
  async viewed(index: number): Promise<ViewerPicture | undefined> {
    const picture = (await this.gallery.get(index))?.picture;
    if (!picture) return undefined;
    const { name, input, output } = picture;
    const sides = [
      { label: t.style.input, address: input },
      { label: t.style.result, address: output },
    ];
    return {
      title: name,
      sides: sides.flatMap(({ label, address }) =>
        address === null ? [] : [{ label, load: () => loadPicture(address) }],
      ),
    };
  }

  async #load(from: number, count: number): Promise<readonly PictureEntry[]> {
    const page = await studio.attempt(studio.call('translate.results', { batch: this.#batch().id, from, count }));
    if (!page) throw new Error('told already');
    return page.results.map(entryOf);
  }
}

const entryOf = (picture: BatchPicture): PictureEntry => ({
  name: picture.name,
  heldOut: false,
  thumbnails: picture.thumbnail === null ? [] : [picture.thumbnail],
  under: picture.inputThumbnail,
  mark: picture.kept ? t.style.keptMark : undefined,
  problem: picture.state === 'failed' ? t.style.states.failed : undefined,
  picture,
});
