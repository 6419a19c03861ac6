/** What a drawing looks like: its layers over its paper, as the window shows them. */
import type { DrawingLayer, DrawingState, Region } from '../../../preload/contract/schemas.ts';
import { mix } from '../../../preload/contract/layers/blend.ts';
import { compose, type Placed } from '../../../preload/contract/layers/compose.ts';
import { sheetsOf } from '../../../preload/contract/layers/stack.ts';

/** Straight RGBA, rows from the top; 8 or 16 bits by the kind of its array. */
export interface Raster<Data extends Uint8Array | Uint16Array = Uint8Array | Uint16Array> {
  width: number;
  height: number;
  data: Data;
}

/** A layer with its paint, and what hides of it. A group has none. */
export interface Painted {
  layer: DrawingLayer;
  region: Region;
  mask: Region | null;
}

/** Whether nothing can be seen through it. */
export function isOpaque(data: Uint8Array | Uint16Array): boolean {
  const most = data instanceof Uint16Array ? 65535 : 255;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== most) return false;
  return true;
}

/** The layers of a role, over paper. */
export function pictureOf(
  { width, height, paper }: Pick<DrawingState, 'width' | 'height' | 'paper'>,
  painted: readonly Painted[],
  role: DrawingLayer['role'],
): Raster<Uint8Array> {
  const data = new Uint8Array(width * height * 4);
  const ground = { left: 0, top: 0, width, height, words: new Uint32Array(data.buffer) };
  if (paper !== 'transparent') {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(paper.slice(at, at + 2), 16)) as [number, number, number];
    ground.words.fill(((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  }
  const regions = new Map(painted.map(({ layer, region }) => [layer.id, placed(region)] as const));
  const masks = new Map(painted.flatMap(({ layer, mask }) => (layer.mask && mask ? [[layer.mask.id, mask]] : [])));
  const sheets = sheetsOf(
    painted.map(({ layer }) => layer),
    role,
    {
      paint: ({ id }) => ({ pixels: regions.get(id)!, part: regions.get(id)! }),
      mask: (id) => placed(masks.get(id)!),
    },
  );
  compose(ground, sheets);
  return { width, height, data };
}

/** The bytes as words; they may begin at any place of a file. */
function placed({ bytes, ...box }: Region): Placed {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return { ...box, words: new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength / 4) };
}

/** Lays a picture of 8 bits over one of 16 of the same size, in place. */
export function layDeep({ data: below }: Raster<Uint16Array>, { data: above }: Raster<Uint8Array>): void {
  const [lower, upper] = [new Float64Array(4), new Float64Array(3)];
  for (let i = 0; i < above.length; i += 4) {
    const alpha = above[i + 3]! / 255;
    if (alpha === 0) continue;
    for (let c = 0; c < 4; c++) lower[c] = below[i + c]! / 65535;
    for (let c = 0; c < 3; c++) upper[c] = above[i + c]! / 255;
    mix('normal', lower, upper, { alpha, out: lower });
    for (let c = 0; c < 4; c++) below[i + c] = Math.round(lower[c]! * 65535);
  }
}
