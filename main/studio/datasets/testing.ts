/** What the tests of datasets share: small pictures that differ. */
import { Random } from '../../../models/graph/random.ts';
import type { Picture } from '../../engine/pictures/pictures.ts';

/** A picture of random coloured boxes on white: another for each seed. With 4 channels the ground is transparent. */
export function boxes(seed: number, width = 48, height = 48, channels: 3 | 4 = 3): Picture {
  const random = new Random(seed, 'boxes');
  const data = new Uint8Array(width * height * channels).fill(channels === 4 ? 0 : 255);
  for (let i = 0; i < 12; i++) {
    const [left, top] = [random.below(width), random.below(height)];
    const [right, bottom] = [left + 4 + random.below(width / 2), top + 4 + random.below(height / 2)];
    const colour = [random.below(256), random.below(256), random.below(256), 255].slice(0, channels);
    for (let y = top; y < Math.min(bottom, height); y++)
      for (let x = left; x < Math.min(right, width); x++) data.set(colour, (y * width + x) * channels);
  }
  return { width, height, channels, data };
}

/** A picture with filled rectangles of one colour on a ground (transparent, or white). */
export function rectangles(
  { width, height, channels }: Pick<Picture, 'width' | 'height' | 'channels'>,
  all: readonly { left: number; top: number; width: number; height: number }[],
): Picture {
  const data = new Uint8Array(width * height * channels).fill(channels === 4 ? 0 : 255);
  const colour = [200, 40, 40, 255].slice(0, channels);
  for (const box of all)
    for (let y = box.top; y < box.top + box.height; y++)
      for (let x = box.left; x < box.left + box.width; x++) data.set(colour, (y * width + x) * channels);
  return { width, height, channels, data };
}
