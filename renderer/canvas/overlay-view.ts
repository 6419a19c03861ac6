/** Draws what lies over the picture: borders, guides, outlines, ants, the transform frame. In CSS pixels of the pane. */
import type { Size } from './box.ts';
import { toStage, type Projection } from './projection.ts';
import { HANDLES } from './tools/handles.ts';
import type { Overlay, Point, Symmetry } from './types.ts';

export interface OverlayScene {
  projection: Projection;
  pane: Size;
  document: Size;
  wrap: boolean;
  symmetry: Symmetry;
  overlays: readonly Overlay[];
  ants: Path2D | null;
  /** Of the ants, in CSS pixels. */
  phase: number;
  /** What neighbours are dimmed with in wrap mode. */
  ground: string;
}

const HANDLE = 4;
const DASH = 5;

export function drawOverlays(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { width, height } = scene.document;
  if (scene.wrap) dimNeighbours(context, scene);
  path(context, scene, rectangle(0, 0, width, height), true);
  context.strokeStyle = '#00000040';
  context.lineWidth = 1;
  context.stroke();
  guides(context, scene);
  for (const overlay of scene.overlays) {
    if (overlay.kind === 'floating') continue;
    if (overlay.kind === 'path') path(context, scene, overlay.points, overlay.closed);
    else ellipse(context, scene, overlay.box);
    twoTone(context);
  }
  if (scene.overlays.some(({ kind }) => kind === 'floating')) handles(context, scene);
  if (scene.ants) ants(context, scene, scene.ants);
}

/** A path from points of a selection's outline, in document pixels. */
export function antsPath(loops: readonly (readonly Point[])[]): Path2D {
  const lines = new Path2D();
  for (const loop of loops) {
    loop.forEach(({ x, y }, i) => (i === 0 ? lines.moveTo(x, y) : lines.lineTo(x, y)));
    lines.closePath();
  }
  return lines;
}

const rectangle = (left: number, top: number, width: number, height: number): Point[] => [
  { x: left, y: top },
  { x: left + width, y: top },
  { x: left + width, y: top + height },
  { x: left, y: top + height },
];

function path(context: CanvasRenderingContext2D, scene: OverlayScene, points: readonly Point[], closed: boolean): void {
  context.beginPath();
  trace(context, scene, points, closed);
}

function trace(
  context: CanvasRenderingContext2D,
  scene: OverlayScene,
  points: readonly Point[],
  closed: boolean,
): void {
  points.forEach((point, i) => {
    const { x, y } = toStage(scene.projection, point, scene.pane);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (closed) context.closePath();
}

function ellipse(
  context: CanvasRenderingContext2D,
  { projection, pane }: OverlayScene,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): void {
  const { x, y } = toStage(projection, { x: left + width / 2, y: top + height / 2 }, pane);
  const turn = (projection.rotation * Math.PI) / 180;
  context.beginPath();
  context.ellipse(x, y, (width / 2) * projection.scale, (height / 2) * projection.scale, turn, 0, 2 * Math.PI);
}

/** Seen on light and on dark. */
function twoTone(context: CanvasRenderingContext2D): void {
  context.lineWidth = 3;
  context.strokeStyle = '#00000066';
  context.stroke();
  context.lineWidth = 1;
  context.strokeStyle = '#ffffff';
  context.stroke();
}

function dimNeighbours(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { width, height } = scene.document;
  context.save();
  context.beginPath();
  trace(context, scene, rectangle(-width, -height, 3 * width, 3 * height), true);
  trace(context, scene, rectangle(0, 0, width, height), true);
  context.globalAlpha = 0.45;
  context.fillStyle = scene.ground;
  context.fill('evenodd');
  context.restore();
}

function guides(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const { mirrorX, mirrorY, radial, centre } = scene.symmetry;
  const reach = scene.document.width + scene.document.height;
  const directions: number[] = [];
  if (mirrorX) directions.push(90, 270);
  if (mirrorY) directions.push(0, 180);
  if (radial > 1) for (let i = 0; i < radial; i++) directions.push((360 * i) / radial - 90);
  if (directions.length === 0) return;
  context.save();
  context.beginPath();
  trace(context, scene, rectangle(0, 0, scene.document.width, scene.document.height), true);
  context.clip();
  for (const angle of directions.map((degrees) => (degrees * Math.PI) / 180)) {
    const end = { x: centre.x + reach * Math.cos(angle), y: centre.y + reach * Math.sin(angle) };
    path(context, scene, [centre, end], false);
    context.lineWidth = 1;
    context.strokeStyle = '#d0582a99';
    context.stroke();
  }
  context.restore();
}

function handles(context: CanvasRenderingContext2D, scene: OverlayScene): void {
  const frame = scene.overlays.find((overlay) => overlay.kind === 'path');
  if (frame?.points.length !== 4) return;
  const [a, b, , d] = frame.points as [Point, Point, Point, Point];
  for (const { x, y } of HANDLES) {
    const [u, v] = [(x + 1) / 2, (y + 1) / 2];
    const point = { x: a.x + u * (b.x - a.x) + v * (d.x - a.x), y: a.y + u * (b.y - a.y) + v * (d.y - a.y) };
    const at = toStage(scene.projection, point, scene.pane);
    context.beginPath();
    context.rect(at.x - HANDLE, at.y - HANDLE, 2 * HANDLE, 2 * HANDLE);
    context.fillStyle = '#ffffff';
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = '#000000b3';
    context.stroke();
  }
}

function ants(context: CanvasRenderingContext2D, { projection, pane, phase }: OverlayScene, lines: Path2D): void {
  const { scale, rotation, mirrored, centre } = projection;
  context.save();
  context.translate(pane.width / 2, pane.height / 2);
  context.rotate((rotation * Math.PI) / 180);
  context.scale(mirrored ? -scale : scale, scale);
  context.translate(-centre.x, -centre.y);
  context.lineWidth = 1 / scale;
  context.strokeStyle = '#ffffff';
  context.stroke(lines);
  context.setLineDash([DASH / scale, DASH / scale]);
  context.lineDashOffset = -phase / scale;
  context.strokeStyle = '#000000';
  context.stroke(lines);
  context.restore();
}
