/** The layers of PSD files, through ag-psd, with their pixels as numbers: there is no canvas here. */
import { initializeCanvas, readPsd, writePsdUint8Array, type Layer, type PixelData } from 'ag-psd';
import { lightToByte, shareToByte } from './colour.ts';
import type { Rgba } from './psd-colours.ts';

initializeCanvas(
  () => {
    throw new Error('There is no canvas here: pictures are read as numbers');
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' }),
);

/** A file may declare layers of any size with hardly a byte inside. */
const MEMORY = 2 ** 31;
const READING = {
  ...{ useImageData: true, skipThumbnail: true, skipLinkedFilesData: true, skipCompositeImageData: true },
  log: () => undefined,
} as const;

/** From the bottom to the top, as ag-psd reads them; or why it does not, which it says by errors of all kinds. */
export function readLayers(bytes: Uint8Array): Layer[] | Error {
  try {
    return readPsd(bytes, { ...READING, totalMemoryLimit: MEMORY }).children ?? [];
  } catch (error) {
    return error as Error;
  }
}

/** A PSD of 8 bits with these layers, from the bottom to the top, and the picture of the whole beside them. */
export const writeLayers = ({ width, height, data }: Rgba, layers: Layer[]): Uint8Array =>
  writePsdUint8Array({ ...{ width, height }, imageData: pixelsOf({ width, height, data }), children: layers });

export const pixelsOf = ({ width, height, data }: Rgba): PixelData => ({
  ...{ width, height },
  data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
});

/** Pixels of 8, 16 or 32 bits (light) as bytes. */
export function bytesOf(data: PixelData['data']): Uint8Array {
  if (data instanceof Uint16Array) return new Uint8Array(data.map((value) => Math.round(value / 257)));
  if (data instanceof Float32Array)
    return new Uint8Array(data.map((value, i) => (i % 4 === 3 ? shareToByte(value) : lightToByte(value))));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
