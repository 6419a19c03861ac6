/** Maps for materials: height, from a picture's brightness or as a model tells it, and the normals of that relief. */
import { sharp } from './codecs.ts';
import { bytesOf } from './psd-layers.ts';
import { whiteOf, type Values } from './depth.ts';

/** Heights 0..1, rows from the top. */
export interface Relief {
  width: number;
  height: number;
  data: Float32Array;
  /** Whether it goes on at the other side. */
  wrap: boolean;
}

/** Height from brightness (luma, Rec. 709): light is high, or dark where `invert`. Transparent places are lowest. */
export function reliefOf(
  { width, height, data }: { width: number; height: number; data: Values },
  { invert, wrap }: { invert: boolean; wrap: boolean },
): Relief {
  const most = whiteOf(data);
  const heights = new Float32Array(width * height);
  for (let i = 0, at = 0; i < heights.length; i++, at += 4) {
    const luma = (0.2126 * data[at]! + 0.7152 * data[at + 1]! + 0.0722 * data[at + 2]!) / most;
    heights[i] = ((invert ? 1 - luma : luma) * data[at + 3]!) / most;
  }
  return { width, height, data: heights, wrap };
}

/** Heights as grey, 16 bits. */
export const heightMap = ({ data }: Relief): Uint16Array =>
  new Uint16Array(data.map((value) => Math.round(value * 65535)));

export interface NormalOptions {
  /** Where green points: up (Unity, Godot, Blender: OpenGL) or down (Unreal: DirectX). */
  convention: 'opengl' | 'directx';
  /** How steep the relief is: a rise from black to white over 32 / `relief` px stands at 45 degrees. */
  relief: number;
}

/**
 * A tangent-space normal map, RGB, 16 bits: (x, y, z) of the unit normal from -1..1 to 0..65535, flat is
 * (0.5, 0.5, 1). Slopes by Scharr's operator (2000), which turns with the picture better than Sobel's.
 */
export function normalMap({ width, height, data, wrap }: Relief, { convention, relief }: NormalOptions): Uint16Array {
  const out = new Uint16Array(width * height * 3);
  const at = (x: number, y: number): number => {
    const column = wrap ? (x + width) % width : Math.min(width - 1, Math.max(0, x));
    const row = wrap ? (y + height) % height : Math.min(height - 1, Math.max(0, y));
    return data[row * width + column]!;
  };
  const slope = (low: readonly [number, number, number], high: readonly [number, number, number]): number =>
    (3 * (high[0] - low[0]) + 10 * (high[1] - low[1]) + 3 * (high[2] - low[2])) / 32;
  const up = convention === 'opengl' ? 1 : -1;
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [a, b, c] = [at(x - 1, y - 1), at(x, y - 1), at(x + 1, y - 1)];
      const [d, f] = [at(x - 1, y), at(x + 1, y)];
      const [g, h, i] = [at(x - 1, y + 1), at(x, y + 1), at(x + 1, y + 1)];
      const across = slope([a, d, g], [c, f, i]) * relief * 32;
      const down = slope([a, b, c], [g, h, i]) * relief * 32;
      // Rows run downwards, so what rises downwards leans up.
      const [nx, ny] = [-across, up * down];
      const length = Math.hypot(nx, ny, 1);
      for (const value of [nx / length, ny / length, 1 / length]) out[to++] = Math.round((value / 2 + 0.5) * 65535);
    }
  return out;
}

/** A map as PNG: grey or RGB, by how many values it has; of 16 bits, or of 8. */
export function mapPng(
  data: Uint16Array,
  { width, height }: Pick<Relief, 'width' | 'height'>,
  depth: 8 | 16 = 16,
): Promise<Buffer> {
  const channels = data.length === width * height ? 1 : 3;
  const spaces = { 8: { 1: 'b-w', 3: 'srgb' }, 16: { 1: 'grey16', 3: 'rgb16' } } as const;
  return sharp(depth === 16 ? data : bytesOf(data), { raw: { width, height, channels } })
    .toColourspace(spaces[depth][channels])
    .png({ compressionLevel: 9 })
    .toBuffer();
}
