/** Pixels into the browser's own pictures, and out of them. */
import type { Region } from '../../../preload/contract/index.ts';
import type { Surface } from '../../canvas/types.ts';
import { fitted } from './pixels.ts';

export function newCanvas(width: number, height: number): HTMLCanvasElement {
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** The canvas's context; pixels are read back from all of ours. */
export const contextOf = (canvas: HTMLCanvasElement): CanvasRenderingContext2D =>
  canvas.getContext('2d', { willReadFrequently: true })!;

/** Bytes as the browser's pixels; they may be a view of what came over the wire. */
export function imageOf({ width, height, bytes }: Pick<Region, 'width' | 'height' | 'bytes'>): ImageData {
  const image = new ImageData(width, height);
  image.data.set(bytes);
  return image;
}

export function canvasOf(surface: Surface): HTMLCanvasElement {
  const canvas = newCanvas(surface.width, surface.height);
  contextOf(canvas).putImageData(new ImageData(surface.data, surface.width, surface.height), 0, 0);
  return canvas;
}

export function surfaceFrom(canvas: HTMLCanvasElement): Surface {
  const { width, height } = canvas;
  const { data } = contextOf(canvas).getImageData(0, 0, width, height);
  return { width, height, data };
}

export function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = newCanvas(canvas.width, canvas.height);
  contextOf(copy).drawImage(canvas, 0, 0);
  return copy;
}

/** A PNG of a canvas. @throws Error where the browser makes none */
export const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large'))), 'image/png'),
  );

/** The pixels of a picture file, shrunk where it is larger than `most`. @throws DOMException when it is none */
export async function surfaceOfFile(file: Blob, most: number): Promise<Surface> {
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none', colorSpaceConversion: 'default' });
  const { width, height } = fitted(bitmap, most);
  const canvas = newCanvas(width, height);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return surfaceFrom(canvas);
}

/** Pictures beside each other, small: what a drawing is known by. */
export function thumbnailOf(pictures: readonly HTMLCanvasElement[], side: number): Region {
  const { width, height } = fitted(pictures[0]!, Math.floor(side / pictures.length));
  const canvas = newCanvas(width * pictures.length, height);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  pictures.forEach((picture, i) => context.drawImage(picture, i * width, 0, width, height));
  const { data } = context.getImageData(0, 0, canvas.width, height);
  return { left: 0, top: 0, width: canvas.width, height, bytes: new Uint8Array(data.buffer) };
}
