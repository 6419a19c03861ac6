/** Colours as a person picks them: hue 0..360, saturation and brightness 0..1. */
import { hexOf } from './pixels.ts';

export interface Hsv {
  h: number;
  s: number;
  v: number;
}

export function hexOfHsv({ h, s, v }: Hsv): string {
  const part = (n: number): number => {
    const k = (n + h / 60) % 6;
    return 255 * (v - v * s * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return hexOf(part(5), part(3), part(1));
}

export function hsvOfHex(hex: string): Hsv {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];
  const v = Math.max(r, g, b);
  const chroma = v - Math.min(r, g, b);
  const h = chroma === 0 ? 0 : v === r ? (g - b) / chroma : v === g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
  return { h: (h * 60 + 360) % 360, s: v === 0 ? 0 : chroma / v, v };
}

/** A colour that was typed, as "#rrggbb"; null when it is none. */
export function parsedHex(text: string): string | null {
  const [, digits] = /^\s*#?([0-9a-f]{6}|[0-9a-f]{3})\s*$/i.exec(text) ?? [];
  if (!digits) return null;
  return `#${(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits).toLowerCase()}`;
}

/** The wheel, seen from its middle, with the radius 1: hues on a ring, and in it a square of one hue. */
export const RING = 0.8;
export const SQUARE = 0.54;

export type WheelPart = 'ring' | 'square';

/** What of the wheel a place is on: everything that is not on the ring or further out. */
export const partAt = (x: number, y: number): WheelPart => (Math.hypot(x, y) >= RING ? 'ring' : 'square');

/** What a place of the wheel says of the colour; also of one that has left the part on which it was taken hold of. */
export function colourAt(part: WheelPart, x: number, y: number): Partial<Hsv> {
  if (part === 'ring') return { h: Math.round(((Math.atan2(y, x) * 180) / Math.PI + 360) % 360) % 360 };
  const share = (n: number): number => Math.max(0, Math.min(1, (n / SQUARE + 1) / 2));
  return { s: share(x), v: 1 - share(y) };
}

const MOST_RECENT = 14;

/** The colours used last, this one first. */
export const withRecent = (recent: readonly string[], colour: string): string[] =>
  [colour, ...recent.filter((each) => each !== colour)].slice(0, MOST_RECENT);
