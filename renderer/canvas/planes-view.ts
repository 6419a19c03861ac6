/**
 * A pane's Konva stage: the drawing on three planes, so that a stroke draws only its own, and outlines on a fourth. Knows
 * nothing of Svelte. Pixels are shown in animation frames, as often as the screen can, and never in a pointer's handler.
 */
import Konva from 'konva/lib/Core';
import { Shape } from 'konva/lib/Shape';
import { Touched, whole, type Size } from './box.ts';
import { Composite } from './composite.ts';
import type { Editor } from './editor.ts';
import { Mirrors } from './mirrors.ts';
import { outline } from './outline.ts';
import { antsPath, drawOverlays } from './overlay-view.ts';
import { drawn } from './pace.ts';
import { Plane } from './plane.ts';
import type { Projection } from './projection.ts';
import { planes, type Show } from './scene.ts';
import { noSymmetry } from './toolbox.ts';
import type { Change, Selection } from './types.ts';

const ANTS_MS = 120;
const STILL = matchMedia('(prefers-reduced-motion: reduce)');

export class PlanesView {
  readonly #editor: Editor;
  readonly #stage: Konva.Stage;
  readonly #planes: Record<'under' | 'active' | 'over', Plane>;
  readonly #overlays = new Konva.Layer({ listening: false });
  readonly #stale = new Map<string, Touched>();
  readonly #stop: () => void;
  #projection: Projection;
  #show: Show = { drawing: true, result: null, corrections: true };
  #ants: { selection: Selection; path: Path2D } | null = null;
  #phase = 0;
  #marching: ReturnType<typeof setInterval> | undefined;
  #frame = 0;
  /** The time of the oldest event that is not on the screen yet. */
  #stamp: number | null = null;

  constructor(container: HTMLDivElement, editor: Editor, projection: Projection) {
    this.#editor = editor;
    this.#projection = projection;
    const { clientWidth: width, clientHeight: height } = container;
    this.#stage = new Konva.Stage({ container, width, height, listening: false });
    const options = {
      mirrors: Mirrors.of(editor),
      composite: Composite.of(editor),
      size: editor.state,
      wraps: () => editor.state.wrap,
    };
    this.#planes = { under: new Plane(options), active: new Plane(options), over: new Plane(options) };
    const { under, active, over } = this.#planes;
    const lines = new Shape({ perfectDrawEnabled: false, sceneFunc: ({ _context }) => this.#drawOverlays(_context) });
    this.#overlays.add(lines);
    this.#stage.add(under.konva, active.konva, over.konva, this.#overlays);
    this.#stop = editor.subscribe((change) => this.#take(change));
    this.#arrange();
    this.#march();
  }

  show(show: Show): void {
    this.#show = show;
    this.#arrange();
  }

  /** The result's canvas was painted. */
  refreshResult(): void {
    for (const plane of Object.values(this.#planes)) if (plane.has('result')) plane.konva.batchDraw();
  }

  look(projection: Projection): void {
    this.#projection = projection;
    for (const plane of Object.values(this.#planes)) plane.look(projection, this.#stage.size());
    this.#overlays.batchDraw();
  }

  resize(size: Size): void {
    const { width, height } = this.#stage.size();
    if (width === size.width && height === size.height) return;
    this.#stage.size(size);
    this.look(this.#projection);
    // A resized canvas is empty until it is drawn: at once, so that nothing flickers.
    this.#stage.draw();
  }

  /** An event whose outcome is to be measured on the screen. */
  stamp(time: number): void {
    this.#stamp ??= time;
  }

  destroy(): void {
    this.#stop();
    cancelAnimationFrame(this.#frame);
    clearInterval(this.#marching);
    this.#stage.destroy();
  }

  #take(change: Change): void {
    if (change.kind === 'pixels') {
      const touched = this.#stale.get(change.layer) ?? new Touched();
      this.#stale.set(change.layer, touched);
      touched.add(change.box);
      this.#frame ||= requestAnimationFrame(() => this.#refresh());
    } else if (change.kind === 'state') {
      this.#arrange();
      // Wrap mode changes what every node draws.
      for (const plane of Object.values(this.#planes)) plane.konva.batchDraw();
      this.#overlays.batchDraw();
    } else if (change.kind === 'overlay') {
      this.#arrange();
      this.#overlays.batchDraw();
    } else if (change.kind === 'selection') this.#march();
    else if (change.kind === 'tool') this.#overlays.batchDraw();
  }

  #arrange(): void {
    const scene = planes(this.#editor.state, this.#show, this.#editor.overlays);
    this.#planes.under.show(scene.under);
    this.#planes.active.show(scene.active);
    this.#planes.over.show(scene.over);
  }

  #refresh(): void {
    this.#frame = 0;
    for (const [layer, touched] of this.#stale)
      for (const plane of Object.values(this.#planes))
        if (plane.has(`layer ${layer}`) || plane.has('composite'))
          for (const box of touched.boxes) plane.redraw(box, this.#projection, this.#stage.size());
    this.#stale.clear();
    if (this.#stamp !== null) drawn(this.#stamp);
    this.#stamp = null;
  }

  /** The outline is traced once for a selection; only its dashes move. */
  #march(): void {
    const { selection, state } = this.#editor;
    this.#ants = selection && { selection, path: antsPath(outline(selection, state.width)) };
    clearInterval(this.#marching);
    if (selection && !STILL.matches)
      this.#marching = setInterval(() => {
        this.#phase = (this.#phase + 1) % 10;
        this.#overlays.batchDraw();
      }, ANTS_MS);
    this.#overlays.batchDraw();
  }

  #drawOverlays(context: CanvasRenderingContext2D): void {
    const { state, symmetry, overlays } = this.#editor;
    const { role } = state.layers.find(({ id }) => id === state.active)!;
    const drawsHere = role === 'correction' ? this.#show.corrections : this.#show.drawing;
    drawOverlays(context, {
      projection: this.#projection,
      pane: this.#stage.size(),
      document: whole(state),
      wrap: state.wrap,
      symmetry: drawsHere ? symmetry : noSymmetry(state),
      overlays: drawsHere ? overlays : [],
      // A floating piece has its frame; where it came from says nothing any more.
      ants: overlays.some(({ kind }) => kind === 'floating') ? null : (this.#ants?.path ?? null),
      phase: this.#phase,
      ground: getComputedStyle(this.#stage.container()).backgroundColor,
    });
  }
}
