/**
 * Which picture formats are opened, and by which code. A picture is untrusted: what it is, is read from its first bytes
 * and not from its name, and of libvips' loaders only those listed here can run in this process. SVG is not among them
 * (it can refer to other files and expand without bound); our own drawings go through `rasteriseOwnSvg`.
 *
 * Every file that calls sharp imports it from here, so that the block below is always in force.
 */
import { extname } from 'node:path';
import sharp from 'sharp';

export { sharp };
export type { Sharp } from 'sharp';

export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'avif' | 'tiff' | 'gif' | 'tga';

/** One row a format: how its files are named, what they begin with, and the libvips loader that opens them. */
const FORMATS: Record<PictureFormat, { extensions: string[]; begins: (bytes: Buffer) => boolean; loader?: string }> = {
  png: { extensions: ['.png'], begins: (b) => has(b, 0, '\x89PNG\r\n\x1a\n'), loader: 'Png' },
  jpeg: { extensions: ['.jpg', '.jpeg'], begins: (b) => has(b, 0, '\xff\xd8\xff'), loader: 'Jpeg' },
  webp: { extensions: ['.webp'], begins: (b) => has(b, 0, 'RIFF') && has(b, 8, 'WEBP'), loader: 'Webp' },
  avif: { extensions: ['.avif'], begins: isAvif, loader: 'Heif' },
  tiff: {
    extensions: ['.tif', '.tiff'],
    begins: (b) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((magic) => has(b, 0, magic)),
    loader: 'Tiff',
  },
  gif: { extensions: ['.gif'], begins: (b) => has(b, 0, 'GIF87a') || has(b, 0, 'GIF89a'), loader: 'Nsgif' },
  // TGA has no magic number: the name decides, and our reader (tga.ts) checks the header.
  tga: { extensions: ['.tga'], begins: () => false },
};

/** The extensions of picture files, lower case with the dot. */
export const PICTURE_EXTENSIONS: readonly string[] = Object.values(FORMATS).flatMap(({ extensions }) => extensions);

// Nothing is kept between pictures (the loader has its own cache), and pictures run side by side, not rows of one.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: Object.values(FORMATS).flatMap(({ loader }) => (loader ? [`VipsForeignLoad${loader}Buffer`] : [])),
});

/** What a file is, by its first bytes (for TGA by its name), or undefined when it is nothing that we open. */
export function sniffFormat(bytes: Buffer, file: string): PictureFormat | undefined {
  const named = formatOfName(file);
  const found = Object.entries(FORMATS).find(([, { begins }]) => begins(bytes));
  return found ? (found[0] as PictureFormat) : named === 'tga' ? 'tga' : undefined;
}

/** The format that a file's extension promises. */
export function formatOfName(file: string): PictureFormat | undefined {
  const extension = extname(file).toLowerCase();
  const found = Object.entries(FORMATS).find(([, { extensions }]) => extensions.includes(extension));
  return found && (found[0] as PictureFormat);
}

let drawings = 0;

/**
 * Draws an SVG of ours (from a package that we ship, never a file of the person's) over white.
 * The SVG loader is open only meanwhile; other pictures cannot slip in as SVG, as they are sniffed first.
 * @returns a greyscale picture of width x height that sharp goes on with
 */
export async function rasteriseOwnSvg(svg: string, width: number, height: number): Promise<Buffer> {
  const loader = { operation: ['VipsForeignLoadSvgBuffer'] };
  if (drawings++ === 0) sharp.unblock(loader);
  try {
    const drawing = sharp(Buffer.from(svg)).resize(width, height, { fit: 'fill' });
    return await drawing.flatten({ background: '#fff' }).toColourspace('b-w').raw().toBuffer();
  } finally {
    if (--drawings === 0) sharp.block(loader);
  }
}

/** Whether the bytes at `offset` are these characters (Latin-1). */
function has(bytes: Buffer, offset: number, magic: string): boolean {
  return bytes.toString('latin1', offset, offset + magic.length) === magic;
}

/** An ISO media file whose major or compatible brands name AVIF (HEIC looks the same but for the brand). */
function isAvif(bytes: Buffer): boolean {
  if (!has(bytes, 4, 'ftyp')) return false;
  const brands = bytes.toString('latin1', 8, Math.min(bytes.readUInt32BE(0), 256));
  return brands.includes('avif') || brands.includes('avis');
}
