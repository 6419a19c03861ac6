/** The result beside the line: asks for it as the drawing changes, and keeps it on a canvas of its own. */
import { CallError } from '../../../../preload/contract/client.ts';
import type { Region } from '../../../../preload/contract/index.ts';
import type { Change } from '../../../canvas/types.ts';
import { messageOf, studio } from '../../../studio.svelte.ts';
import type { OpenDrawing } from '../open-drawing.svelte.ts';
import { contextOf, copyOf, imageOf, newCanvas } from '../pictures.ts';
import { firstPainted, hexOf, regionOf, within } from '../pixels.ts';
import { LivePlan, type Asking, type Quality } from './live-plan.ts';

/** Nothing turns before this: most results are faster. */
const SLOW_MS = 300;

export class Live {
  readonly canvas: HTMLCanvasElement;
  /** Counts the changes of the canvas. */
  version = $state(0);
  /** There is a result of what is drawn. */
  has = $state(false);
  /** Nothing is drawn: what a model answers to that is no result, and it is not asked. */
  blank = $state(true);
  /** Of the last result, inside the model. */
  ms = $state<number | null>(null);
  #refused: string | null = null;
  seam = $state<number | null>(null);
  /** Why there is no newer result, where that is known. */
  problem = $state<string | null>(null);
  /** The newest result is on its way. */
  behind = $state(false);
  /** A result takes long enough to say so. */
  slow = $state(false);
  readonly #drawing: OpenDrawing;
  readonly #plan = new LivePlan();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  #seen: string;
  /** A place with paint when that was last looked at. */
  #painted = { left: 0, top: 0, width: 1, height: 1 };
  #ended = false;

  constructor(drawing: OpenDrawing) {
    this.#drawing = drawing;
    const { width, height } = drawing.editor.state;
    this.canvas = newCanvas(width, height);
    this.#seen = this.#picture();
  }

  /** The whole result anew: after the start, a reconnection, or a change of the model or of how it is asked. */
  restart(): void {
    this.#plan.markAll(true);
    this.#pump();
  }

  hear(change: Change): void {
    if (change.kind === 'pixels') {
      // The mask of a group is part of the drawing too.
      const role = this.#drawing.editor.document.owner(change.layer)?.role;
      if (role !== 'paint' && role !== 'group') return;
      this.#plan.stroke(change.running);
      this.#plan.mark(change.box);
    } else if (change.kind === 'state') {
      const picture = this.#picture();
      if (picture === this.#seen) return;
      this.#seen = picture;
      this.#plan.markAll();
    } else return;
    this.#pump();
  }

  pen(down: boolean): void {
    this.#plan.stroke(down);
    this.#pump();
  }

  /** The colour of the result at a place of the document; null where there is none. */
  colourAt({ x, y }: { x: number; y: number }): string | null {
    const { width, height } = this.canvas;
    if (!this.has || x < 0 || y < 0 || x >= width || y >= height) return null;
    const [r, g, b, a] = contextOf(this.canvas).getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
    return a ? hexOf(r!, g!, b!) : null;
  }

  /** The result of another model, on a canvas of its own. @throws CallError */
  async translated(model: string): Promise<HTMLCanvasElement> {
    const canvas = copyOf(this.canvas);
    for (let changed: 'all' | null = 'all', left = 1; left > 0; changed = null) {
      const answer = await studio.call('paint.translate', this.#args(model, changed, 'full'));
      left = answer.state === 'done' ? answer.left : 0;
      if (answer.state === 'done') put(canvas, answer.region);
    }
    // What the studio knows of the result is now the other model's.
    this.restart();
    return canvas;
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#slowTimer);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    const { model } = this.#drawing;
    if (this.#ended) return;
    this.#look();
    const asks = !this.blank && model !== null && this.#drawing.modelKnown && this.#drawing.reachable;
    const next = asks ? this.#plan.next(performance.now()) : null;
    if (typeof next === 'number') this.#timer = setTimeout(() => this.#pump(), next);
    else if (next) void this.#ask(model!, next);
    this.behind = asks && this.#plan.behind;
  }

  /** Says once why the graphics card does not paint. */
  #hear(refused: string | null): void {
    if (refused !== null && refused !== this.#refused) studio.toast('info', refused);
    this.#refused = refused;
  }

  async #ask(model: string, { quality, changed, turn }: Asking): Promise<void> {
    this.#wait();
    try {
      const answer = await studio.call('paint.translate', this.#args(model, changed, quality));
      const left = answer.state === 'done' ? answer.left : 0;
      if (this.#plan.answered(turn, answer.state, left) && answer.state === 'done') {
        this.problem = null;
        if (quality === 'full' && left === 0) this.seam = answer.seam;
        // The last draft may have been all there was to do.
        if (answer.region.width > 0) {
          put(this.canvas, answer.region);
          this.ms = answer.modelMs;
          this.#hear(answer.refused);
          this.has = true;
          this.version++;
        }
      }
    } catch (error) {
      this.#plan.answered(turn, 'failed');
      this.#tell(error);
    }
    this.#wait();
    this.#pump();
  }

  /** Whether anything is drawn; when nothing is any more, its result goes too. */
  #look(): void {
    this.blank = !this.#findsPaint();
    if (this.blank) this.problem = null;
    if (!this.blank || !this.has) return;
    this.#plan.markAll(true);
    const { width, height } = this.canvas;
    contextOf(this.canvas).clearRect(0, 0, width, height);
    [this.has, this.ms, this.seam] = [false, null, null];
    this.version++;
  }

  /** Looks first where paint was last: all of the drawing is looked through only where that is gone. */
  #findsPaint(): boolean {
    const { editor } = this.#drawing;
    if (firstPainted(editor.flatten({ box: this.#painted })) !== null) return true;
    const at = firstPainted(editor.flatten());
    if (at !== null) Object.assign(this.#painted, at);
    return at !== null;
  }

  #args(model: string, changed: Asking['changed'], quality: Quality) {
    const { id, editor, scaling, seed } = this.#drawing;
    const { width, height, wrap } = editor.state;
    return {
      ...{ drawing: id, model, width, height, wrap, scaling, seed, quality },
      changed: this.#region(changed),
    };
  }

  #region(changed: Asking['changed']): Region | null {
    const { editor } = this.#drawing;
    const { width, height } = editor.state;
    const box = changed && within(changed === 'all' ? { left: 0, top: 0, width, height } : changed, { width, height });
    return box && regionOf(editor.flatten({ box, paper: true }), box);
  }

  /** What the model sees apart from the pixels: a change of anything else needs no new result. */
  #picture(): string {
    const { layers, paper, wrap } = this.#drawing.editor.state;
    const seen = layers.filter(({ role }) => role === 'paint' || role === 'group');
    const looks = seen.map((layer) => ({ ...layer, title: undefined, locked: undefined, alphaLocked: undefined }));
    return JSON.stringify([looks, paper, wrap]);
  }

  #wait(): void {
    if (!this.#plan.waiting) {
      clearTimeout(this.#slowTimer);
      this.#slowTimer = undefined;
      this.slow = false;
    } else this.#slowTimer ??= setTimeout(() => (this.slow = true), SLOW_MS);
  }

  #tell(error: unknown): void {
    // A lost connection is told by the window; a model that is gone, by the pane.
    if (this.#ended || (error instanceof CallError && error.code === 'gone') || !this.#drawing.modelKnown) return;
    this.problem = messageOf(error);
  }
}

function put(canvas: HTMLCanvasElement, region: Region): void {
  if (region.width > 0 && region.height > 0) contextOf(canvas).putImageData(imageOf(region), region.left, region.top);
}
