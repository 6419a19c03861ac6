/** One of each tool. */
import { BrushTool } from './tools/brush.ts';
import { FillTool } from './tools/fill.ts';
import { PickTool } from './tools/pick.ts';
import { PolygonTool } from './tools/polygon.ts';
import { SelectTool } from './tools/select.ts';
import { ShapeTool } from './tools/shape.ts';
import type { Desk, Tool } from './tools/tool.ts';
import { TransformTool, type TransformEvents } from './tools/transform.ts';
import type { Symmetry, ToolName, ToolSettings } from './types.ts';

export const DEFAULT_SETTINGS: ToolSettings = {
  brush: { size: 12, hardness: 0.9, opacity: 1, smoothing: 0.3, pressureSize: true, pressureOpacity: false },
  eraser: { size: 32, hardness: 0.9, opacity: 1, smoothing: 0, pressureSize: true, pressureOpacity: false },
  filled: false,
  tolerance: 24,
  sampleAll: false,
};

export const noSymmetry = ({ width, height }: { width: number; height: number }): Symmetry => ({
  mirrorX: false,
  mirrorY: false,
  radial: 1,
  centre: { x: width / 2, y: height / 2 },
});

/** The hand moves the view, which the canvas does by itself. */
const hand: Tool = {
  down: () => undefined,
  move: () => undefined,
  up: () => undefined,
  cancel: () => undefined,
  busy: false,
};

export type Toolbox = Record<ToolName, Tool> & { transform: TransformTool };

export const toolbox = (desk: Desk, events: TransformEvents): Toolbox => ({
  brush: new BrushTool(desk, false),
  eraser: new BrushTool(desk, true),
  line: new ShapeTool(desk, 'line'),
  rectangle: new ShapeTool(desk, 'rectangle'),
  ellipse: new ShapeTool(desk, 'ellipse'),
  polygon: new PolygonTool(desk),
  fill: new FillTool(desk),
  eyedropper: new PickTool(desk),
  select: new SelectTool(desk, false),
  lasso: new SelectTool(desk, true),
  transform: new TransformTool(desk, events),
  hand,
});
