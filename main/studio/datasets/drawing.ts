/** One drawing from one finished picture: from the file to the bytes of a PNG. */
import { createHash } from 'node:crypto';
import { sharp } from '../../engine/pictures/codecs.ts';
import { decodeBytes, probeBytes, readPictureFile, type Picture } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { COLOUR_STYLES } from './colour-styles.ts';
import { LINE_STYLES, type Tones } from './line-styles.ts';
import { map, type Plane } from './planes.ts';

/** Every way of drawing, one row each: grey lines, or colours under them. */
export const STYLES = { ...LINE_STYLES, ...COLOUR_STYLES };

export type StyleName = keyof typeof STYLES;

/** Larger pictures are drawn at this size, and the drawing is enlarged: lines are soft, and time grows with the area. */
const MOST_SIDE = 1024;

export interface DrawingOptions {
  style: StyleName;
  /** 0 (few, bold lines) .. 1 (many, fine lines). */
  strength: number;
  /** Only this half of a side-by-side picture. */
  half?: 'left' | 'right' | undefined;
}

/** A finished picture that is being drawn from, at the size that it is drawn at. */
export interface Model {
  width: number;
  height: number;
  tones: Tones;
}

/** Opens a finished picture to draw from; several drawings need it once. @throws UserError */
export async function openModel(file: string, half?: 'left' | 'right'): Promise<Model> {
  const bytes = await readPictureFile(file);
  const info = await probeBytes(bytes, file);
  const width = half ? Math.floor(info.width / 2) : info.width;
  const scale = Math.min(1, MOST_SIDE / Math.max(width, info.height));
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const picture = await decodeBytes(bytes, file, {
    ...(half && { half }),
    ...{ width: side(width), height: side(info.height), channels: 4 },
  });
  const seed = createHash('sha256').update(bytes).digest().readUInt32LE();
  return { width, height: info.height, tones: tonesOf(picture, seed) };
}

/** Draws a picture in a style: on white, RGB, of the picture's own size. @throws UserError */
export async function draw({ width, height, tones }: Model, { style, strength }: DrawingOptions): Promise<Buffer> {
  checkStyle(style, strength);
  const drawn = STYLES[style](tones, strength);
  const planes = 'data' in drawn ? [map(drawn, (dark) => 1 - Math.min(1, dark))] : drawn;
  const raw = { ...sizeOf(planes[0]!), channels: planes.length as 1 | 3 };
  const image = sharp(interleaved(planes), { raw });
  if (raw.width !== width || raw.height !== height) image.resize(width, height, { fit: 'fill', kernel: 'cubic' });
  return image.toColourspace('srgb').png({ compressionLevel: 6 }).toBuffer();
}

const sizeOf = ({ width, height }: Plane) => ({ width, height });

/** Planes of 0..1 as bytes, pixel after pixel. */
function interleaved(planes: readonly Plane[]): Uint8Array {
  const bytes = new Uint8Array(planes.length * planes[0]!.data.length);
  planes.forEach(({ data }, channel) => {
    for (let i = 0; i < data.length; i++) bytes[i * planes.length + channel] = Math.round(255 * data[i]!);
  });
  return bytes;
}

/** `draw` for a preview of one picture: the bytes of a PNG. @throws UserError */
export async function sketchOf(file: string, options: DrawingOptions): Promise<Uint8Array> {
  checkStyle(options.style, options.strength);
  return draw(await openModel(file, options.half), options);
}

/** @throws UserError for a style that does not exist, or a strength that is not 0..1 */
export function checkStyle(style: string, strength: number): void {
  if (!Object.hasOwn(STYLES, style))
    throw new UserError(`There is no style "${style}": choose one of ${Object.keys(STYLES).join(', ')}`);
  if (!(strength >= 0 && strength <= 1)) throw new UserError(`A strength of ${strength} is not possible: give 0 to 1`);
}

/** Premultiplied colours laid over white, and what the styles want to know of them. */
function tonesOf({ width, height, data }: Picture, seed: number): Tones {
  const plane = (): Plane => ({ width, height, data: new Float32Array(width * height) });
  const [red, green, blue, light, liveliness, alpha] = [plane(), plane(), plane(), plane(), plane(), plane()];
  let clear = false;
  for (let i = 0, at = 0; i < light.data.length; i++, at += 4) {
    const opacity = data[at + 3]! / 255;
    const r = data[at]! / 255 + 1 - opacity;
    const g = data[at + 1]! / 255 + 1 - opacity;
    const b = data[at + 2]! / 255 + 1 - opacity;
    const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    red.data[i] = r;
    green.data[i] = g;
    blue.data[i] = b;
    light.data[i] = luma;
    liveliness.data[i] = (luma + Math.max(r, g, b)) / 2;
    alpha.data[i] = opacity;
    clear ||= opacity < 1;
  }
  return { colours: [red, green, blue], light, liveliness, alpha: clear ? alpha : undefined, seed };
}
