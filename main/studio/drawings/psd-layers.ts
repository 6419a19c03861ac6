/** Our layers as those of a PSD, and back: modes, clipping, masks, groups, and the paper as the lowest one. */
import type { BlendMode, Layer, LayerMaskData } from 'ag-psd';
import type { Blend } from '../../../preload/contract/layers/blend.ts';
import { shown } from '../../../preload/contract/layers/compose.ts';
import { plainLayer } from '../../../preload/contract/layers/stack.ts';
import type { DrawingLayer, DrawingState, Region } from '../../../preload/contract/schemas.ts';
import { bytesOf } from '../../engine/pictures/psd-layers.ts';
import { NO_PIXELS } from './drawing-folder.ts';
import { pictureOf, type Painted } from './picture.ts';

const NAMES = {
  normal: 'normal',
  multiply: 'multiply',
  screen: 'screen',
  overlay: 'overlay',
  add: 'linear dodge',
  darken: 'darken',
  lighten: 'lighten',
  'soft-light': 'soft light',
  colour: 'color',
  luminosity: 'luminosity',
  through: 'pass through',
} as const satisfies Record<Blend | 'through', BlendMode>;

const MODES = new Map(Object.entries(NAMES).map(([ours, theirs]) => [theirs, ours] as [BlendMode, Blend | 'through']));

interface Size {
  width: number;
  height: number;
}

/** Whether a drawing has the mode too. */
export const isKnownMode = (mode: BlendMode): boolean => MODES.has(mode);

/** The lowest layer of our files: what is seen where no layer has paint. */
const PAPER = 'Paper';

/** Layers, from the bottom to the top, as a PSD has them; those whose group is not among them are in none. */
export function toPsd(painted: readonly Painted[], group: string | null = null): Layer[] {
  const known = new Set(painted.map(({ layer }) => layer.id));
  return painted
    .filter(({ layer }) => (layer.group !== null && known.has(layer.group) ? layer.group : null) === group)
    .map(({ layer, region, mask }) => ({
      ...{ name: layer.title, opacity: layer.opacity, hidden: !layer.visible, clipping: layer.clipped },
      blendMode: NAMES[layer.blend],
      transparencyProtected: layer.alphaLocked,
      protected: { composite: layer.locked, transparency: layer.alphaLocked },
      ...(layer.mask && mask && { mask: maskOf(mask, layer.mask.on) }),
      ...(layer.role === 'group'
        ? { opened: true, children: toPsd(painted, layer.id) }
        : {
            ...{ left: region.left, top: region.top },
            // A layer without paint has no picture at all: files with empty ones are refused by some programs.
            ...(region.bytes.length > 0 && {
              imageData: { width: region.width, height: region.height, data: new Uint8ClampedArray(region.bytes) },
            }),
          }),
    }));
}

/** The paper as a layer; none where it is see-through. */
export function paperLayer({ width, height, paper }: Pick<DrawingState, 'width' | 'height' | 'paper'>): Painted[] {
  if (paper === 'transparent') return [];
  const { data: bytes } = pictureOf({ width, height, paper }, [], 'paint');
  const region = { left: 0, top: 0, width, height, bytes };
  return [{ layer: plainLayer({ id: PAPER, title: PAPER }), region, mask: null }];
}

/** The paper of a file of ours, as `#rrggbb`; null for any other layer, that one too when it was painted on. */
export function paperOf(layer: Layer | undefined, { width, height }: Size): string | null {
  const { name, imageData, hidden = false, opacity = 1, blendMode = 'normal', mask } = layer ?? {};
  if (name !== PAPER || imageData?.width !== width || imageData.height !== height) return null;
  if (hidden || opacity !== 1 || blendMode !== 'normal' || mask || layer!.left || layer!.top) return null;
  const data = bytesOf(imageData.data);
  for (let i = 0; i < data.length; i++) if (data[i] !== (i % 4 === 3 ? 255 : data[i % 4])) return null;
  return `#${[...data.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Layers of a PSD, from the bottom to the top, as a drawing has them. */
export function fromPsd(
  layers: readonly Layer[],
  size: Size,
  { group = null, next = counter() }: { group?: string | null; next?: () => string } = {},
): Painted[] {
  return layers.flatMap((layer): Painted[] => {
    const id = next();
    const { name = '', opacity = 1, hidden = false, blendMode = 'normal', clipping = false, children } = layer;
    const about: DrawingLayer = {
      ...plainLayer({ id, title: name.slice(0, 120) }),
      ...{ opacity, visible: !hidden, clipped: clipping, group, role: children ? 'group' : 'paint' },
      blend: MODES.get(blendMode) ?? 'normal',
      locked: layer.protected?.composite ?? false,
      alphaLocked: layer.transparencyProtected ?? layer.protected?.transparency ?? false,
      mask: layer.mask ? { id: next(), on: !layer.mask.disabled } : null,
    };
    const painted = {
      ...{ layer: about, region: inside(regionOf(layer), size) },
      mask: layer.mask ? maskFrom(layer.mask, size) : null,
    };
    return [...fromPsd(children ?? [], size, { group: id, next }), painted];
  });
}

function counter(): () => string {
  let last = 0;
  return () => `psd-${last++}`;
}

function regionOf({ imageData, left = 0, top = 0, children }: Layer): Region {
  if (children || !imageData) return NO_PIXELS;
  return { left, top, width: imageData.width, height: imageData.height, bytes: bytesOf(imageData.data) };
}

/** Grey where ours has paint that hides; white around it. */
function maskOf({ left, top, width, height, bytes }: Region, on: boolean): LayerMaskData {
  // A mask that hides nothing has a size all the same.
  const size = { width: Math.max(1, width), height: Math.max(1, height) };
  const data = new Uint8ClampedArray(size.width * size.height * 4).fill(255);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < bytes.length; i += 4) data.fill(shown(view.getUint32(i, true)), i, i + 3);
  return {
    ...{ left, top, right: left + size.width, bottom: top + size.height },
    ...{ defaultColor: 255, disabled: !on, imageData: { ...size, data } },
  };
}

/** Black paint that hides what the mask does; all around it too where that is how the mask is. */
function maskFrom({ left = 0, top = 0, imageData, defaultColor = 255 }: LayerMaskData, size: Size): Region {
  const { width, height, data } = imageData ?? { width: 0, height: 0, data: new Uint8ClampedArray() };
  const grey = bytesOf(data);
  const bytes = new Uint8Array(width * height * 4);
  for (let i = 0; i < bytes.length; i += 4) bytes[i + 3] = 255 - grey[i]!;
  const mask = inside({ left, top, width, height, bytes }, size);
  if (defaultColor === 255) return mask;
  const whole = { left: 0, top: 0, ...size, bytes: new Uint8Array(size.width * size.height * 4) };
  for (let i = 3; i < whole.bytes.length; i += 4) whole.bytes[i] = 255 - defaultColor;
  for (let y = 0; y < mask.height; y++) {
    const row = mask.bytes.subarray(y * mask.width * 4, (y + 1) * mask.width * 4);
    whole.bytes.set(row, ((mask.top + y) * size.width + mask.left) * 4);
  }
  return whole;
}

/** What of a region lies on the canvas: layers of other programs may go beyond it. */
function inside(region: Region, { width, height }: Size): Region {
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
