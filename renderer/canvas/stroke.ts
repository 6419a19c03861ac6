/** From the pen's samples to what a brush stroke covers. */
import type { Coverage } from './coverage.ts';
import { Curve } from './curve.ts';
import { falloff, type Falloff } from './falloff.ts';
import { Stabiliser } from './smoothing.ts';
import { sweep, type Dab } from './sweep.ts';
import type { Move } from './symmetry.ts';
import type { BrushSettings, PenSample, Point } from './types.ts';

/** What devices without pressure report (Pointer Events, level 3, section 4.1). */
const NO_PRESSURE = 0.5;

export interface StrokeOptions {
  /** Where a straight line to the first sample begins. */
  from: Point | null;
  brush: BrushSettings;
  moves: readonly Move[];
  wrap: boolean;
}

export class Stroke {
  readonly #coverage: Coverage;
  readonly #options: StrokeOptions;
  readonly #falloff: Falloff;
  readonly #stabiliser: Stabiliser;
  readonly #curve: Curve;
  readonly #tolerance: number;
  /** Pen positions that are nearer than this say nothing new: a wide brush need not be swept for each. */
  readonly #step: number;
  /** A stroke that has had no other pressure than that of a mouse is drawn with the full size and opacity. */
  #pressed: boolean;
  #waiting: PenSample | null = null;

  constructor(coverage: Coverage, options: StrokeOptions, first: PenSample) {
    const { brush } = options;
    this.#coverage = coverage;
    this.#options = options;
    this.#falloff = falloff(brush.hardness, brush.size / 2);
    this.#stabiliser = new Stabiliser(brush.smoothing, first);
    const soft = this.#falloff.band(brush.size / 2) - 1;
    this.#tolerance = 0.08 + 0.004 * soft;
    this.#step = 0.25 + 0.01 * brush.size + 0.02 * soft;
    this.#pressed = first.pressure !== NO_PRESSURE;
    this.#curve = new Curve(this.#dab({ ...first, ...options.from }), (from, to) => this.#sweep(from, to));
    if (options.from) {
      this.#curve.to(this.#dab(first), this.#tolerance);
      this.#curve.finish();
    }
  }

  move(samples: readonly PenSample[]): void {
    for (const sample of samples) {
      if (sample.pressure !== NO_PRESSURE) this.#pressed = true;
      const smooth = this.#stabiliser.next(sample);
      const { x, y } = this.#curve.last;
      this.#waiting = smooth;
      if (Math.hypot(smooth.x - x, smooth.y - y) >= this.#step) this.#go(smooth);
    }
  }

  /** Ends where the pen does. Its own pressure does not count: a pen that leaves has none. */
  up({ x, y }: PenSample): void {
    if (this.#waiting) this.#go(this.#waiting);
    const { last } = this.#curve;
    if (last.x !== x || last.y !== y) this.#curve.to({ ...last, x, y }, this.#tolerance);
    this.#curve.finish();
  }

  #go(sample: PenSample): void {
    this.#curve.to(this.#dab(sample), this.#tolerance);
    this.#waiting = null;
  }

  #dab({ x, y, pressure }: PenSample): Dab {
    const { size, pressureSize, pressureOpacity, firmness } = this.#options.brush;
    // Four times as steep at either end.
    const pressed = this.#pressed ? pressure ** (4 ** firmness) : 1;
    return { x, y, radius: (size / 2) * (pressureSize ? pressed : 1), flow: pressureOpacity ? pressed : 1 };
  }

  #sweep(from: Dab, to: Dab): void {
    const { moves, wrap, brush } = this.#options;
    const foot = { falloff: this.#falloff, tip: brush.tip, wrap };
    for (const move of moves) sweep(this.#coverage, { ...from, ...move(from) }, { ...to, ...move(to) }, foot);
  }
}
