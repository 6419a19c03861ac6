/**
 * How a colour mixes with what is below it: the formulas of W3C "Compositing and Blending Level 1" (2015), and of adding
 * light. The window and the studio both lay layers by these, so that a file is what was seen. Colours are straight, not
 * premultiplied: 0..1 in `mix`, else one pixel a word (0xAABBGGRR), rounded to nearest.
 */

export const BLENDS = [
  'normal',
  'multiply',
  'screen',
  'overlay',
  'add',
  'darken',
  'lighten',
  'soft-light',
  'colour',
  'luminosity',
] as const;
export type Blend = (typeof BLENDS)[number];

/** Red, green and blue, 0..1. What follows them is left alone. */
type Channels = Float64Array;
type Mode = (below: Channels, above: Channels, out: Channels) => void;

const each =
  (formula: (below: number, above: number) => number): Mode =>
  (below, above, out) => {
    for (let c = 0; c < 3; c++) out[c] = formula(below[c]!, above[c]!);
  };

const hardLight = (below: number, above: number): number =>
  above <= 0.5 ? 2 * above * below : 1 - 2 * (1 - above) * (1 - below);

function softLight(below: number, above: number): number {
  if (above <= 0.5) return below - (1 - 2 * above) * below * (1 - below);
  const root = below <= 0.25 ? ((16 * below - 12) * below + 4) * below : Math.sqrt(below);
  return below + (2 * above - 1) * (root - below);
}

const luminosity = (colour: Channels): number => 0.3 * colour[0]! + 0.59 * colour[1]! + 0.11 * colour[2]!;

/** The hue and saturation of one colour with the luminosity of another, brought back into 0..1. */
function lit(colour: Channels, wanted: number, out: Channels): void {
  const by = wanted - luminosity(colour);
  for (let c = 0; c < 3; c++) out[c] = colour[c]! + by;
  const least = Math.min(out[0]!, out[1]!, out[2]!);
  const most = Math.max(out[0]!, out[1]!, out[2]!);
  for (let c = 0; c < 3; c++) {
    if (least < 0) out[c] = wanted + ((out[c]! - wanted) * wanted) / (wanted - least);
    if (most > 1) out[c] = wanted + ((out[c]! - wanted) * (1 - wanted)) / (most - wanted);
  }
}

const MODES: Readonly<Record<Blend, Mode>> = {
  normal: each((_, above) => above),
  multiply: each((below, above) => below * above),
  screen: each((below, above) => below + above - below * above),
  overlay: each((below, above) => hardLight(above, below)),
  add: each((below, above) => Math.min(1, below + above)),
  darken: each(Math.min),
  lighten: each(Math.max),
  'soft-light': each(softLight),
  colour: (below, above, out) => lit(above, luminosity(below), out),
  luminosity: (below, above, out) => lit(below, luminosity(above), out),
};

const mixed = new Float64Array(3);

/**
 * A colour (r, g, b) with alpha over a pixel (r, g, b, a), all 0..1. `atop` keeps the alpha of the pixel: paint shows
 * only where there was some. `out` may be `below`.
 */
export function mix(
  blend: Blend,
  below: Float64Array,
  above: Float64Array,
  { alpha, atop = false, out }: { alpha: number; atop?: boolean; out: Float64Array },
): void {
  const under = below[3]!;
  const sum = atop ? under : alpha + under * (1 - alpha);
  MODES[blend](below, above, mixed);
  const share = atop ? alpha * under : alpha;
  for (let c = 0; c < 3; c++) {
    // Where nothing is below, a colour has nothing to mix with.
    const colour = atop ? mixed[c]! : (1 - under) * above[c]! + under * mixed[c]!;
    out[c] = sum === 0 ? 0 : (share * colour + (1 - alpha) * under * below[c]!) / sum;
  }
  out[3] = sum;
}

/** a * b / 255, rounded, for bytes. */
export const times = (a: number, b: number): number => {
  const product = a * b + 128;
  return (product + (product >> 8)) >> 8;
};

/** `mix` of the normal mode for words, in whole numbers: a colour (0x00BBGGRR) with alpha (0..255) over a pixel. */
export function over(below: number, colour: number, alpha: number): number {
  if (alpha === 0) return below;
  const under = below >>> 24;
  if (alpha === 255 || under === 0) return ((alpha << 24) | colour) >>> 0;
  if (under === 255) {
    // Red and blue in one multiplication; each channel is `times` of both, summed before it is rounded.
    const rest = 255 - alpha;
    let rb = (colour & 0xff00ff) * alpha + (below & 0xff00ff) * rest + 0x800080;
    rb = (rb + ((rb >>> 8) & 0xff00ff)) >>> 8;
    let g = ((colour >> 8) & 255) * alpha + ((below >> 8) & 255) * rest + 128;
    g = (g + (g >> 8)) >> 8;
    return (0xff000000 | (rb & 0xff00ff) | (g << 8)) >>> 0;
  }
  // In units of 1/255 of alpha, so that nothing is rounded before the end.
  const top = alpha * 255;
  const rest = under * (255 - alpha);
  const sum = top + rest;
  const half = sum >> 1;
  const r = (((colour & 255) * top + (below & 255) * rest + half) / sum) | 0;
  const g = ((((colour >> 8) & 255) * top + ((below >> 8) & 255) * rest + half) / sum) | 0;
  const b = ((((colour >> 16) & 255) * top + ((below >> 16) & 255) * rest + half) / sum) | 0;
  return ((((sum + 127) / 255) << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** The same, with the alpha of the pixel kept: nothing is painted where nothing was. */
export function atop(below: number, colour: number, alpha: number): number {
  const under = below & 0xff000000;
  return under === 0 ? 0 : ((over(below | 0xff000000, colour, alpha) & 0xffffff) | under) >>> 0;
}

const [lower, upper] = [new Float64Array(4), new Float64Array(3)];

/** `mix` of any mode for words. */
export function mixWords(
  blend: Blend,
  below: number,
  colour: number,
  { alpha, atop }: { alpha: number; atop: boolean },
): number {
  for (let c = 0; c < 3; c++) {
    lower[c] = ((below >> (8 * c)) & 255) / 255;
    upper[c] = ((colour >> (8 * c)) & 255) / 255;
  }
  lower[3] = (below >>> 24) / 255;
  mix(blend, lower, upper, { alpha: alpha / 255, atop, out: lower });
  const byte = (c: number): number => (lower[c]! * 255 + 0.5) | 0;
  const a = byte(3);
  return a === 0 ? 0 : ((a << 24) | (byte(2) << 16) | (byte(1) << 8) | byte(0)) >>> 0;
}

/** A pixel with a share (0..255) of its alpha taken away. */
export function erased(below: number, alpha: number): number {
  const left = times(below >>> 24, 255 - alpha);
  return left === 0 ? 0 : ((left << 24) | (below & 0xffffff)) >>> 0;
}

/** A pixel with its alpha multiplied by 0..255. */
export function faded(pixel: number, alpha: number): number {
  return alpha === 255 ? pixel : erased(pixel, 255 - alpha);
}
