/**
 * What the canvas is made of. Units: document pixels from the top left, angles in degrees clockwise, time in
 * milliseconds, opacity and pressure 0..1. Colours are `#rrggbb`.
 */
import type { Box, DrawingLayer } from '../../preload/contract/index.ts';

export type { Box };

export interface Point {
  x: number;
  y: number;
}

export type LayerRole = DrawingLayer['role'];

/** A layer without its pixels. */
export type LayerState = Readonly<DrawingLayer>;

/** A drawing without its pixels. Replaced whole by each change, never changed in place. */
export interface DrawingState {
  readonly width: number;
  readonly height: number;
  /** Strokes cross the edges, and the result tiles. */
  readonly wrap: boolean;
  /** From the bottom to the top. Never empty. */
  readonly layers: readonly LayerState[];
  /** The layer that is drawn on. */
  readonly active: string;
  /** The pen paints on the mask of that layer, where it has one. */
  readonly masking: boolean;
  /** What is seen where no layer has paint. */
  readonly paper: string;
}

/** One position of the pen. */
export interface PenSample extends Point {
  /** 0..1; 0.5 for devices without it. */
  pressure: number;
  /** Of the event, in milliseconds. */
  time: number;
  /** Keys held: constrain (Shift), from the centre or subtract (Alt), add (Ctrl, Cmd). */
  shift: boolean;
  alt: boolean;
  mod: boolean;
}

export const TOOLS = [
  'brush',
  'eraser',
  'line',
  'rectangle',
  'ellipse',
  'polygon',
  'fill',
  'gradient',
  'eyedropper',
  'select',
  'lasso',
  'transform',
  'hand',
] as const;
export type ToolName = (typeof TOOLS)[number];

export const TIPS = ['round', 'chisel'] as const;
export type TipName = (typeof TIPS)[number];
export const GRAINS = ['none', 'paper', 'chalk'] as const;
export type GrainName = (typeof GRAINS)[number];

/** How brush, eraser and shapes draw. The brush and the eraser each have their own. */
export interface BrushSettings {
  /** Diameter in document pixels, 1..1000. */
  size: number;
  /** Share of the radius that is fully covered: 1 is a hard edge (still smooth by one pixel). */
  hardness: number;
  /** The most that one stroke covers. */
  opacity: number;
  /** How far the line is pulled smooth: 0 follows the pen exactly. */
  smoothing: number;
  /** What pressure changes. */
  pressureSize: boolean;
  pressureOpacity: boolean;
  /** How firmly the pen is to be pressed: -1 answers to a touch, 0 as the device says, 1 only to a hard press. */
  firmness: number;
  /** The shape of its foot. */
  tip: TipName;
  /** The ground that shows through where it covers lightly. */
  grain: GrainName;
}

export interface ToolSettings {
  brush: BrushSettings;
  eraser: BrushSettings;
  /** Shapes are filled instead of outlined. */
  filled: boolean;
  /** Flood fill: how different a colour may be, 0..255. */
  tolerance: number;
  /** Flood fill looks at all visible layers, not the active alone. */
  sampleAll: boolean;
  /** Along the drag, or around where it began. */
  gradient: 'linear' | 'radial';
  /** The gradient ends in the second colour, or in nothing. */
  gradientTo: 'secondary' | 'nothing';
}

export interface Symmetry {
  mirrorX: boolean;
  mirrorY: boolean;
  /** Copies around the centre; 1 for none. */
  radial: number;
  /** The centre that is mirrored at. */
  centre: Point;
}

/** What is chosen, one byte a pixel: 255 inside. Null where all is. */
export interface Selection {
  readonly mask: Uint8Array;
  readonly box: Box;
}

/** What of the editor changed, for those who show it. */
export type Change =
  /** Pixels of a layer inside the box; `running` while the stroke goes on. */
  | { kind: 'pixels'; layer: string; box: Box; running: boolean }
  /** Layers, order, opacity, wrap, active: `state` is another object. `picture` is false where what is seen is the same. */
  | { kind: 'state'; picture: boolean }
  | { kind: 'selection' }
  /** Tool, colours, settings, symmetry. */
  | { kind: 'tool' }
  /** What can be undone. */
  | { kind: 'history' }
  /** Outlines that a tool shows while it is used: a shape, a lasso, a floating piece. */
  | { kind: 'overlay' };

/** Things that a tool shows above the picture, in document pixels. */
export type Overlay =
  | { kind: 'path'; points: readonly Point[]; closed: boolean }
  | { kind: 'ellipse'; box: Box }
  /** Pixels that were lifted off and are being moved: shown at their transformation until it is applied. */
  | { kind: 'floating'; pixels: Surface; transform: Transform };

/** Where a floating piece is: its own centre goes to (x, y), then scale, then rotation about that point. */
export interface Transform {
  x: number;
  y: number;
  scaleX: number;
  scaleY: number;
  rotation: number;
}

/** Straight (not premultiplied) RGBA, rows from the top left. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What a step of undo is called; the words come from the dictionary. */
export const UNDO_TITLES = [
  'stroke',
  'erase',
  'line',
  'rectangle',
  'ellipse',
  'polygon',
  'fill',
  'gradient',
  'select',
  'transform',
  'nudge',
  'paste',
  'cut',
  'clear',
  'fill-selection',
  'layer-add',
  'layer-duplicate',
  'layer-remove',
  'layer-move',
  'layer-merge',
  'layer-update',
  'layer-clear',
  'group',
  'ungroup',
  'mask-add',
  'mask-remove',
  'wrap',
  'paper',
  'put',
] as const;
export type UndoTitle = (typeof UNDO_TITLES)[number];

/** Pixels and where their corner belongs. */
export interface Piece {
  pixels: Surface;
  at: Point;
}
