/**
 * What matrix units multiply, as they read it: a copy in half precision, channels innermost and eight of them together, with
 * zeros around each picture, so that no load needs a condition and one load brings eight numbers.
 *
 * Half precision has eleven binary digits, and ends at 65,504 and 6e-8: a copy is multiplied by its `scale`, which sums are
 * divided by again; what is too large even so becomes the largest.
 */
import { sizeOf, type Shape } from '../../../models/graph/tensor.ts';
import { GROUP, INVOCATIONS, spread } from './elementwise.ts';
import type { Source } from './product.ts';
import { output } from './storing.ts';
import { isA, type Value } from './value.ts';
import { literal, Writer } from './writer.ts';

/** Numbers that are loaded together: 16 bytes. */
export const CHUNK = 8;
const LARGEST = 65504;
/** Up to so many pixels what is copied are filters, and neighbours in memory are taps of one channel. */
const FILTER = 64;

export type Packed = Value<'Pack'>;
export type Halo = Packed['attributes']['halo'];

export const chunksOf = (channels: number): number => Math.ceil(channels / CHUNK);
export const paddedChannels = (channels: number): number => chunksOf(channels) * CHUNK;

/** The shape of a copy, [n, height, width, words] with two numbers a word, of something that is [n, channels, height, width]. */
export function packedShape([n, channels, height, width]: Shape, [top, left, bottom, right]: Halo): Shape {
  return [n!, height! + top + bottom, width! + left + right, (chunksOf(channels!) * CHUNK) / 2];
}

/** What a value was before it was packed. */
export const unpackedValue = (value: Value): Value => (isA(value, 'Pack') ? value.inputs[0]! : value);

/** The kernel that makes a copy: an invocation a chunk. */
export function packSource(value: Packed, inBuffer: (value: Value) => boolean): Source {
  const {
    inputs: [from],
    attributes: {
      halo: [top, left, bottom, right],
      scale,
    },
    shape: [, rows, columns],
  } = value;
  const [, channels, height, width] = from!.shape as [number, number, number, number];
  const chunks = chunksOf(channels);
  const total = (sizeOf(value.shape) * 2) / CHUNK;
  const w = new Writer(inBuffer);
  const filters = height * width <= FILTER;
  const pixels = rows! * columns!;
  // Neighbouring invocations read neighbours: taps of a filter, and else channels, whose lines caches keep.
  const [chunk, pixel] = filters
    ? [w.let(`i / ${pixels}u % ${chunks}u`), w.let(`i / ${pixels * chunks}u * ${pixels}u + i % ${pixels}u`)]
    : [w.let(`i % ${chunks}u`), w.let(`i / ${chunks}u`)];
  const n = w.let(`${pixel} / ${pixels}u`);
  const [y, x] = [w.let(`${pixel} / ${columns}u % ${rows}u`), w.let(`${pixel} % ${columns}u`)];
  const inside = [
    ...(top > 0 ? [`${y} >= ${top}u`] : []),
    ...(bottom > 0 ? [`${y} < ${top + height}u`] : []),
    ...(left > 0 ? [`${x} >= ${left}u`] : []),
    ...(right > 0 ? [`${x} < ${left + width}u`] : []),
  ];
  const names = Array.from({ length: CHUNK }, () => w.variable());
  w.block(inside.length === 0 ? '' : `if (${inside.join(' && ')})`, () => {
    const [row, column] = [top === 0 ? y : w.let(`${y} - ${top}u`), left === 0 ? x : w.let(`${x} - ${left}u`)];
    names.forEach((name, i) => {
      const channel = w.let(`${chunk} * ${CHUNK}u + ${i}u`);
      const number = (): string => {
        const read = w.value(from!, { coords: [n, channel, row, column] });
        const scaled = scale === 1 ? read : `${read} * ${literal(scale)}`;
        return `${name} = clamp(${scaled}, -${LARGEST}.0, ${LARGEST}.0);`;
      };
      if (channels % CHUNK === 0) w.lines.push(number());
      else w.block(`if (${channel} < ${channels}u)`, number);
    });
    return '';
  });
  const words = [0, 2, 4, 6].map((i) => `pack2x16float(vec2f(${names[i]}, ${names[i + 1]}))`);
  const code = `
@compute @workgroup_size(${INVOCATIONS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (${GROUP}) * ${INVOCATIONS}u + t;
  if (i >= ${total}u) { return; }
  ${w.lines.join('\n  ')}
  ${output(value)}[${pixel} * ${chunks}u + ${chunk}] = vec4u(${words.join(', ')});
}`;
  return { code, reads: [...w.loads.keys()], writes: [value], groups: spread(Math.ceil(total / INVOCATIONS)) };
}
