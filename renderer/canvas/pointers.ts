/** Takes pointers, wheel and the space bar on a pane: they draw through the editor, or move the view. */
import type { Editor } from './editor.ts';
import { panning, pinching, rotating, type Grip } from './grips.ts';
import { timed } from './pace.ts';
import { coalesced, ERASER, sampleOf, wheelFactor, wheelWay } from './pen.ts';
import type { PenSample, Point, ToolName } from './types.ts';
import type { CanvasView } from './view.svelte.ts';

export interface PointerOptions {
  editor: Editor;
  view: CanvasView;
  onpen: (phase: 'down' | 'move' | 'up') => void;
  /** Where the pointer is over the pane, or null. */
  onhover: (at: Point | null) => void;
  /** An event that draws, by its time. */
  onstamp: (time: number) => void;
  /** The space bar is held: the pointer moves the view. */
  onspace: (held: boolean) => void;
}

export class Pointers {
  readonly #root: HTMLElement;
  readonly #options: PointerOptions;
  readonly #off = new AbortController();
  readonly #touches = new Map<number, Point>();
  #grip: { grip: Grip; pointers: readonly number[] } | null = null;
  /** The pointer that draws, and its newest sample. */
  #pen: { pointer: number; sample: PenSample; before: ToolName | null } | null = null;
  #space = false;
  #over = false;

  constructor(root: HTMLElement, options: PointerOptions) {
    this.#root = root;
    this.#options = options;
    const { signal } = this.#off;
    const on = <K extends keyof HTMLElementEventMap>(kind: K, take: (event: HTMLElementEventMap[K]) => void): void =>
      root.addEventListener(kind, take, { signal, passive: false });
    on('pointerdown', (event) => timed(() => this.#down(event)));
    on('pointermove', (event) => timed(() => this.#move(event)));
    on('pointerup', (event) => timed(() => this.#up(event)));
    on('pointercancel', (event) => this.#lost(event.pointerId));
    on('lostpointercapture', (event) => this.#lost(event.pointerId));
    on('pointerenter', () => (this.#over = true));
    on('pointerleave', () => {
      this.#over = false;
      options.onhover(null);
    });
    on('wheel', (event) => this.#wheel(event));
    on('contextmenu', (event) => event.preventDefault());
    addEventListener('keydown', (event) => this.#key(event, true), { signal });
    addEventListener('keyup', (event) => this.#key(event, false), { signal });
    addEventListener('blur', () => this.#blur(), { signal });
  }

  destroy(): void {
    this.#blur();
    this.#off.abort();
  }

  #at({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = this.#root.getBoundingClientRect();
    // The other pane may have another size.
    const { pane } = this.#options.view;
    if (pane.width !== width || pane.height !== height) this.#options.view.pane = { width, height };
    return { x: clientX - left, y: clientY - top };
  }

  #sample(event: PointerEvent): PenSample {
    return sampleOf(event, this.#options.view.toDocument(this.#at(event)), this.#pen?.sample.pressure ?? 0);
  }

  #down(event: PointerEvent): void {
    const { editor, view, onpen, onstamp } = this.#options;
    this.#root.focus({ preventScroll: true });
    const at = this.#at(event);
    if (event.pointerType === 'touch') this.#touches.set(event.pointerId, at);
    if (this.#touches.size === 2) {
      // The first finger has drawn a little before the second came.
      this.#stop();
      this.#grip = { grip: pinching(view, this.#touches), pointers: [...this.#touches.keys()] };
    }
    if (this.#grip || this.#pen) return;
    const eraser = (event.buttons & ERASER) !== 0;
    const moves = event.button === 1 || (event.button === 0 && (this.#space || editor.tool === 'hand'));
    if (!moves && event.button !== 0 && !eraser) return;
    event.preventDefault(); // no scrolling by the middle button, no selection of text
    this.#root.setPointerCapture(event.pointerId);
    if (moves) {
      const grip = this.#space && event.shiftKey ? rotating(view, at) : panning(view, at);
      this.#grip = { grip, pointers: [event.pointerId] };
      return;
    }
    const sample = this.#sample(event);
    const before = eraser && editor.tool !== 'eraser' ? editor.tool : null;
    if (before) editor.setTool('eraser');
    this.#pen = { pointer: event.pointerId, sample, before };
    onstamp(event.timeStamp);
    editor.down(sample);
    onpen('down');
  }

  #move(event: PointerEvent): void {
    const { editor, onpen, onhover, onstamp } = this.#options;
    const at = this.#at(event);
    onhover(event.pointerType === 'touch' ? null : at);
    if (this.#touches.has(event.pointerId)) this.#touches.set(event.pointerId, at);
    if (this.#grip) this.#grip.grip.move(event.pointerId, at);
    else if (!this.#pen) editor.hover(this.#sample(event));
    else if (this.#pen.pointer === event.pointerId) {
      const samples = coalesced(event).map((one) => this.#sample(one));
      this.#pen.sample = samples.at(-1)!;
      onstamp(event.timeStamp);
      editor.move(samples);
      onpen('move');
    }
  }

  #up(event: PointerEvent): void {
    this.#touches.delete(event.pointerId);
    if (this.#grip?.pointers.includes(event.pointerId)) this.#grip = null;
    if (this.#pen?.pointer === event.pointerId) this.#finish(this.#sample(event));
  }

  /** Ends the stroke where it is. */
  #finish(sample: PenSample): void {
    const pen = this.#pen!;
    const { editor, onpen } = this.#options;
    this.#pen = null;
    editor.up(sample);
    if (pen.before) editor.setTool(pen.before);
    onpen('up');
  }

  /** A stroke whose pointer is taken away stays as far as it went. */
  #lost(pointer: number): void {
    this.#touches.delete(pointer);
    if (this.#grip?.pointers.includes(pointer)) this.#grip = null;
    if (this.#pen?.pointer === pointer) this.#finish(this.#pen.sample);
  }

  /** Throws the stroke away. */
  #stop(): void {
    if (!this.#pen) return;
    const { editor, onpen } = this.#options;
    const { before } = this.#pen;
    this.#pen = null;
    editor.cancel();
    if (before) editor.setTool(before);
    onpen('up');
  }

  #blur(): void {
    if (this.#pen) this.#finish(this.#pen.sample);
    this.#grip = null;
    this.#touches.clear();
    this.#hold(false);
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const { view } = this.#options;
    const at = this.#at(event);
    const { x, y } = wheelWay(event);
    if (event.ctrlKey || event.metaKey) view.zoomAt(wheelFactor(event), at);
    else view.pan(-x, -y);
  }

  /** The space bar counts where the pointer or the focus is, and never while something is typed or pressed by it. */
  #key(event: KeyboardEvent, down: boolean): void {
    if (event.code !== 'Space') return;
    const { target } = event;
    if (!down) {
      this.#hold(false);
      return;
    }
    const elsewhere = target instanceof HTMLElement && target !== this.#root && target !== document.body;
    if (elsewhere || !(this.#over || target === this.#root)) return;
    event.preventDefault();
    this.#hold(true);
  }

  #hold(held: boolean): void {
    if (held === this.#space) return;
    this.#space = held;
    this.#options.onspace(held);
  }
}
