/** Plays a way through pictures: they are made ahead, as a slow processor could not keep up, and then shown in time. */
import type { VideoFormat, Wish } from '../../../preload/contract/index.ts';
import { studio } from '../../studio.svelte.ts';
import { latentState } from './latent.svelte.ts';
import { encodeVideo } from './video.ts';

/** How many pictures are fetched at once. */
const AT_ONCE = 4;

async function bitmapOf(wish: Wish): Promise<ImageBitmap> {
  const answer = await fetch(latentState.address(wish));
  return createImageBitmap(await answer.blob());
}

export class Player {
  readonly fps = 24;
  canvas = $state<HTMLCanvasElement>();
  playing = $state(false);
  loop = $state(true);
  /** From one key picture to the next. */
  seconds = $state(1);
  /** How much of it is made, 0..1; null while nothing is being made. */
  share = $state<number | null>(null);
  #run = 0;

  /** How many pictures a way through so many key pictures has. */
  count(keys: number): number {
    const legs = this.loop ? keys : keys - 1;
    return Math.max(2, Math.min(1000, Math.round(legs * this.seconds * this.fps)));
  }

  /** All pictures of the way; undefined where they could not be worked out, which was said. */
  frames(): Promise<Wish[] | undefined> {
    const { path, model } = latentState;
    if (path.length < 2 || !model) return Promise.resolve(undefined);
    const asked = { model: model.id, keys: [...path], frames: this.count(path.length), loop: this.loop };
    return studio.attempt(studio.call('latent.path', asked));
  }

  async play(): Promise<void> {
    const run = ++this.#run;
    this.playing = true;
    const wishes = await this.frames();
    const bitmaps = wishes && (await this.#fetch(wishes, run));
    if (!bitmaps || run !== this.#run) {
      this.#end(run);
      return;
    }
    const began = performance.now();
    const show = (now: number): void => {
      if (run !== this.#run) return;
      const at = Math.floor(((now - began) / 1000) * this.fps);
      if (!this.loop && at >= bitmaps.length) return this.#end(run);
      this.#draw(bitmaps[Math.max(0, at) % bitmaps.length]!);
      requestAnimationFrame(show);
    };
    requestAnimationFrame(show);
  }

  /** The whole way as a video; undefined where its pictures could not be made, which was said. @throws NoEncoder */
  async video(as: VideoFormat): Promise<Uint8Array | undefined> {
    const run = ++this.#run;
    const wishes = await this.frames();
    const bitmaps = wishes && (await this.#fetch(wishes, run));
    this.#end(run);
    return bitmaps ? encodeVideo(bitmaps, { fps: this.fps, as }) : undefined;
  }

  stop(): void {
    this.#end(this.#run);
  }

  /** Shows where it begins, until it is played. */
  async rest(wish: Wish): Promise<void> {
    const run = this.#run;
    const bitmap = await studio.attempt(bitmapOf(wish));
    if (bitmap && run === this.#run) this.#draw(bitmap);
  }

  #end(run: number): void {
    if (run !== this.#run) return;
    this.#run++;
    this.playing = false;
    this.share = null;
  }

  /** Null where it was stopped meanwhile. */
  async #fetch(wishes: readonly Wish[], run: number): Promise<ImageBitmap[] | null> {
    const bitmaps: ImageBitmap[] = [];
    this.share = 0;
    for (let from = 0; from < wishes.length; from += AT_ONCE) {
      const some = wishes.slice(from, from + AT_ONCE);
      bitmaps.push(...((await studio.attempt(Promise.all(some.map(bitmapOf)))) ?? []));
      if (run !== this.#run || bitmaps.length < Math.min(wishes.length, from + AT_ONCE)) return null;
      this.share = bitmaps.length / wishes.length;
    }
    this.share = null;
    return bitmaps;
  }

  #draw(bitmap: ImageBitmap): void {
    const context = this.canvas?.getContext('2d');
    if (!context) return;
    context.imageSmoothingQuality = 'high';
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.drawImage(bitmap, 0, 0, context.canvas.width, context.canvas.height);
  }
}
