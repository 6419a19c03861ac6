/**
 * Lays layers over each other: modes, masks, clipping and groups, as in W3C "Compositing and Blending Level 1". Both
 * sides of the wall use it on pixels of one word each (0xAABBGGRR, straight alpha).
 */
import type { Box } from '../schemas.ts';
import { atop, faded, mixWords, over, times, type Blend } from './blend.ts';

/** Pixels that lie at a place of the drawing, row by row. */
export interface Placed extends Box {
  words: Uint32Array;
}

/** A layer, or a group of them, ready to be laid. */
export interface Sheet {
  visible: boolean;
  /** A group that is `through` mixes nothing by itself: what is in it meets what is below the group. */
  blend: Blend | 'through';
  /** 0..1 */
  opacity: number;
  /** Shows only where the first sheet below it that is not clipped has paint. */
  clipped: boolean;
  /** What hides of it: see `shown`. */
  mask: Placed | null;
  /** Paint, or the sheets of a group from the bottom to the top. */
  content: Paint | readonly Sheet[];
}

export interface Paint {
  pixels: Placed;
  /** There is nothing outside of it. */
  part: Box;
}

/**
 * How much (0..255) a mask's pixel leaves of a layer. A mask without paint hides nothing; black paint hides, grey hides
 * half, white shows again: so that it is painted with the tools that everything is painted with.
 */
export function shown(pixel: number): number {
  if (pixel < 0x01000000) return 255;
  return 255 - times(255 - lightOf(pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255), pixel >>> 24);
}

/** How bright a colour is, 0..255. */
export const lightOf = (r: number, g: number, b: number): number => (77 * r + 150 * g + 29 * b + 128) >> 8;

export const blankOf = ({ left, top, width, height }: Box): Placed => ({
  ...{ left, top, width: Math.max(0, width), height: Math.max(0, height) },
  words: new Uint32Array(Math.max(0, width) * Math.max(0, height)),
});

const isGroup = (content: Sheet['content']): content is readonly Sheet[] => Array.isArray(content);

/** Lays sheets, from the bottom to the top, on what is there. */
export function compose(ground: Placed, sheets: readonly Sheet[]): void {
  for (let i = 0; i < sheets.length;) {
    const base = sheets[i++]!;
    const clipped: Sheet[] = [];
    for (; sheets[i]?.clipped; i++) if (isSeen(sheets[i]!)) clipped.push(sheets[i]!);
    if (isSeen(base)) layBase(ground, base, clipped);
  }
}

const isSeen = ({ visible, opacity }: Sheet): boolean => visible && opacity > 0;

/** A sheet with those that are clipped to it. */
function layBase(ground: Placed, base: Sheet, clipped: readonly Sheet[]): void {
  const { content, blend, opacity, mask } = base;
  if (clipped.length > 0) {
    const piece = alone(base, ground);
    for (const sheet of clipped) laySheet(piece, sheet, true);
    lay(ground, piece, { blend: blend === 'through' ? 'normal' : blend, opacity });
  } else if (isGroup(content) && blend === 'through') layThrough(ground, content, { opacity, mask });
  else laySheet(ground, base, false);
}

function laySheet(ground: Placed, sheet: Sheet, clip: boolean): void {
  const { content, opacity, mask } = sheet;
  const blend = sheet.blend === 'through' ? 'normal' : sheet.blend;
  if (!isGroup(content)) lay(ground, content.pixels, { blend, opacity, mask, clip, part: content.part });
  else lay(ground, alone(sheet, ground), { blend, opacity, clip });
}

/** A sheet by itself on nothing, with its mask and without its opacity, as far as it lies in a box. */
function alone({ content, mask }: Sheet, box: Box): Placed {
  if (!isGroup(content)) {
    const piece = blankOf(common(box, content.part));
    lay(piece, content.pixels, { mask, part: content.part });
    return piece;
  }
  const piece = blankOf(box);
  compose(piece, content);
  if (mask) eachPixel(piece, piece, (i, x, y) => (piece.words[i] = faded(piece.words[i]!, shownAt(mask, x, y))));
  return piece;
}

/** The sheets of a group that is not apart from what is below it. Its own opacity and mask fade what they changed. */
function layThrough(
  ground: Placed,
  sheets: readonly Sheet[],
  { opacity, mask }: { opacity: number; mask: Placed | null },
): void {
  if (opacity === 1 && !mask) {
    compose(ground, sheets);
    return;
  }
  const before = ground.words.slice();
  compose(ground, sheets);
  const strength = Math.round(opacity * 255);
  eachPixel(ground, ground, (i, x, y) => {
    const [was, is] = [before[i]!, ground.words[i]!];
    if (was !== is) ground.words[i] = between(was, is, mask ? times(shownAt(mask, x, y), strength) : strength);
  });
}

/** On the way from one pixel to another, 0..255. */
function between(from: number, to: number, share: number): number {
  const [a, b] = [(from >>> 24) * (255 - share), (to >>> 24) * share];
  const sum = a + b;
  const alpha = Math.round(sum / 255);
  if (alpha === 0) return 0;
  const channel = (shift: number): number =>
    Math.round((((from >> shift) & 255) * a + ((to >> shift) & 255) * b) / sum) << shift;
  return ((alpha << 24) | channel(16) | channel(8) | channel(0)) >>> 0;
}

export interface Laying {
  blend?: Blend;
  /** 0..1 */
  opacity?: number;
  mask?: Placed | null;
  /** The alpha of what is below is kept. */
  clip?: boolean;
  /** Of what is above: outside of it there is nothing to lay. */
  part?: Box;
}

/** Lays pixels on others, in place. */
export function lay(
  below: Placed,
  above: Placed,
  { blend = 'normal', opacity = 1, mask = null, clip = false, part = above }: Laying = {},
): void {
  const box = common(common(below, above), part);
  const [to, from] = [below.words, above.words];
  const strength = Math.round(opacity * 255);
  const plain = blend === 'normal' && !mask && !clip;
  for (let y = box.top; y < box.top + box.height; y++) {
    let i = (y - above.top) * above.width + box.left - above.left;
    let j = (y - below.top) * below.width + box.left - below.left;
    const end = i + box.width;
    if (plain) {
      for (; i < end; i++, j++) {
        const pixel = from[i]!;
        // Most of a layer is empty.
        if (pixel !== 0) to[j] = over(to[j]!, pixel & 0xffffff, times(pixel >>> 24, strength));
      }
      continue;
    }
    for (let x = box.left; i < end; i++, j++, x++) {
      const pixel = from[i]!;
      if (pixel === 0) continue;
      let alpha = times(pixel >>> 24, strength);
      if (mask) alpha = times(alpha, shownAt(mask, x, y));
      if (alpha === 0) continue;
      const colour = pixel & 0xffffff;
      if (blend !== 'normal') to[j] = mixWords(blend, to[j]!, colour, { alpha, atop: clip });
      else to[j] = clip ? atop(to[j]!, colour, alpha) : over(to[j]!, colour, alpha);
    }
  }
}

/** Outside of its own box a mask hides nothing. */
function shownAt(mask: Placed, x: number, y: number): number {
  const [column, row] = [x - mask.left, y - mask.top];
  if (column < 0 || row < 0 || column >= mask.width || row >= mask.height) return 255;
  return shown(mask.words[row * mask.width + column]!);
}

function eachPixel(
  placed: Placed,
  { left, top, width, height }: Box,
  visit: (i: number, x: number, y: number) => void,
) {
  for (let y = top; y < top + height; y++)
    for (let x = left, i = (y - placed.top) * placed.width + left - placed.left; x < left + width; x++, i++)
      visit(i, x, y);
}

/** What two boxes share. */
function common(a: Box, b: Box): Box {
  const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)];
  return {
    ...{ left, top },
    width: Math.max(0, Math.min(a.left + a.width, b.left + b.width) - left),
    height: Math.max(0, Math.min(a.top + a.height, b.top + b.height) - top),
  };
}
