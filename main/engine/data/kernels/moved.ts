/** The kernels that vary pictures, over a memory of their own that grows with what they are given. */
import { readFileSync } from 'node:fs';
import { built } from '../../../root.ts';
import type { Movement } from '../augment.ts';
import type { Picture } from '../../pictures/pictures.ts';

/** Weights of red, green, blue and alpha for red, for green and for blue. */
export type ColourMatrix = readonly [Row, Row, Row];
type Row = readonly [red: number, green: number, blue: number, alpha: number];

type Exports = Record<'sample' | 'mix', (...args: number[]) => void>;

const PAGE = 1 << 16;
const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 << 16 });
let exports: Exports | undefined;

/** The kernels, with room for so many bytes from the start of the memory. */
function kernels(bytes: number): Exports {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  exports ??= new WebAssembly.Instance(new WebAssembly.Module(readFileSync(built('moved.wasm'))), { env: { memory } })
    .exports as unknown as Exports;
  return exports;
}

/** Planes in the memory begin at whole registers. */
const even = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/** See `sampleMoved`. */
export function sample(
  { width, height, channels, data }: Picture,
  { xx, xy, x0, yx, yy, y0 }: Movement,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  const plane = even(4 * size * size);
  const at = channels * plane;
  const { sample: run } = kernels(at + data.length + 1);
  new Uint8Array(memory.buffer).set(data, at);
  run(at, width, height, channels, 0, size, plane, xx, xy, x0, yx, yy, y0);
  takePlanes(out, offset, size * size, channels);
}

/** Mixes the colours of one picture of planes (CHW, [-1, 1]; RGBA premultiplied) at `offset`, in place. */
export function mix(planes: Float32Array, offset: number, count: number, channels: 3 | 4, by: ColourMatrix): void {
  const plane = even(4 * count);
  const { mix: run } = kernels(channels * plane);
  for (let c = 0; c < channels; c++)
    new Float32Array(memory.buffer, c * plane, count).set(
      planes.subarray(offset + c * count, offset + (c + 1) * count),
    );
  run(0, plane / 4, channels, ...by.flat());
  takePlanes(planes, offset, count, channels);
}

function takePlanes(out: Float32Array, offset: number, count: number, channels: number): void {
  for (let c = 0; c < channels; c++)
    out.set(new Float32Array(memory.buffer, c * even(4 * count), count), offset + c * count);
}
