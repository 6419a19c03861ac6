/**
 * A drawing on disk: `drawing.json` says what it is, `layers/<hash>.png` holds the paint of each layer, cropped to what
 * is there, `thumbnail.png` a small picture. Files of layers are named by their content and never overwritten; the
 * record is written last and names them, so a drawing is whole at every moment.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DrawingState, Region } from '../../../preload/contract/schemas.ts';
import { surfacesOf } from '../../../preload/contract/layers/stack.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import { readPictureFile } from '../../engine/pictures/pictures.ts';
import { UserError } from '../../errors.ts';
import { writeAtomic } from '../../files.ts';
import { readDrawing, thumbnailFile, writeDrawing, type DrawingRecord } from './drawing-record.ts';

export const NO_PIXELS: Region = { left: 0, top: 0, width: 0, height: 0, bytes: new Uint8Array() };

/** The paint of a layer, or of a mask, as it was last saved; an empty region where it has none. @throws UserError */
export async function readLayer(folder: string, layer: string): Promise<Region> {
  const placed = readDrawing(folder).pixels[layer];
  if (!placed) return NO_PIXELS;
  const { file, ...box } = placed;
  const path = join(folder, 'layers', file);
  const bytes = await readPictureFile(path);
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error' })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.width !== box.width || info.height !== box.height) throw new Error('it has another size');
    return { ...box, bytes: data };
  } catch (error) {
    throw new UserError(`A layer of this drawing is damaged (${path}); the others can be used`, { cause: error });
  }
}

export interface SaveDrawing {
  folder: string;
  state: DrawingState;
  /** The layers whose paint changed. */
  pixels: { layer: string; region: Region }[];
  thumbnail: Region | null;
}

/** Writes a drawing down. @throws UserError, and the drawing is as it was before */
export async function saveDrawing({ folder, state, pixels, thumbnail }: SaveDrawing): Promise<void> {
  const before = readDrawing(folder);
  const changed = new Map(pixels.map(({ layer, region }) => [layer, region] as const));
  const placed: DrawingRecord['pixels'] = {};
  for (const id of surfacesOf(state.layers)) {
    const region = changed.get(id);
    const kept = before.pixels[id];
    if (region && region.bytes.length > 0) {
      const { left, top, width, height } = region;
      placed[id] = { file: await writeLayer(folder, region), left, top, width, height };
    } else if (!region && kept) placed[id] = kept;
  }
  if (thumbnail && thumbnail.bytes.length > 0) writeAtomic(thumbnailFile(folder), [await encode(thumbnail, 6)]);
  writeDrawing(folder, { ...before, changed: new Date().toISOString(), state, pixels: placed });
  sweep(folder, new Set(Object.values(placed).map(({ file }) => file)));
}

/** Writes the paint of a layer; gives the name of its file. Equal paint is written once. */
async function writeLayer(folder: string, region: Region): Promise<string> {
  const hash = createHash('sha256').update(`${region.width}x${region.height}:`).update(region.bytes).digest('hex');
  const name = `${hash.slice(0, 32)}.png`;
  const file = join(folder, 'layers', name);
  // Fast rather than small: a drawing is saved every few seconds.
  if (!existsSync(file)) writeAtomic(file, [await encode(region, 2)]);
  return name;
}

const encode = ({ bytes, width, height }: Region, compressionLevel: number): Promise<Buffer> =>
  sharp(bytes, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel })
    .toBuffer();

/** Removes files that no layer has any more, and what killed writers left. */
function sweep(folder: string, wanted: ReadonlySet<string>): void {
  const layers = join(folder, 'layers');
  if (!existsSync(layers)) return;
  for (const name of readdirSync(layers)) if (!wanted.has(name)) rmSync(join(layers, name), { force: true });
}
