/** One of each tool. */
import { PRESETS } from './brushes.ts';
import { BrushTool } from './tools/brush.ts';
import { FillTool } from './tools/fill.ts';
import { GradientTool } from './tools/gradient.ts';
import { PickTool } from './tools/pick.ts';
import { PolygonTool } from './tools/polygon.ts';
import { SelectTool } from './tools/select.ts';
import { ShapeTool } from './tools/shape.ts';
import type { Desk, Tool } from './tools/tool.ts';
import { TransformTool, type TransformEvents } from './tools/transform.ts';
import type { Symmetry, ToolName, ToolSettings } from './types.ts';

/** What is set before anybody sets anything: a line as fine as drawings have at the size of the document. */
export function firstSettings({ width, height }: { width: number; height: number }): ToolSettings {
  const side = Math.min(width, height);
  const size = (share: number): number => Math.max(2, Math.round(side * share));
  return {
    brush: { size: size(1 / 40), ...PRESETS.ink },
    eraser: { size: size(1 / 16), ...PRESETS.ink, smoothing: 0 },
    filled: false,
    tolerance: 24,
    sampleAll: false,
    gradient: 'linear',
    gradientTo: 'secondary',
  };
}

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
  gradient: new GradientTool(desk),
  eyedropper: new PickTool(desk),
  select: new SelectTool(desk, false),
  lasso: new SelectTool(desk, true),
  transform: new TransformTool(desk, events),
  hand,
});
