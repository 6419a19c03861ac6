/**
 * Which files are pictures, by their names and first bytes. No decoder is loaded here: whoever only lists pictures (the
 * studio's own process) stays free of one.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { extname } from 'node:path';

export type PictureFormat = 'png' | 'jpeg' | 'webp' | 'avif' | 'tiff' | 'gif' | 'bmp' | 'pnm' | 'psd' | 'tga';

/** Formats whose pictures may move. */
export const ANIMATIONS = ['gif', 'webp', 'png'] as const;
export type AnimationFormat = (typeof ANIMATIONS)[number];

/** One row a format: how its files are named, what they begin with, and the libvips loader that opens them. */
const FORMATS: Record<PictureFormat, { extensions: string[]; begins: (bytes: Buffer) => boolean; loader?: string }> = {
  png: { extensions: ['.png', '.apng'], begins: (b) => has(b, 0, '\x89PNG\r\n\x1a\n'), loader: 'Png' },
  jpeg: {
    extensions: ['.jpg', '.jpeg', '.jfif', '.jpe', '.jif'],
    begins: (b) => has(b, 0, '\xff\xd8\xff'),
    loader: 'Jpeg',
  },
  webp: { extensions: ['.webp'], begins: (b) => has(b, 0, 'RIFF') && has(b, 8, 'WEBP'), loader: 'Webp' },
  avif: { extensions: ['.avif'], begins: isAvif, loader: 'Heif' },
  tiff: {
    extensions: ['.tif', '.tiff'],
    begins: (b) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((magic) => has(b, 0, magic)),
    loader: 'Tiff',
  },
  gif: { extensions: ['.gif'], begins: (b) => has(b, 0, 'GIF87a') || has(b, 0, 'GIF89a'), loader: 'Nsgif' },
  bmp: { extensions: ['.bmp', '.dib'], begins: isBmp },
  pnm: {
    extensions: ['.ppm', '.pgm', '.pbm', '.pnm', '.pam'],
    begins: (b) => /^P[1-7][\s#]/.test(b.toString('latin1', 0, 3)),
  },
  psd: { extensions: ['.psd', '.psb'], begins: (b) => has(b, 0, '8BPS') },
  // TGA has no magic number: the name decides, and our reader (tga.ts) checks the header.
  tga: { extensions: ['.tga'], begins: () => false },
};

/** The formats as messages name them. */
export const FORMAT_NAMES = 'PNG, JPEG, WebP, AVIF, TIFF, TGA, GIF, BMP, PPM, PSD';

/** The libvips loaders of these formats: the only ones that may run. */
export const LOADERS: readonly string[] = Object.values(FORMATS).flatMap(({ loader }) =>
  loader ? [`VipsForeignLoad${loader}Buffer`] : [],
);

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

/** So many bytes from its beginning tell how many pictures a PNG of ours has. */
export const BEGINNING = 45;

/** How many pictures an animated PNG has that was written here, by its beginning; 1 for any other file. */
export const countPictures = (beginning: Buffer): number =>
  beginning.length === BEGINNING && has(beginning, 37, 'acTL') ? beginning.readUInt32BE(41) : 1;

/** As what kind of animation a picture may move, by its beginning; null for one that does not. A GIF may always. */
export function mayMove(beginning: Buffer): AnimationFormat | null {
  const format = sniffFormat(beginning, '');
  if (format === 'webp') return webpMoves(beginning) ? format : null;
  if (format === 'png') {
    const [at, pixels] = [beginning.indexOf('acTL'), beginning.indexOf('IDAT')];
    return at >= 0 && (pixels < 0 || at < pixels) ? format : null;
  }
  return format === 'gif' ? format : null;
}

/** Whether a WebP says of itself that it moves. */
export const webpMoves = (bytes: Buffer): boolean => has(bytes, 12, 'VP8X') && (bytes[20]! & 0x02) !== 0;

/** The first bytes of a file. @throws what the file system throws */
export function beginningOf(file: string, length: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** The kind of animation that a file's extension promises; PNG where it promises none. */
export function animationOfName(file: string): AnimationFormat {
  const named = formatOfName(file);
  return ANIMATIONS.find((each) => each === named) ?? 'png';
}

/** Whether the bytes at `offset` are these characters (Latin-1). */
function has(bytes: Buffer, offset: number, magic: string): boolean {
  return bytes.toString('latin1', offset, offset + magic.length) === magic;
}

/** "BM", with nothing where nothing may be, and a header of a length that there is. */
function isBmp(bytes: Buffer): boolean {
  return has(bytes, 0, 'BM') && bytes.length > 26 && bytes.readUInt32LE(6) === 0 && bytes.readUInt32LE(14) <= 124;
}

/** An ISO media file whose major or compatible brands name AVIF (HEIC looks the same but for the brand). */
function isAvif(bytes: Buffer): boolean {
  if (!has(bytes, 4, 'ftyp')) return false;
  const brands = bytes.toString('latin1', 8, Math.min(bytes.readUInt32BE(0), 256));
  return brands.includes('avif') || brands.includes('avis');
}
