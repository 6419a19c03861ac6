/**
 * Where the numbers of a contraction lie whose operands are packed copies (`packing.ts`). All places are in chunks, and none
 * is outside: copies have zeros where a kernel looks beyond the picture.
 */
import type { Shape } from '../../../models/graph/tensor.ts';
import { fourOf, phaseText, pixel, placeOf, type Geometry, type Pixel } from './geometry.ts';
import { CHUNK, chunksOf, unpackedValue, type Halo, type Packed } from './packing.ts';
import { isA, type Contraction, type ContractionName, type Value } from './value.ts';
import type { Writer } from './writer.ts';

/** One side of a product. A chunk holds eight terms of a row (column), or eight rows of a term. */
export interface PackedOperand {
  pack: Packed;
  runsAlong: 'k' | 'outer';
  /** Rows, or chunks of them, that there are. */
  limit: number;
  /** Works out what depends on the row, or chunk of rows, `at` alone; gives names. */
  outer: (w: Writer, at: string) => readonly string[];
  /** The place of the chunk `d` of the terms from `k0` on, or of the chunk at term `k0 + d`. */
  place: (w: Writer, outer: readonly string[], k0: string, d: string) => string;
}

export interface PackedGeometry extends Pick<Geometry, 'phase' | 'place'> {
  a: PackedOperand;
  b: PackedOperand;
}

/** Operators whose operands can be packed, with how much each copy must have around it. */
export const HALOS: {
  readonly [N in ContractionName]?: (
    product: Of<N>['attributes'],
    inputs: readonly Value[],
    shape: Shape,
  ) => [Halo, Halo];
} = {
  Conv2d: ({ stride, pads }, inputs, shape) => [seen(stride, pads, inputs, shape), NONE],
  ConvTranspose2d: ({ stride, pads }, [small, weight], shape) => {
    const [, , height, width] = fourOf(small!.shape);
    const [, , kh, kw] = fourOf(weight!.shape);
    const along = (axis: 0 | 1, length: number, kernel: number): [before: number, after: number] => {
      const taps = Math.ceil(kernel / stride);
      const last = Math.ceil(shape[2 + axis]! / stride) - 1 + Math.floor((stride - 1 + pads[axis]) / stride);
      return [Math.max(LEAST, taps - 1 - Math.floor(pads[axis] / stride)), Math.max(LEAST, last - (length - 1))];
    };
    const [[top, bottom], [left, right]] = [along(0, height, kh), along(1, width, kw)];
    // Each phase sees as many taps as the first.
    const filled = (kernel: number): number => Math.ceil(kernel / stride) * stride - kernel;
    return [
      [top, left, bottom, right],
      [0, 0, filled(kh), filled(kw)],
    ];
  },
  ConvWeight2d: ({ stride, pads, kernel }, [big, small]) => {
    const gradient: Shape = [0, 0, ...kernel];
    return [seen(stride, pads, [big!, { shape: gradient }], small!.shape), [LEAST, LEAST, LEAST, LEAST]];
  },
};

/** A little more than some need, so that what several read is one copy. */
const LEAST = 1;
const NONE: Halo = [0, 0, 0, 0];

function seen(
  stride: number,
  [top, left]: Halo,
  [big, weight]: readonly { shape: Shape }[],
  [, , rows, columns]: Shape,
): Halo {
  const [, , height, width] = fourOf(big!.shape);
  const [, , kh, kw] = fourOf(weight!.shape);
  const after = (count: number, kernel: number, length: number, before: number): number =>
    Math.max(LEAST, (count - 1) * stride + kernel - before - length);
  return [Math.max(LEAST, top), Math.max(LEAST, left), after(rows!, kh, height, top), after(columns!, kw, width, left)];
}

type Of<N extends ContractionName> = Extract<Contraction, { operator: N }>;

export function packedGeometryOf(product: Contraction, shape: Shape): PackedGeometry {
  const [picture, other] = product.inputs as [Packed, Packed];
  if (isA(product, 'Conv2d')) return convolution(product, picture, other, shape);
  if (isA(product, 'ConvTranspose2d')) return transposed(product, picture, other, shape);
  if (isA(product, 'ConvWeight2d')) return weightGradient(product, picture, other);
  throw new Error(`${product.operator} does not multiply packed copies`);
}

const sum = (...terms: (string | number)[]): string =>
  terms.map((term) => (typeof term === 'number' ? `${term}u` : term)).join(' + ');

/** Lines and columns of a copy, and its chunks a pixel. */
function sizes({ shape: [, rows, columns], inputs: [from] }: Packed): [rows: number, columns: number, chunks: number] {
  return [rows!, columns!, chunksOf(from!.shape[1]!)];
}

/** Which chunk of all terms it is, or the last where the last tile is not full. */
const chunkAt = (k0: string, d: string, all: number, depth: number): string =>
  (all * CHUNK) % depth === 0 ? `${k0} / ${CHUNK}u + ${d}` : `min(${k0} / ${CHUNK}u + ${d}, ${all - 1}u)`;

/** Which tap and which chunk of its channels a term belongs to; terms count taps, and channels within each. */
function termOf(
  w: Writer,
  k0: string,
  d: string,
  taps: number,
  chunks: number,
  depth: number,
): [tap: string, chunk: string] {
  // Where tiles lie within a tap, all of a tile see the same.
  if ((chunks * CHUNK) % depth === 0)
    return [w.let(`${k0} / ${chunks * CHUNK}u`), w.let(`${k0} % ${chunks * CHUNK}u / ${CHUNK}u + ${d}`)];
  const at = w.let(chunkAt(k0, d, taps * chunks, depth));
  return [w.let(`${at} / ${chunks}u`), w.let(`${at} % ${chunks}u`)];
}

function convolution({ attributes }: Of<'Conv2d'>, big: Packed, weight: Packed, shape: Shape): PackedGeometry {
  const {
    stride,
    pads,
    tiling: { depth },
  } = attributes;
  const [, , kh, kw] = fourOf(unpackedValue(weight).shape);
  const [pictures, , height, width] = fourOf(shape);
  const [rows, columns, chunks] = sizes(big);
  const [top, left] = big.attributes.halo;
  const begin = ((top - pads[0]) * columns + left - pads[1]) * chunks;
  const taps = kh * kw;
  const tap = (w: Writer, k0: string, d: string): [string, string] => termOf(w, k0, d, taps, chunks, depth);
  return {
    phase: '',
    a: {
      ...{ pack: weight, runsAlong: 'k', limit: shape[1]! },
      outer: (w, at) => [w.let(`${at} * ${taps * chunks}u`)],
      place: (w, [row], k0, d) => w.let(sum(row!, chunkAt(k0, d, taps * chunks, depth))),
    },
    b: {
      ...{ pack: big, runsAlong: 'k', limit: pictures * height * width },
      outer: (w, at) => {
        const [n, y, x] = pixel(w, at, [pictures, height, width]);
        return [
          w.let(sum(`((${n} * ${rows}u + ${y} * ${stride}u) * ${columns}u + ${x} * ${stride}u) * ${chunks}u`, begin)),
        ];
      },
      place: (w, [base], k0, d) => {
        const [at, chunk] = tap(w, k0, d);
        const line = w.let(`(${at} / ${kw}u * ${columns}u + ${at} % ${kw}u) * ${chunks}u`);
        return w.let(sum(base!, line, chunk));
      },
    },
    place: placeOf('Conv2d', attributes, shape),
  };
}

/** Taps are counted backwards, so that what they see is counted forwards. */
function transposed(
  { attributes }: Of<'ConvTranspose2d'>,
  small: Packed,
  weight: Packed,
  shape: Shape,
): PackedGeometry {
  const {
    stride,
    tiling: { depth },
  } = attributes;
  const [rows, columns, chunks] = sizes(small);
  const [filterRows, filterColumns] = sizes(weight);
  const [th, tw] = [filterRows / stride, filterColumns / stride];
  const [top, left] = small.attributes.halo;
  const [pictures, height, width] = [shape[0]!, Math.ceil(shape[2]! / stride), Math.ceil(shape[3]! / stride)];
  const tap = (w: Writer, k0: string, d: string): [string, string, string] => {
    const [at, chunk] = termOf(w, k0, d, th * tw, chunks, depth);
    return [w.let(`${at} / ${tw}u`), w.let(`${at} % ${tw}u`), chunk];
  };
  return {
    phase: phaseText(attributes),
    a: {
      ...{ pack: weight, runsAlong: 'k', limit: shape[1]! },
      outer: (w, at) => [w.let(`${at} * ${filterRows * filterColumns * chunks}u`)],
      place: (w, [row], k0, d) => {
        const [ty, tx, chunk] = tap(w, k0, d);
        const ky = w.let(`ry + (${th - 1}u - ${ty}) * ${stride}u`);
        const kx = w.let(`rx + (${tw - 1}u - ${tx}) * ${stride}u`);
        return w.let(sum(row!, `(${ky} * ${filterColumns}u + ${kx}) * ${chunks}u`, chunk));
      },
    },
    b: {
      ...{ pack: small, runsAlong: 'k', limit: pictures * height * width },
      outer: (w, at) => {
        const [n, i, j] = pixel(w, at, [pictures, height, width]);
        const y = w.let(`u32(i32(${i}) + fy + ${top - (th - 1)})`);
        const x = w.let(`u32(i32(${j}) + fx + ${left - (tw - 1)})`);
        return [w.let(`((${n} * ${rows}u + ${y}) * ${columns}u + ${x}) * ${chunks}u`)];
      },
      place: (w, [base], k0, d) => {
        const [ty, tx, chunk] = tap(w, k0, d);
        return w.let(sum(base!, `(${ty} * ${columns}u + ${tx}) * ${chunks}u`, chunk));
      },
    },
    place: placeOf('ConvTranspose2d', attributes, shape),
  };
}

/** Rows are the channels of the result's gradient, columns taps and, within each, the channels of what was seen. */
function weightGradient({ attributes }: Of<'ConvWeight2d'>, big: Packed, small: Packed): PackedGeometry {
  const {
    stride,
    pads,
    kernel: [kh, kw],
    tiling: { depth },
  } = attributes;
  const [pictures, , height, width] = fourOf(unpackedValue(small).shape);
  const channels = unpackedValue(big).shape[1]!;
  const [rows, columns, chunks] = sizes(big);
  const [smallRows, smallColumns, smallChunks] = sizes(small);
  const [[top, left], [smallTop, smallLeft]] = [big.attributes.halo, small.attributes.halo];
  const terms = pictures * height * width;
  const term = (w: Writer, k0: string, d: string): Pixel => {
    const at = (place: string): Pixel => pixel(w, place, [pictures, height, width]);
    if (width % depth === 0) {
      // Where tiles lie within a line of pixels, all of a tile's are in the same one.
      const [n, y, x] = at(k0);
      return [n, y, w.let(`${x} + ${d}`)];
    }
    return at(w.let(terms % depth === 0 ? `${k0} + ${d}` : `min(${k0} + ${d}, ${terms - 1}u)`));
  };
  return {
    phase: '',
    a: {
      ...{ pack: small, runsAlong: 'outer', limit: smallChunks },
      outer: (_, at) => [at],
      place: (w, [chunk], k0, d) => {
        const [n, y, x] = term(w, k0, d);
        const line = `(${n} * ${smallRows}u + ${y} + ${smallTop}u) * ${smallColumns}u + ${x} + ${smallLeft}u`;
        return w.let(`(${line}) * ${smallChunks}u + ${chunk}`);
      },
    },
    b: {
      ...{ pack: big, runsAlong: 'outer', limit: kh * kw * chunks },
      outer: (w, at) => {
        const tap = w.let(`${at} / ${chunks}u`);
        const line = `(${tap} / ${kw}u + ${top - pads[0]}u) * ${columns}u + ${tap} % ${kw}u + ${left - pads[1]}u`;
        return [w.let(`(${line}) * ${chunks}u + ${at} % ${chunks}u`)];
      },
      place: (w, [base], k0, d) => {
        const [n, y, x] = term(w, k0, d);
        const line = `(${n} * ${rows}u + ${y} * ${stride}u) * ${columns}u + ${x} * ${stride}u`;
        return w.let(`(${line}) * ${chunks}u + ${base}`);
      },
    },
    place: (w, m, n) => {
      const channel = w.let(`${n} % ${chunks * CHUNK}u`);
      const flat = w.let(`(${m} * ${channels}u + ${channel}) * ${kh * kw}u + ${n} / ${chunks * CHUNK}u`);
      return channels % CHUNK === 0 ? { flat } : { flat, inside: `${channel} < ${channels}u` };
    },
  };
}
