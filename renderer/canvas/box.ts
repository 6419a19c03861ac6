/** Boxes of whole pixels, and lists of those that were touched. */
import type { Box, Point } from './types.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const isEmpty = ({ width, height }: Box): boolean => width <= 0 || height <= 0;
export const area = ({ width, height }: Box): number => width * height;
export const whole = ({ width, height }: Size): Box => ({ left: 0, top: 0, width, height });

/** The smallest box of whole pixels that holds these edges. */
export function around(left: number, top: number, right: number, bottom: number): Box {
  const [x, y] = [Math.floor(left), Math.floor(top)];
  return { left: x, top: y, width: Math.ceil(right) - x, height: Math.ceil(bottom) - y };
}

/** The smallest box that holds all points, with room on every side. */
export function boxOfPoints(points: readonly Point[], room = 0): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  if (right < left) return { left: 0, top: 0, width: 0, height: 0 };
  return around(left - room, top - room, right + room, bottom + room);
}

export function union(a: Box, b: Box): Box {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const left = Math.min(a.left, b.left);
  const top = Math.min(a.top, b.top);
  return {
    left,
    top,
    width: Math.max(a.left + a.width, b.left + b.width) - left,
    height: Math.max(a.top + a.height, b.top + b.height) - top,
  };
}

/** What two boxes share; of no size where they share nothing. */
export function intersect(a: Box, b: Box): Box {
  const left = Math.max(a.left, b.left);
  const top = Math.max(a.top, b.top);
  return {
    left,
    top,
    width: Math.max(0, Math.min(a.left + a.width, b.left + b.width) - left),
    height: Math.max(0, Math.min(a.top + a.height, b.top + b.height) - top),
  };
}

export const clip = (box: Box, size: Size): Box => intersect(box, whole(size));

export const shift = (box: Box, dx: number, dy: number): Box => ({ ...box, left: box.left + dx, top: box.top + dy });

/**
 * The moves by whole documents that bring some of a box into the document: where wrap mode draws it again. Without wrap
 * mode only the box itself, and nothing where it lies outside.
 */
export function copies(box: Box, { width, height }: Size, wrap: boolean): Point[] {
  if (isEmpty(box)) return [];
  if (!wrap) return isEmpty(clip(box, { width, height })) ? [] : [{ x: 0, y: 0 }];
  const found: Point[] = [];
  const firstX = Math.ceil((1 - box.left - box.width) / width);
  const firstY = Math.ceil((1 - box.top - box.height) / height);
  for (let y = firstY; box.top + y * height < height; y++)
    for (let x = firstX; box.left + x * width < width; x++) found.push({ x: x * width, y: y * height });
  return found;
}

/** Boxes that were touched. Near ones become one; far ones stay apart, so that what lies between is left alone. */
export class Touched {
  #boxes: Box[] = [];

  add(box: Box): void {
    if (isEmpty(box)) return;
    let joined = box;
    for (let i = 0; i < this.#boxes.length; i++) {
      const other = this.#boxes[i]!;
      const both = union(joined, other);
      if (area(both) > 1.4 * (area(joined) + area(other)) && this.#boxes.length < MOST_BOXES) continue;
      this.#boxes.splice(i, 1);
      joined = both;
      i = -1; // the larger box may now meet those that were passed
    }
    this.#boxes.push(joined);
  }

  get boxes(): readonly Box[] {
    return this.#boxes;
  }

  /** Hands the boxes over and starts again. */
  take(): readonly Box[] {
    const boxes = this.#boxes;
    this.#boxes = [];
    return boxes;
  }
}

const MOST_BOXES = 24;
