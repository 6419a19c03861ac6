/** Writing the drawing down by itself, and saying where that stands. */
/* eslint-disable svelte/prefer-svelte-reactivity -- nothing shows which layers were painted on */
import { CallError } from '../../../../preload/contract/client.ts';
import { surfacesOf } from '../../../../preload/contract/layers/stack.ts';
import type { Region } from '../../../../preload/contract/index.ts';
import type { Change } from '../../../canvas/types.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import type { OpenDrawing } from '../open-drawing.svelte.ts';
import { canvasOf, thumbnailOf } from '../pictures.ts';
import { cropped, NOTHING } from '../pixels.ts';
import { layersToSend, SavePlan, THUMBNAIL_MS } from './save-plan.ts';

const THUMBNAIL = 256;

export class Saving {
  /** Why the last save failed; null where it did not. */
  problem = $state<string | null>(null);
  pending = $state(false);
  readonly #drawing: OpenDrawing;
  readonly #plan = new SavePlan();
  #painted = new Set<string>();
  #saved: ReadonlySet<string>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<boolean> | null = null;
  #pictured = -Infinity;
  /** The picture that it is known by shows something older than the drawing, or its result. */
  #outdated = false;
  #touched = false;
  #picturing: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(drawing: OpenDrawing) {
    this.#drawing = drawing;
    this.#saved = new Set(surfacesOf(drawing.editor.state.layers));
  }

  hear(change: Change): void {
    if (change.kind === 'pixels') this.#painted.add(change.layer);
    if (change.kind === 'pixels' || change.kind === 'state') this.touch();
    else this.#schedule();
  }

  /** Something changed that belongs to the drawing. */
  touch(): void {
    if (this.#drawing.readOnly) return;
    this.#plan.changed(performance.now());
    this.pending = true;
    [this.#touched, this.#outdated] = [true, true];
    this.#schedule();
  }

  /** A result came: of what was drawn since, or by another model. One that only came with opening is known already. */
  resulted(): void {
    if (!this.#touched) return;
    this.#outdated = true;
    this.#pictureLater();
  }

  /** All of it, with the picture that it is known by, before it is closed. @returns whether it is written down */
  async finish(): Promise<boolean> {
    if (this.#outdated) {
      this.#pictured = -Infinity;
      this.#plan.changed(performance.now());
    }
    return this.save();
  }

  /** Now, or else when the studio is back with the project. @returns whether all of it is written down */
  async save(): Promise<boolean> {
    if (this.#running) await this.#running;
    if (!this.#plan.pending) return true;
    if (!this.#drawing.reachable) return false;
    this.#running ??= this.#write();
    const done = await this.#running;
    return done && !this.#plan.pending;
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#picturing);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#ended || this.#running) return;
    const due = this.#plan.due(performance.now(), this.#drawing.editor.busy);
    if (due !== null) this.#timer = setTimeout(() => void this.save(), due);
  }

  /** The picture is made anew once it may be, by a save of its own. */
  #pictureLater(): void {
    clearTimeout(this.#picturing);
    if (this.#ended) return;
    const due = Math.max(0, this.#pictured + THUMBNAIL_MS - performance.now());
    this.#picturing = setTimeout(() => {
      this.#plan.changed(performance.now());
      this.#schedule();
    }, due);
  }

  async #write(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#plan.begin();
    const painted = this.#painted;
    this.#painted = new Set();
    const { id, state } = this.#drawing;
    try {
      const pixels = layersToSend(surfacesOf(state.layers), painted, this.#saved).map((layer) => this.#layer(layer));
      await studio.call('drawings.save', { drawing: id, state, pixels, thumbnail: this.#thumbnail() });
      this.#saved = new Set(surfacesOf(state.layers));
      this.#plan.succeeded();
      this.problem = null;
      // Not after a failure: that is tried again at its own pace, and brings the picture along.
      if (this.#outdated) this.#pictureLater();
      return true;
    } catch (error) {
      for (const layer of painted) this.#painted.add(layer);
      this.#outdated = true;
      this.#plan.failed(performance.now());
      this.#tell(error);
      return false;
    } finally {
      this.pending = this.#plan.pending;
      this.#running = null;
      this.#schedule();
    }
  }

  #tell(error: unknown): void {
    // A lost connection is told by the window, and tried again when it is back.
    if (error instanceof CallError && error.code === 'gone') return;
    this.problem = messageOf(error);
  }

  #layer(layer: string): { layer: string; region: Region } {
    const { editor } = this.#drawing;
    const box = editor.contentBox(layer);
    return { layer, region: box ? cropped(editor.surface(layer), box) : NOTHING };
  }

  #thumbnail(): Region | null {
    const now = performance.now();
    if (now - this.#pictured < THUMBNAIL_MS) return null;
    [this.#pictured, this.#outdated] = [now, false];
    const { editor, live } = this.#drawing;
    const drawn = canvasOf(editor.flatten({ paper: true }));
    return thumbnailOf(live.has ? [drawn, live.canvas] : [drawn], THUMBNAIL);
  }
}
