/** Moving pictures: read and written as GIF, animated WebP or APNG, one picture at a time; and as a sheet of sprites. */
import { apngOf, readApng } from './apng.ts';
import { sharp } from './codecs.ts';
import { ANIMATIONS, sniffFormat, webpMoves, type AnimationFormat } from './formats.ts';
import { countGif, gifOf } from './gif.ts';
import { damaged, pngOf, requireSize, type Picture } from './pictures.ts';
import { webpOf } from './webp.ts';

export interface Timing {
  /** How long each picture stands, in milliseconds; GIF keeps hundredths of a second. */
  delays: readonly number[];
  /** How often it is shown; 0 for ever. */
  plays: number;
}

/** A file that moves. */
export interface Animation extends Timing {
  format: AnimationFormat;
  width: number;
  height: number;
  hasAlpha: boolean;
  /** Its pictures as one sees them, straight RGBA, opened one after the other. @throws what their decoder throws */
  pictures: () => AsyncGenerator<Uint8Array, void>;
}

/** Opens what moves; null for a picture that does not. Its pictures throw UserErrors too. @throws UserError naming the file */
export async function openAnimation(bytes: Buffer, file: string): Promise<Animation | null> {
  const format = sniffFormat(bytes, file);
  if (!isAnimation(format)) return null;
  const failed = (error: unknown): never => {
    throw damaged(file, format, error);
  };
  const found = await READERS[format](bytes).catch(failed);
  if (found === null) return null;
  requireSize(found, file);
  return {
    ...found,
    async *pictures() {
      try {
        yield* found.pictures();
      } catch (error) {
        failed(error);
      }
    },
  };
}

const isAnimation = (format: string | undefined): format is AnimationFormat =>
  (ANIMATIONS as readonly (string | undefined)[]).includes(format);

const READERS: Record<AnimationFormat, (bytes: Buffer) => Promise<Animation | null>> = {
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection, as of the others
  png: async (bytes) => readApng(bytes),
  gif: async (bytes) => (countGif(bytes) > 1 ? readByPages(bytes, 'gif') : null),
  webp: async (bytes) => (webpMoves(bytes) ? readByPages(bytes, 'webp') : null),
};

/** So many pixels are opened at once: to come to a later picture, those before it are opened again. */
const AT_ONCE = 1 << 23;

/** As libvips reads it. */
async function readByPages(bytes: Buffer, format: AnimationFormat): Promise<Animation | null> {
  const { width, pageHeight, pages, delay, loop, hasAlpha } = await sharp(bytes, { animated: true }).metadata();
  if (pages === undefined || pages < 2 || pageHeight === undefined) return null;
  return {
    ...{ format, width, height: pageHeight, hasAlpha, plays: loop ?? 0 },
    delays: Array.from({ length: pages }, (_, i) => delay?.[i] ?? 100),
    async *pictures() {
      const step = Math.max(1, Math.floor(AT_ONCE / (width * pageHeight)));
      for (let page = 0; page < pages; page += step) {
        const raw = await sharp(bytes, { failOn: 'error', page, pages: Math.min(step, pages - page) })
          .ensureAlpha()
          .toColourspace('srgb')
          .raw({ depth: 'uchar' })
          .toBuffer();
        const length = width * pageHeight * 4;
        for (let at = 0; at < raw.length; at += length) yield raw.subarray(at, at + length);
      }
    },
  };
}

const WRITERS: Record<AnimationFormat, (pngs: readonly Buffer[], timing: Timing) => Promise<Buffer> | Buffer> = {
  ...{ png: apngOf, gif: gifOf, webp: webpOf },
};

/** Joins PNGs of one size and one kind of pixels into an animation. */
export async function joinAnimation(pngs: readonly Buffer[], format: AnimationFormat, timing: Timing): Promise<Buffer> {
  if (pngs.length === 0) throw new RangeError('An animation needs at least one frame');
  return WRITERS[format](pngs, timing);
}

/** `fps`: frames a second, of which GIF keeps hundredths of a second. It repeats for ever. */
export async function encodeAnimation(
  frames: readonly Picture[],
  { format, fps }: { format: AnimationFormat; fps: number },
): Promise<Buffer> {
  const pngs = await Promise.all(frames.map(pngOf));
  return joinAnimation(pngs, format, { delays: frames.map(() => 1000 / fps), plays: 0 });
}

export interface SpriteSheet {
  picture: Picture;
  /** Where each frame lies, in the form that TexturePacker writes and most engines read ("JSON hash"). */
  atlas: object;
}

/**
 * Frames on one picture, as near to a square as their number allows. Each has a border of `extrude` pixels that repeats its
 * outermost ones, so that an engine which filters textures never sees a neighbour.
 * @param names a name for each frame, in the atlas
 */
export function spriteSheet(
  frames: readonly Picture[],
  { names, file, extrude = 1 }: { names: readonly string[]; file: string; extrude?: number },
): SpriteSheet {
  const [{ width, height, channels }] = frames as [Picture];
  const columns = Math.ceil(Math.sqrt(frames.length));
  const [cellWidth, cellHeight] = [width + 2 * extrude, height + 2 * extrude];
  const size = { w: columns * cellWidth, h: Math.ceil(frames.length / columns) * cellHeight };
  const data = new Uint8Array(size.w * size.h * channels);
  const places = frames.map((frame, i) => {
    const [left, top] = [(i % columns) * cellWidth, Math.floor(i / columns) * cellHeight];
    for (let y = 0; y < cellHeight; y++)
      for (let x = 0; x < cellWidth; x++) {
        const within = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at - extrude));
        const from = (within(y, height) * width + within(x, width)) * channels;
        data.set(frame.data.subarray(from, from + channels), ((top + y) * size.w + left + x) * channels);
      }
    return { x: left + extrude, y: top + extrude, w: width, h: height };
  });
  const entry = (frame: (typeof places)[number]) => ({
    ...{ frame, rotated: false, trimmed: false },
    ...{ spriteSourceSize: { x: 0, y: 0, w: width, h: height }, sourceSize: { w: width, h: height } },
  });
  return {
    picture: { width: size.w, height: size.h, channels, data },
    atlas: {
      frames: Object.fromEntries(places.map((place, i) => [names[i]!, entry(place)])),
      meta: { app: 'Maquette', image: file, format: 'RGBA8888', size, scale: '1' },
    },
  };
}
