/**
 * Source-over and erasing of straight alpha (Porter and Duff, "Compositing Digital Images", 1984), one pixel a word
 * (0xAABBGGRR), rounded to nearest. Full alpha gives exactly the colour; no alpha gives 0.
 */

/** a * b / 255, rounded, for bytes. */
export const times = (a: number, b: number): number => {
  const product = a * b + 128;
  return (product + (product >> 8)) >> 8;
};

/** A colour (0x00BBGGRR) with alpha over a pixel. */
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

/** A pixel with a share (0..255) of its alpha taken away. */
export function erased(below: number, alpha: number): number {
  const left = times(below >>> 24, 255 - alpha);
  return left === 0 ? 0 : ((left << 24) | (below & 0xffffff)) >>> 0;
}

/** A pixel with its alpha multiplied by 0..255. */
export function faded(pixel: number, alpha: number): number {
  return alpha === 255 ? pixel : erased(pixel, 255 - alpha);
}
