/** Writing the drawing down by itself, and saying where that stands. */
/* eslint-disable svelte/prefer-svelte-reactivity -- nothing shows which layers were painted on */
import { CallError } from '../../../../preload/contract/client.ts';
import type { Region } from '../../../../preload/contract/index.ts';
import type { Change } from '../../../canvas/types.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import { t } from '../../../text/en.ts';
import type { OpenDrawing } from '../open-drawing.svelte.ts';
import { canvasOf, thumbnailOf } from '../pictures.ts';
import { cropped, layOverPaper, NOTHING } from '../pixels.ts';
import { layersToSend, SavePlan, THUMBNAIL_MS } from './save-plan.ts';

const THUMBNAIL = 256;

export class Saving {
  /** Null while everything is written down or on its way; else why it is not. */
  problem = $state<string | null>(null);
  pending = $state(false);
  readonly #drawing: OpenDrawing;
  readonly #plan = new SavePlan();
  #painted = new Set<string>();
  #saved: ReadonlySet<string>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<boolean> | null = null;
  #pictured = -Infinity;
  #ended = false;

  constructor(drawing: OpenDrawing) {
    this.#drawing = drawing;
    this.#saved = new Set(drawing.editor.state.layers.map(({ id }) => id));
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
    this.#schedule();
  }

  /** Everything that the window has is written down again: the studio may not have all of it. */
  again(): void {
    for (const { id } of this.#drawing.editor.state.layers) this.#painted.add(id);
    this.touch();
    void this.save();
  }

  /** Now. @returns whether all of it is written down */
  async save(): Promise<boolean> {
    if (this.#running) await this.#running;
    if (!this.#plan.pending) return true;
    this.#running ??= this.#write();
    const done = await this.#running;
    return done && !this.#plan.pending;
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#ended || this.#running) return;
    const due = this.#plan.due(performance.now(), this.#drawing.editor.busy);
    if (due !== null) this.#timer = setTimeout(() => void this.save(), due);
  }

  async #write(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#plan.begin();
    const painted = this.#painted;
    this.#painted = new Set();
    const { id, state } = this.#drawing;
    try {
      const pixels = layersToSend(state.layers, painted, this.#saved).map((layer) => this.#layer(layer));
      await studio.call('drawings.save', { drawing: id, state, pixels, thumbnail: this.#thumbnail() });
      this.#saved = new Set(state.layers.map((layer) => layer.id));
      this.#plan.succeeded();
      this.problem = null;
      return true;
    } catch (error) {
      for (const layer of painted) this.#painted.add(layer);
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
    const first = this.problem === null;
    this.problem = messageOf(error);
    // A lost connection is told by the window.
    if (first && !(error instanceof CallError && error.code === 'gone'))
      studio.toast('error', t.sketch.saving.failed(this.problem));
  }

  #layer(layer: string): { layer: string; region: Region } {
    const { editor } = this.#drawing;
    const box = editor.contentBox(layer);
    return { layer, region: box ? cropped(editor.surface(layer), box) : NOTHING };
  }

  #thumbnail(): Region | null {
    const now = performance.now();
    if (now - this.#pictured < THUMBNAIL_MS) return null;
    this.#pictured = now;
    const { editor, live } = this.#drawing;
    const drawn = canvasOf(layOverPaper(editor.flatten({ roles: ['paint'] }), editor.state.paper));
    return thumbnailOf(live.version > 0 ? [drawn, live.canvas] : [drawn], THUMBNAIL);
  }
}
