/** Gradient: dragged from where the first colour is to where the second one is. */
import { atop, over, times } from '../../../preload/contract/layers/blend.ts';
import { whole } from '../box.ts';
import { Edit } from '../edit.ts';
import { parseColour, words } from '../pixels.ts';
import type { PenSample, Point } from '../types.ts';
import { draggedLine } from './geometry.ts';
import type { Desk, Tool } from './tool.ts';

/** A drag that is shorter than this many document pixels is a click, which does nothing. */
const CLICK = 1;
const STEPS = 1024;

export class GradientTool implements Tool {
  readonly #desk: Desk;
  #from: Point | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  get busy(): boolean {
    return this.#from !== null;
  }

  down(sample: PenSample): void {
    if (sample.alt) this.#desk.pick(sample);
    else if (this.#desk.mayPaint()) this.#from = { x: sample.x, y: sample.y };
  }

  move(samples: readonly PenSample[]): void {
    const sample = samples.at(-1);
    if (this.#from && sample)
      this.#desk.showOverlays([{ kind: 'path', points: this.#line(this.#from, sample), closed: false }]);
  }

  up(sample: PenSample): void {
    if (!this.#from) return;
    const [from, to] = this.#line(this.#from, sample);
    this.cancel();
    if (Math.hypot(to.x - from.x, to.y - from.y) >= CLICK) this.#lay(from, to);
  }

  cancel(): void {
    this.#from = null;
    this.#desk.showOverlays([]);
  }

  leave(): void {
    this.cancel();
  }

  #line(from: Point, { x, y, shift }: PenSample): [Point, Point] {
    return draggedLine(from, { x, y }, { shift, alt: false });
  }

  /** Lays it over what is chosen, or all of the layer. */
  #lay(from: Point, to: Point): void {
    const { document, settings } = this.#desk;
    const { target, selection, state, keepsAlpha } = document;
    const edit = new Edit(document);
    const surface = document.surface(target);
    const box = selection?.box ?? whole(state);
    edit.touch(target, box);
    const pixels = words(surface);
    const [colours, alphas] = this.#steps();
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(dx, dy);
    const linear = settings.gradient === 'linear';
    for (let y = box.top; y < box.top + box.height; y++)
      for (let x = box.left, at = y * surface.width + x; x < box.left + box.width; x++, at++) {
        const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
        const way = linear ? (px * dx + py * dy) / (length * length) : Math.hypot(px, py) / length;
        const step = Math.round(Math.max(0, Math.min(1, way)) * STEPS);
        const alpha = selection ? times(alphas[step]!, selection.mask[at]!) : alphas[step]!;
        pixels[at] = (keepsAlpha ? atop : over)(pixels[at]!, colours[step]!, alpha);
      }
    document.emitPixels(target, [box], false);
    document.commit(edit, 'gradient');
  }

  #steps(): [colours: Uint32Array, alphas: Uint8Array] {
    const { settings, colour, secondary } = this.#desk;
    const [a, b] = [parseColour(colour), parseColour(settings.gradientTo === 'nothing' ? colour : secondary)];
    const mix = (one: number, other: number, t: number): number => Math.round(one + (other - one) * t);
    const colours = new Uint32Array(STEPS + 1).map((_, i) => {
      const t = i / STEPS;
      return (mix(a.b, b.b, t) << 16) | (mix(a.g, b.g, t) << 8) | mix(a.r, b.r, t);
    });
    const fades = settings.gradientTo === 'nothing';
    return [colours, Uint8Array.from(colours, (_, i) => (fades ? mix(255, 0, i / STEPS) : 255))];
  }
}
