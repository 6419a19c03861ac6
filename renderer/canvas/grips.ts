/** What a held pointer may do to the view instead of drawing: pan, rotate, or pinch with two fingers. */
import type { CanvasView } from './view.svelte.ts';
import type { Point } from './types.ts';

/** Moves with the pointers that hold it. */
export interface Grip {
  move: (pointer: number, at: Point) => void;
}

export function panning(view: CanvasView, from: Point): Grip {
  let last = from;
  return {
    move: (_, at) => {
      view.pan(at.x - last.x, at.y - last.y);
      last = at;
    },
  };
}

/** About the middle of the pane. */
export function rotating(view: CanvasView, from: Point): Grip {
  const angle = ({ x, y }: Point): number =>
    (Math.atan2(y - view.pane.height / 2, x - view.pane.width / 2) * 180) / Math.PI;
  let last = angle(from);
  return {
    move: (_, at) => {
      view.rotateBy(angle(at) - last);
      last = angle(at);
    },
  };
}

/** Two fingers: what is under them stays under them, but for rotation. */
export function pinching(view: CanvasView, fingers: ReadonlyMap<number, Point>): Grip {
  const at = new Map(fingers);
  const state = (): { middle: Point; spread: number } => {
    const [a, b] = [...at.values()] as [Point, Point];
    return { middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, spread: Math.hypot(a.x - b.x, a.y - b.y) };
  };
  let last = state();
  return {
    move: (pointer, point) => {
      if (!at.has(pointer)) return;
      at.set(pointer, point);
      const next = state();
      view.pan(next.middle.x - last.middle.x, next.middle.y - last.middle.y);
      if (last.spread > 0) view.zoomAt(next.spread / last.spread, next.middle);
      last = next;
    },
  };
}
