/** The maths of the lens: a round glass whose two halves show the same place, of the original and of the result. */

export const LEAST_ZOOM = 2;
export const MOST_ZOOM = 8;
/** Pixels of the screen that an arrow moves it. */
const STEP = 12;

export interface Point {
  x: number;
  y: number;
}
export interface Box {
  width: number;
  height: number;
}

/** Of the glass, in pixels of the screen: large, but never most of the picture. */
export const diameterIn = ({ width, height }: Box): number =>
  Math.round(Math.max(160, Math.min(360, 0.62 * Math.min(width, height))));

/** The top left corner of the enlarged picture in each half of the glass: what is at `at` is in the half's middle. */
export const cornerIn = (at: Point, diameter: number, zoom: number): { left: number; top: number } => ({
  left: diameter / 4 - at.x * zoom,
  top: diameter / 2 - at.y * zoom,
});

/** How much a turn of the wheel enlarges. */
export const zoomAfterWheel = (zoom: number, deltaY: number): number => within(zoom * Math.exp(-deltaY * 0.0015));

/** What a key does to the lens; null where it does nothing. */
export function lensAfterKey(key: string, { at, zoom }: { at: Point; zoom: number }, box: Box) {
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-STEP, 0],
    ArrowRight: [STEP, 0],
    ArrowUp: [0, -STEP],
    ArrowDown: [0, STEP],
  };
  const move = moves[key];
  if (move) return { at: inside({ x: at.x + move[0], y: at.y + move[1] }, box), zoom };
  if (key === '+' || key === '=') return { at, zoom: within(zoom + 1) };
  if (key === '-') return { at, zoom: within(zoom - 1) };
  return null;
}

/** The nearest point of the picture. */
export const inside = ({ x, y }: Point, { width, height }: Box): Point => ({
  x: Math.max(0, Math.min(width, x)),
  y: Math.max(0, Math.min(height, y)),
});

const within = (zoom: number): number => Math.max(LEAST_ZOOM, Math.min(MOST_ZOOM, zoom));

/** The box of a picture that fills another one as far as it can, in whole pixels. */
export function fitted(picture: Box, room: Box): Box {
  const scale = Math.min(room.width / picture.width, room.height / picture.height);
  return {
    width: Math.max(1, Math.floor(picture.width * scale)),
    height: Math.max(1, Math.floor(picture.height * scale)),
  };
}
