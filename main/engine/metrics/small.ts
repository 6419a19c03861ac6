/** Pictures made small, to be compared as wholes. */
import type { PlaneShape } from './pyramid.ts';

/** Planes in 0..1 at `side` pixels or a little more, each square of pixels one, as bytes. */
export function small(planes: Float32Array, { channels, width, height }: PlaneShape, side: number): Uint8Array {
  const by = Math.max(1, Math.floor(width / side));
  const [w, h] = [Math.floor(width / by), Math.floor(height / by)];
  const out = new Uint8Array(channels * w * h);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) {
        let sum = 0;
        for (let j = 0; j < by; j++)
          for (let i = 0; i < by; i++) sum += planes[(c * height + y * by + j) * width + x * by + i]!;
        out[(c * h + y) * w + x] = Math.round((255 * sum) / (by * by));
      }
  return out;
}
