/** Drawings as PSD files (Adobe's "Photoshop File Formats"), through ag-psd: its layers and ours. */
import { initializeCanvas, readPsd, writePsdUint8Array, type Layer, type Psd } from 'ag-psd';
import {
  LARGEST_DRAWING,
  type DrawingLayer,
  type DrawingState,
  type Region,
} from '../../../preload/contract/schemas.ts';
import { UserError } from '../../errors.ts';
import type { Raster } from './flatten.ts';

/** A layer with its paint. */
export interface Painted {
  layer: DrawingLayer;
  region: Region;
}

/** What a file becomes: a drawing without a model. */
export interface Opened {
  state: Pick<DrawingState, 'width' | 'height' | 'paper'>;
  layers: Painted[];
}

initializeCanvas(
  () => {
    throw new Error('There is no canvas here: pictures are read as numbers');
  },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' }),
);

/** A file may declare layers of any size with hardly a byte inside. */
const MEMORY = 2 ** 31;
const SIGNATURE = 0x38425053; // "8BPS"

/** Whether the bytes are those of a PSD file. */
export const isPsd = (bytes: Uint8Array): boolean => bytes.length >= 26 && view(bytes).getUint32(0) === SIGNATURE;

/** Opens a PSD: its layers from the bottom to the top, groups dissolved. @throws UserError */
export function openPsd(bytes: Uint8Array, file: string): Opened {
  const header = view(bytes);
  const [version, height, width, depth, mode] = [
    header.getUint16(4),
    header.getUint32(14),
    header.getUint32(18),
    header.getUint16(22),
    header.getUint16(24),
  ];
  if (width > LARGEST_DRAWING || height > LARGEST_DRAWING || width === 0 || height === 0)
    throw new UserError(
      `${file} is ${width} x ${height} pixels, and a drawing has at most ${LARGEST_DRAWING} on a side; make it smaller`,
    );
  if (version !== 1 || depth !== 8 || mode !== 3)
    throw new UserError(`${file} is not in RGB with 8 bits a channel; convert it in the program that made it`);
  let psd: Psd;
  try {
    psd = readPsd(bytes, {
      useImageData: true,
      skipThumbnail: true,
      skipLinkedFilesData: true,
      totalMemoryLimit: MEMORY,
    });
  } catch (error) {
    throw new UserError(`${file} cannot be read, as it is damaged or cut short; save it again`, { cause: error });
  }
  const layers = (psd.children ?? []).flatMap((layer) => opened(layer, 1, true));
  // A flat file has its picture in the composite alone.
  const flat: Layer = { name: 'Background', ...(psd.imageData && { imageData: psd.imageData }) };
  if (layers.length === 0) layers.push(...opened(flat, 1, true));
  const cropped = layers.map(({ layer, region }, i) => ({
    layer: { ...layer, id: `psd-${i}` },
    region: inside(region, width, height),
  }));
  return { state: { width, height, paper: '#ffffff' }, layers: cropped };
}

function opened(layer: Layer, opacity: number, visible: boolean): Painted[] {
  const share = opacity * (layer.opacity ?? 1);
  const seen = visible && !(layer.hidden ?? false);
  if (layer.children) return layer.children.flatMap((child) => opened(child, share, seen));
  const { imageData, left = 0, top = 0 } = layer;
  const { width, height, data } = imageData ?? { width: 0, height: 0, data: new Uint8ClampedArray() };
  return [
    {
      layer: {
        ...{ id: '', title: (layer.name ?? '').slice(0, 120), role: 'paint', opacity: share, visible: seen },
        locked: layer.protected?.composite ?? false,
      },
      region: { left, top, width, height, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
    },
  ];
}

/** What of a region lies on the canvas: layers of other programs may go beyond it. */
export function inside(region: Region, width: number, height: number): Region {
  const [left, top] = [Math.max(0, region.left), Math.max(0, region.top)];
  const columns = Math.max(0, Math.min(width, region.left + region.width) - left);
  const rows = Math.max(0, Math.min(height, region.top + region.height) - top);
  if (columns === 0 || rows === 0) return { left: 0, top: 0, width: 0, height: 0, bytes: new Uint8Array() };
  const bytes = new Uint8Array(columns * rows * 4);
  for (let y = 0; y < rows; y++) {
    const from = ((top - region.top + y) * region.width + left - region.left) * 4;
    bytes.set(region.bytes.subarray(from, from + columns * 4), y * columns * 4);
  }
  return { left, top, width: columns, height: rows, bytes };
}

/** A PSD with these layers, from the bottom to the top; `groups` are closed up in one folder each. */
export function writePsd({
  composite,
  layers,
}: {
  composite: Raster<Uint8Array>;
  layers: readonly (Painted | { title: string; layers: readonly Painted[] })[];
}): Uint8Array {
  const { width, height } = composite;
  return writePsdUint8Array({
    ...{ width, height },
    imageData: { width, height, data: new Uint8ClampedArray(composite.data) },
    children: layers.map((entry) =>
      'region' in entry ? psdLayer(entry) : { name: entry.title, opened: true, children: entry.layers.map(psdLayer) },
    ),
  });
}

const psdLayer = ({ layer, region }: Painted): Layer => ({
  ...{ name: layer.title, opacity: layer.opacity, hidden: !layer.visible, blendMode: 'normal' },
  protected: { composite: layer.locked },
  ...{ left: region.left, top: region.top },
  // A layer without paint has no picture at all: files with empty ones are refused by some programs.
  ...(region.bytes.length > 0 && {
    imageData: { width: region.width, height: region.height, data: new Uint8ClampedArray(region.bytes) },
  }),
});

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
