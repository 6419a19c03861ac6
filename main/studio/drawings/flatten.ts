/** Layers laid over each other (Porter and Duff 1984, "over"), in straight RGBA of 8 or 16 bits. */
import type { DrawingState, Region } from '../../../preload/contract/schemas.ts';

/** Straight RGBA, rows from the top; 8 or 16 bits by the kind of its array. */
export interface Raster<Data extends Uint8Array | Uint16Array = Uint8Array | Uint16Array> {
  width: number;
  height: number;
  data: Data;
}

/** A picture that is all paper. */
export function blank({ width, height, paper }: Pick<DrawingState, 'width' | 'height' | 'paper'>): Raster<Uint8Array> {
  const data = new Uint8Array(width * height * 4);
  if (paper !== 'transparent') {
    const channels = [1, 3, 5].map((at) => parseInt(paper.slice(at, at + 2), 16));
    for (let i = 0; i < data.length; i += 4) data.set([channels[0]!, channels[1]!, channels[2]!, 255], i);
  }
  return { width, height, data };
}

/** Lays a part over a picture, in place. `opacity` is 0..1. What lies outside the picture is left out. */
export function layOver({ width, height, data: below }: Raster, { left, top, ...part }: Region, opacity: number): void {
  const most = below instanceof Uint16Array ? 65535 : 255;
  const right = Math.min(part.width, width - left);
  for (let y = 0; y < Math.min(part.height, height - top); y++)
    for (let x = 0; x < right; x++) {
      const from = (y * part.width + x) * 4;
      const at = ((top + y) * width + left + x) * 4;
      const upper = (part.bytes[from + 3]! / 255) * opacity;
      if (upper <= 0) continue;
      const lower = (below[at + 3]! / most) * (1 - upper);
      const sum = upper + lower;
      for (let c = 0; c < 3; c++)
        below[at + c] = Math.round(((part.bytes[from + c]! / 255) * most * upper + below[at + c]! * lower) / sum);
      below[at + 3] = Math.round(sum * most);
    }
}
