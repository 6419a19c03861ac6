/** Small pictures for the grid: made once, kept in a cache folder, and made anew when the picture changes. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sharp } from '../../engine/pictures/codecs.ts';
import { decodeBytes, probeBytes, readPictureFile } from '../../engine/pictures/pictures.ts';
import { explainIo } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';

export interface ThumbnailOptions {
  file: string;
  /** Only this half of a side-by-side picture. */
  half?: 'left' | 'right' | undefined;
  /** The square, in pixels, that the thumbnail fits into; smaller pictures keep their size. */
  size?: number | undefined;
  /** The folder that thumbnails are kept in. */
  cache: string;
}

/** The path of a picture's thumbnail (WebP, alpha kept), made if need be. @throws UserError for a broken picture */
export async function thumbnail({ file, half, size = 192, cache }: ThumbnailOptions): Promise<string> {
  const { mtimeMs, size: length } = await stat(file).catch((error: unknown) => {
    throw explainIo(error, `Cannot read ${file}`);
  });
  const key = [resolve(file), mtimeMs, length, half ?? '', size].join('\0');
  const thumb = join(cache, `${createHash('sha1').update(key).digest('hex')}.webp`);
  if (!existsSync(thumb)) writeAtomic(thumb, [await render({ file, half, size })]);
  return thumb;
}

async function render({
  file,
  half,
  size,
}: {
  file: string;
  half: ThumbnailOptions['half'];
  size: number;
}): Promise<Buffer> {
  const bytes = await readPictureFile(file);
  const info = await probeBytes(bytes, file);
  const whole = half ? { ...info, width: info.width / 2 } : info;
  const scale = Math.min(1, size / Math.max(whole.width, whole.height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const { data, width, height, channels } = await decodeBytes(bytes, file, {
    ...(half && { half }),
    ...{ width: side(whole.width), height: side(whole.height), channels: info.hasAlpha ? 4 : 3, quick: true },
  });
  const raw = { width, height, channels, premultiplied: channels === 4 };
  return sharp(data, { raw }).webp({ quality: 80, effort: 2 }).toBuffer();
}
