/** Pictures and files that a person brings into a drawing. Runs in the task worker: they may come from anywhere. */
import { LARGEST_DRAWING, type DrawingState, type Region } from '../../../preload/contract/schemas.ts';
import { plainLayer } from '../../../preload/contract/layers/stack.ts';
import { basename } from 'node:path';
import { stemOf } from '../../engine/data/names.ts';
import { sharp } from '../../engine/pictures/codecs.ts';
import type { PictureRef } from '../../engine/data/datasets.ts';
import { decodeStraight, probeBytes, readPictureFile } from '../../engine/pictures/pictures.ts';
import { draw, openModel } from '../datasets/drawing.ts';
import type { LineName } from '../datasets/line-styles.ts';
import { saveDrawing } from './drawing-folder.ts';
import { writeDrawing } from './drawing-record.ts';
import { pictureOf } from './picture.ts';
import { isPsd, openPsd, paperUnder, type OpenDrawing } from './psd.ts';

export interface Frame {
  width: number;
  height: number;
}

/** How a picture lies in a frame: whole, in the middle, shrunk where it is larger, and enlarged where that is wanted. */
function placeIn(
  { width, height }: Frame,
  picture: Frame,
  enlarge = false,
): { left: number; top: number; width: number; height: number } {
  const scale = Math.min(enlarge ? Infinity : 1, width / picture.width, height / picture.height);
  const [w, h] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
  return { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h };
}

/** A picture, or a half of one, fitted into the frame. @throws UserError */
export async function bringPicture({
  file,
  half,
  enlarge = false,
  ...frame
}: Frame & PictureRef & { enlarge?: boolean }): Promise<Region> {
  const bytes = await readPictureFile(file);
  const { width, height } = await probeBytes(bytes, file);
  const box = placeIn(frame, { width: half ? Math.floor(width / 2) : width, height }, enlarge);
  return { ...box, bytes: await decodeStraight(bytes, file, { ...box, ...(half && { half }) }) };
}

/** The lines of a picture, black on nothing, fitted into the frame. @throws UserError */
export async function bringLines({
  file,
  style,
  strength,
  ...frame
}: Frame & { file: string; style: LineName; strength: number }): Promise<Region> {
  const model = await openModel(file);
  const box = placeIn(frame, model);
  const drawn = await draw(model, { style, strength });
  const { data } = await sharp(drawn)
    .resize(box.width, box.height, { fit: 'fill', kernel: 'lanczos3' })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const bytes = new Uint8Array(box.width * box.height * 4);
  for (let i = 0; i < data.length; i++) bytes[i * 4 + 3] = 255 - data[i]!;
  return { ...box, bytes };
}

/** Makes a drawing in an empty folder from a PSD with its layers, or from a picture. @throws UserError */
export async function importDrawing({ file, folder }: { file: string; folder: string }): Promise<null> {
  const bytes = await readPictureFile(file);
  const { state, layers, notes } = isPsd(bytes) ? await openPsd(bytes, file) : await openPicture(bytes, file);
  const now = new Date().toISOString();
  const whole: DrawingState = {
    ...state,
    layers: layers.map(({ layer }) => layer),
    active: (layers.findLast(({ layer }) => layer.role !== 'group') ?? layers.at(-1)!).layer.id,
    ...{ wrap: false, model: null, scaling: 'tiles', seed: 0 },
  };
  const title = stemOf(file).slice(0, 120) || 'Drawing';
  writeDrawing(folder, { title, created: now, changed: now, state: whole, notes, pixels: {} });
  await saveDrawing({
    ...{ folder, state: whole },
    pixels: layers.flatMap(({ layer, region, mask }) => [
      ...(layer.role === 'group' ? [] : [{ layer: layer.id, region }]),
      ...(layer.mask && mask ? [{ layer: layer.mask.id, region: mask }] : []),
    ]),
    thumbnail: await smallOf(whole, layers),
  });
  return null;
}

/** By it the drawing is known before it is opened for the first time. */
const THUMBNAIL = 256;

async function smallOf(state: DrawingState, layers: OpenDrawing['layers']): Promise<Region> {
  const { width, height, data } = pictureOf(state, layers, 'paint');
  const scale = Math.min(1, THUMBNAIL / Math.max(width, height));
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const small = sharp(data, { raw: { width, height, channels: 4 } }).resize(w, h, { fit: 'fill' });
  return { left: 0, top: 0, width: w, height: h, bytes: new Uint8Array(await small.raw().toBuffer()) };
}

async function openPicture(bytes: Buffer, file: string): Promise<OpenDrawing> {
  const largest = { width: LARGEST_DRAWING, height: LARGEST_DRAWING };
  const { width, height } = placeIn(largest, await probeBytes(bytes, file));
  const region = { left: 0, top: 0, width, height, bytes: await decodeStraight(bytes, file, { width, height }) };
  const layer = plainLayer({ id: 'picture', title: basename(file) });
  const paper = paperUnder({ width, height, data: region.bytes });
  return { state: { width, height, paper }, layers: [{ layer, region, mask: null }], notes: [] };
}
