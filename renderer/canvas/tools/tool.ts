/** What every tool is: it is given the pen, and changes the drawing through its desk. */
import type { Document } from '../document.ts';
import type { Easel } from '../paint.ts';
import type { Overlay, PenSample, Point, Symmetry, ToolName, ToolSettings } from '../types.ts';

export interface Tool {
  down(sample: PenSample): void;
  move(samples: readonly PenSample[]): void;
  up(sample: PenSample): void;
  /** The pen moved with no button held. */
  hover?(sample: PenSample): void;
  /** Puts back what is under way. */
  cancel(): void;
  /** Enter. */
  confirm?(): void;
  /** Takes back the last part of what is under way. @returns false where nothing is. */
  back?(): boolean;
  /** Another tool is taken, or something else is about to be done: ends what is under way in the kindest way. */
  leave?(): void;
  readonly busy: boolean;
}

/** What tools find on the editor. */
export interface Desk {
  readonly document: Document;
  readonly easel: Easel;
  readonly tool: ToolName;
  readonly settings: ToolSettings;
  readonly symmetry: Symmetry;
  readonly colour: string;
  readonly secondary: string;
  /** How near counts as on something, in document pixels. */
  readonly reach: number;
  /** Whether the active layer may be painted on; says so to the user where it may not. */
  mayPaint(): boolean;
  /** Takes the colour at a point, where there is one. */
  pick(point: Point): void;
  /** Shows outlines above the picture; an empty list ends them. */
  showOverlays(overlays: readonly Overlay[]): void;
}
