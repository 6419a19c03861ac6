/** Moves, scales and rotates a floating piece by its frame. */
import type { Floating } from '../floating.ts';
import { frame, place, placeBack } from '../resample.ts';
import type { PenSample, Point, Transform } from '../types.ts';
import { draggedLine } from './geometry.ts';
import { scaled, HANDLES, type Handle } from './handles.ts';
import type { Desk, Tool } from './tool.ts';

type Grip = { kind: 'move' } | { kind: 'rotate' } | { kind: 'scale'; handle: Handle };

export interface TransformEvents {
  /** Lifts off what is to be transformed, or null where nothing is. */
  lift: () => Floating | null;
  /** The piece is to be put down or, where it was not moved, put back. */
  apply: (floating: Floating) => void;
  /** The piece is to be thrown away. */
  discard: (floating: Floating) => void;
  /** No piece floats any more. */
  ended: () => void;
}

const STEP = 15;

export class TransformTool implements Tool {
  readonly #desk: Desk;
  readonly #events: TransformEvents;
  #floating: Floating | null = null;
  #drag: { grip: Grip; from: Point; start: Transform } | null = null;

  constructor(desk: Desk, events: TransformEvents) {
    this.#desk = desk;
    this.#events = events;
  }

  get busy(): boolean {
    return this.#floating !== null;
  }

  get floating(): Floating | null {
    return this.#floating;
  }

  begin(floating: Floating | null = this.#events.lift()): void {
    this.#floating = floating;
    this.#show();
  }

  set(transform: Transform): void {
    if (!this.#floating) return;
    this.#floating.transform = transform;
    this.#show();
  }

  down(sample: PenSample): void {
    if (!this.#floating) this.begin();
    if (this.#floating)
      this.#drag = { grip: this.#gripAt(this.#floating, sample), from: sample, start: this.#floating.transform };
  }

  move(samples: readonly PenSample[]): void {
    const sample = samples.at(-1);
    if (!sample || !this.#drag || !this.#floating) return;
    const { grip, from, start } = this.#drag;
    if (grip.kind === 'scale') this.set(scaled(start, this.#floating.piece, grip.handle, sample));
    else if (grip.kind === 'rotate') this.set(rotated(start, from, sample));
    else this.set(moved(start, from, sample));
  }

  up(sample: PenSample): void {
    this.move([sample]);
    this.#drag = null;
  }

  confirm(): void {
    this.#end((floating) => this.#events.apply(floating));
  }

  cancel(): void {
    this.#end((floating) => floating.cancel());
  }

  /** Throws the piece away. @returns false where none floats */
  discard(): boolean {
    return this.#end((floating) => this.#events.discard(floating));
  }

  leave(): void {
    this.confirm();
  }

  #end(how: (floating: Floating) => void): boolean {
    const floating = this.#floating;
    if (!floating) return false;
    this.#drag = this.#floating = null;
    this.#show();
    how(floating);
    this.#events.ended();
    return true;
  }

  #gripAt({ transform, piece }: Floating, sample: PenSample): Grip {
    const near = HANDLES.find(({ x, y }) => {
      const at = place(transform, piece, { x: ((x + 1) / 2) * piece.width, y: ((y + 1) / 2) * piece.height });
      return Math.hypot(at.x - sample.x, at.y - sample.y) <= this.#desk.reach;
    });
    if (near) return { kind: 'scale', handle: near };
    const { x, y } = placeBack(transform, piece, sample);
    const inside = x >= 0 && y >= 0 && x <= piece.width && y <= piece.height;
    return { kind: inside ? 'move' : 'rotate' };
  }

  #show(): void {
    const floating = this.#floating;
    if (!floating) {
      this.#desk.showOverlays([]);
      return;
    }
    const { piece: pixels, transform } = floating;
    this.#desk.showOverlays([
      { kind: 'floating', pixels, transform },
      { kind: 'path', points: frame(transform, pixels), closed: true },
    ]);
  }
}

/** By whole pixels, so that a move alone keeps every pixel as it is. */
function moved(start: Transform, from: Point, sample: PenSample): Transform {
  const [, end] = draggedLine(from, sample, { shift: sample.shift, alt: false });
  return { ...start, x: start.x + Math.round(end.x - from.x), y: start.y + Math.round(end.y - from.y) };
}

/** About the middle; Shift in steps of 15 degrees. */
function rotated(start: Transform, from: Point, sample: PenSample): Transform {
  const angle = ({ x, y }: Point): number => (Math.atan2(y - start.y, x - start.x) * 180) / Math.PI;
  const rotation = start.rotation + angle(sample) - angle(from);
  return { ...start, rotation: sample.shift ? Math.round(rotation / STEP) * STEP : rotation };
}
