/** The maths of the view: between document pixels and the pane's CSS pixels. */
import type { Point } from './types.ts';

export interface Size {
  width: number;
  height: number;
}

/** How a document is looked at. */
export interface Projection {
  /** CSS pixels per document pixel. */
  scale: number;
  /** Degrees clockwise, as seen (also in a mirrored view). */
  rotation: number;
  /** Flipped left to right, as an artist checks a drawing; the document stays as it is. */
  mirrored: boolean;
  /** The document point in the middle of the pane. */
  centre: Point;
}

export const LEAST_SCALE = 0.02;
export const MOST_SCALE = 64;
const MARGIN = 24;

export const clampScale = (scale: number): number => Math.max(LEAST_SCALE, Math.min(MOST_SCALE, scale));

/** Where a document point is seen in a pane of this size. */
export function toStage({ scale, rotation, mirrored, centre }: Projection, point: Point, pane: Size): Point {
  const across = point.x - centre.x;
  const { x, y } = turn({ x: mirrored ? -across : across, y: point.y - centre.y }, rotation);
  return { x: pane.width / 2 + x * scale, y: pane.height / 2 + y * scale };
}

/** The document point that is seen at a place of the pane. */
export function toDocument({ scale, rotation, mirrored, centre }: Projection, point: Point, pane: Size): Point {
  const x = (point.x - pane.width / 2) / scale;
  const y = (point.y - pane.height / 2) / scale;
  const back = turn({ x, y }, -rotation);
  return { x: (mirrored ? -back.x : back.x) + centre.x, y: back.y + centre.y };
}

/** The whole document in the middle, as large as the pane lets it be. */
export function fitted(document: Size, pane: Size, rotation: number): { scale: number; centre: Point } {
  const turned = ((rotation % 180) + 180) % 180;
  const [cos, sin] = [Math.abs(Math.cos((turned * Math.PI) / 180)), Math.abs(Math.sin((turned * Math.PI) / 180))];
  const width = document.width * cos + document.height * sin;
  const height = document.width * sin + document.height * cos;
  const room = Math.min((pane.width - 2 * MARGIN) / width, (pane.height - 2 * MARGIN) / height);
  return {
    scale: clampScale(room),
    centre: { x: document.width / 2, y: document.height / 2 },
  };
}

/** Another scale or rotation, with what is under a place of the pane staying under it. */
export function about(before: Projection, change: Partial<Projection>, at: Point, pane: Size): Projection {
  const kept = toDocument(before, at, pane);
  const after = { ...before, ...change };
  const moved = toDocument(after, at, pane);
  return {
    ...after,
    centre: { x: after.centre.x + kept.x - moved.x, y: after.centre.y + kept.y - moved.y },
  };
}

/** The document moved by CSS pixels of the pane. */
export function panned(before: Projection, dx: number, dy: number): Projection {
  const pane = { width: 0, height: 0 };
  return { ...before, centre: toDocument(before, { x: -dx, y: -dy }, pane) };
}

/** Degrees in [-180, 180). */
export const wholeTurn = (degrees: number): number => ((((degrees + 180) % 360) + 360) % 360) - 180;

function turn({ x, y }: Point, degrees: number): Point {
  // Upright views keep exact numbers.
  if (degrees === 0) return { x, y };
  const radians = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}
