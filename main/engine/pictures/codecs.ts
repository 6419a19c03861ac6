/**
 * Which picture formats are opened, and by which code. A picture is untrusted: what it is, is read from its first bytes
 * and not from its name, and of libvips' loaders only those listed here can run in this process. SVG is not among them
 * (it can refer to other files and expand without bound); our own drawings go through `rasteriseOwnSvg`.
 *
 * Every file that calls sharp imports it from here, so that the block below is always in force.
 */
import sharp from 'sharp';
import { LOADERS } from './formats.ts';

export { sharp };
export type { Sharp } from 'sharp';

// Nothing is kept between pictures (the loader has its own cache), and pictures run side by side, not rows of one.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
// By its name only a file of ours is opened, in which a large result lies until it is written (inference/spool.ts).
sharp.unblock({ operation: [...LOADERS, 'VipsForeignLoadTiffFile'] });

let drawings = 0;

/**
 * Draws an SVG of ours (from a package that we ship, never a file of the person's), over white unless alpha is wanted.
 * The SVG loader is open only meanwhile; other pictures cannot slip in as SVG, as they are sniffed first.
 * @returns rows of pixels, of 1 channel (grey), 3 (RGB) or 4 (RGBA)
 */
export async function rasteriseOwnSvg(
  svg: string,
  { width, height, channels }: { width: number; height: number; channels: 1 | 3 | 4 },
): Promise<Buffer> {
  const loader = { operation: ['VipsForeignLoadSvgBuffer'] };
  if (drawings++ === 0) sharp.unblock(loader);
  try {
    const drawing = sharp(Buffer.from(svg)).resize(width, height, { fit: 'fill' });
    const shown = channels === 4 ? drawing.ensureAlpha() : drawing.flatten({ background: '#fff' });
    return await shown
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer();
  } finally {
    if (--drawings === 0) sharp.block(loader);
  }
}
