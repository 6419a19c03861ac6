/** Where the numbers of a contraction lie: what is read for each row, column and term, and where the result goes. */
import type { Shape } from '../../../models/graph/tensor.ts';
import type { Contraction, Value } from './value.ts';
import { moved, type Writer } from './writer.ts';

/** One side of a product. */
export interface Operand {
  /** Which way neighbours in memory lie: along the sum, or along the rows (columns). */
  runsAlong: 'k' | 'outer';
  /** Whether it looks beyond pictures (or kernels): what it reads there is not taken. */
  looksOutside?: true;
  /** Works out what depends on the row (column) alone, which is `at + shift`; gives names. */
  outer(w: Writer, at: string, shift: number): readonly string[];
  /** Works out what depends on these and on the place in the tile, `d`, alone: the same for every tile of the sum. */
  fixed?(w: Writer, outer: readonly string[], d: string): readonly string[];
  /**
   * The number at a term, `k0 + d`, given the names of `fixed`, or else of `outer`; inside the matrix, perhaps outside
   * the picture, where it is 0.
   */
  load(w: Writer, names: readonly string[], k0: string, d: string): string;
}

export interface Geometry {
  a: Operand;
  b: Operand;
  /** Lines that work out what depends on the phase alone. */
  phase: string;
  /** Where an element of the product lies in the result, and a condition where not all lie in it. */
  place: (w: Writer, m: string, n: string) => { flat: string; inside?: string };
}

export function geometryOf(product: Contraction, shape: Shape): Geometry {
  switch (product.operator) {
    case 'Conv2d':
      return convolution(product, shape);
    case 'ConvTranspose2d':
      return transposed(product, shape);
    case 'ConvWeight2d':
      return weightGradient(product);
    case 'MatMul':
      return matrices(product, shape);
  }
}

type Of<N extends Contraction['operator']> = Value<N>;
type Four = readonly [number, number, number, number];
export const fourOf = (shape: Shape): Four => shape as unknown as Four;

/** Whether a place lies in the picture, and the place; `y` and `x` are i32. */
function within(w: Writer, { shape: [, , height, width] }: Value, n: string, y: string, x: string): readonly string[] {
  // A negative number is a huge one when it is read without a sign.
  const [row, column] = [w.let(`u32(${y})`), w.let(`u32(${x})`)];
  return [w.let(`${row} < ${height}u && ${column} < ${width}u`), n, row, column];
}

type Place = (w: Writer, outer: readonly string[], tap: readonly [string, string]) => readonly string[];
type Read = (w: Writer, place: readonly string[], channel: string) => string;

/**
 * Terms that count channels and, within each, the taps of a kernel. Where tiles hold whole channels, what a tap sees does
 * not change from tile to tile, so only the channel is left to work out in the loop.
 */
const throughTaps =
  ([kh, kw]: readonly [number, number], depth: number, place: Place) =>
  (read: Read): Pick<Operand, 'fixed' | 'load'> => {
    const taps = kh * kw;
    const tap = (w: Writer, k: string): [string, string] => [w.let(`(${k} / ${kw}u) % ${kh}u`), w.let(`${k} % ${kw}u`)];
    if (depth % taps !== 0)
      return {
        load: (w, outer, k0, d) => {
          const k = w.let(`${k0} + ${d}`);
          return read(w, place(w, outer, tap(w, k)), w.let(`${k} / ${taps}u`));
        },
      };
    return {
      fixed: (w, outer, d) => [...place(w, outer, tap(w, d)), w.let(`${d} / ${taps}u`)],
      load: (w, names, k0) => read(w, names.slice(0, -1), w.let(`${k0} / ${taps}u + ${names.at(-1)}`)),
    };
  };

/** Which of some pictures, and which row and column of it, a number counts. */
export function pixel(w: Writer, at: string, [pictures, height, width]: readonly [number, number, number]): Pixel {
  return [
    pictures === 1 ? '0u' : w.let(`${at} / ${height * width}u`),
    w.let(pictures === 1 ? `${at} / ${width}u` : `(${at} / ${width}u) % ${height}u`),
    w.let(`${at} % ${width}u`),
  ];
}
export type Pixel = [picture: string, row: string, column: string];

/** Where the pixel that a number counts, over all pictures, lies in a channel. */
const pixelFlat = (channel: string, at: string, [pictures, channels, height, width]: Four): string =>
  pictures === 1
    ? `${channel} * ${height * width}u + ${at}`
    : `(${at} / ${height * width}u * ${channels}u + ${channel}) * ${height * width}u + ${at} % ${height * width}u`;

/** Where an element of a convolution's product lies: rows are channels, columns count pixels over all pictures (and phases). */
export function placeOf(
  operator: 'Conv2d' | 'ConvTranspose2d',
  { stride }: Pick<Of<'Conv2d'>['attributes'], 'stride'>,
  shape: Shape,
): Geometry['place'] {
  if (operator === 'Conv2d') return (w, m, n) => ({ flat: w.let(pixelFlat(m, n, fourOf(shape))) });
  const [pictures, channels, height, width] = fourOf(shape);
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  return (w, m, n) => {
    const [picture, i, j] = pixel(w, n, [pictures, rows, columns]);
    const [y, x] = [w.let(`${i} * ${stride}u + phase / ${stride}u`), w.let(`${j} * ${stride}u + phase % ${stride}u`)];
    const flat = w.let(`((${picture} * ${channels}u + ${m}) * ${height}u + ${y}) * ${width}u + ${x}`);
    const whole = height % stride === 0 && width % stride === 0;
    return whole ? { flat } : { flat, inside: `${y} < ${height}u && ${x} < ${width}u` };
  };
}

/** Lines that say which rows and columns of the kernel a phase of a transposed convolution sees, and from where. */
export const phaseText = ({ stride, pads }: Pick<Of<'ConvTranspose2d'>['attributes'], 'stride' | 'pads'>): string => `
  let py = phase / ${stride}u + ${pads[0]}u; let px = phase % ${stride}u + ${pads[1]}u;
  let ry = py % ${stride}u; let rx = px % ${stride}u;
  let fy = i32(py / ${stride}u); let fx = i32(px / ${stride}u);`;

function convolution(
  { inputs: [big, weight], attributes: { stride, pads, tiling } }: Of<'Conv2d'>,
  shape: Shape,
): Geometry {
  const [, channels, kh, kw] = fourOf(weight!.shape);
  const [pictures, , height, width] = fourOf(shape);
  const terms = channels * kh * kw;
  return {
    phase: '',
    a: {
      runsAlong: 'k',
      outer: (w, at, shift) => [w.let(moved(w.let(`${at} * ${terms}u`), shift * terms))],
      load: (w, [row], k0, d) => w.value(weight!, { flat: w.let(`${row} + ${k0} + ${d}`) }),
    },
    b: {
      runsAlong: 'outer',
      looksOutside: true,
      outer: (w, at, shift) => {
        const [n, y, x] = pixel(w, moved(at, shift), [pictures, height, width]);
        return [n, w.let(`i32(${y} * ${stride}u) - ${pads[0]}`), w.let(`i32(${x} * ${stride}u) - ${pads[1]}`)];
      },
      ...throughTaps([kh, kw], tiling.depth, (w, [n, y, x], [ky, kx]) =>
        within(w, big!, n!, `${y} + i32(${ky})`, `${x} + i32(${kx})`),
      )((w, [inside, n, row, column], c) => w.chosen(inside!, w.value(big!, { coords: [n!, c, row!, column!] }))),
    },
    place: placeOf('Conv2d', { stride }, shape),
  };
}

/**
 * Each phase is the pixels at one remainder by the stride, which see every stride-th row and column of the kernel:
 * pixel Y = stride i + p is seen by kernel rows ky = (p + top) % stride + stride t, from y = i + (p + top) / stride - t.
 */
function transposed(
  { inputs: [small, weight], attributes: { stride, pads, tiling } }: Of<'ConvTranspose2d'>,
  shape: Shape,
): Geometry {
  const [, channels, kh, kw] = fourOf(weight!.shape);
  const [pictures, , height, width] = fourOf(shape);
  const cut = (length: number): number => Math.ceil(length / stride);
  const [rows, columns, th, tw] = [cut(height), cut(width), cut(kh), cut(kw)];
  return {
    phase: phaseText({ stride, pads }),
    a: {
      runsAlong: 'k',
      looksOutside: true,
      outer: (w, at, shift) => [w.let(moved(at, shift))],
      ...throughTaps([th, tw], tiling.depth, (w, [m], [ty, tx]) => {
        const [ky, kx] = [w.let(`ry + ${ty} * ${stride}u`), w.let(`rx + ${tx} * ${stride}u`)];
        return [w.let(`${ky} < ${kh}u && ${kx} < ${kw}u`), w.let(`${m} * ${kh * kw}u + ${ky} * ${kw}u + ${kx}`)];
      })((w, [inside, place], from) =>
        w.chosen(inside!, w.value(weight!, { flat: w.let(`${from} * ${channels * kh * kw}u + ${place}`) })),
      ),
    },
    b: {
      runsAlong: 'outer',
      looksOutside: true,
      outer: (w, at, shift) => {
        const [n, i, j] = pixel(w, moved(at, shift), [pictures, rows, columns]);
        return [n, w.let(`i32(${i}) + fy`), w.let(`i32(${j}) + fx`)];
      },
      ...throughTaps([th, tw], tiling.depth, (w, [n, y, x], [ty, tx]) =>
        within(w, small!, n!, `${y} - i32(${ty})`, `${x} - i32(${tx})`),
      )((w, [inside, n, row, column], from) =>
        w.chosen(inside!, w.value(small!, { coords: [n!, from, row!, column!] })),
      ),
    },
    place: placeOf('ConvTranspose2d', { stride }, shape),
  };
}

function weightGradient({
  inputs: [big, small],
  attributes: {
    stride,
    pads,
    kernel: [kh, kw],
    tiling: { depth },
  },
}: Of<'ConvWeight2d'>): Geometry {
  const [pictures, , height, width] = fourOf(small!.shape);
  const columns = big!.shape[1]! * kh * kw;
  // Where tiles lie within a line of pixels, all of a tile's are in the same one.
  const term = (w: Writer, k0: string, d: string): Pixel => {
    if (width % depth !== 0) return pixel(w, w.let(`${k0} + ${d}`), [pictures, height, width]);
    const [picture, row, column] = pixel(w, k0, [pictures, height, width]);
    return [picture, row, w.let(`${column} + ${d}`)];
  };
  return {
    phase: '',
    a: {
      runsAlong: 'k',
      outer: (w, at, shift) => [w.let(moved(at, shift))],
      load: (w, [m], k0, d) => {
        const [n, y, x] = term(w, k0, d);
        return w.value(small!, { coords: [n, m!, y, x] });
      },
    },
    b: {
      runsAlong: 'k',
      looksOutside: true,
      outer: (w, at, shift) => {
        // Rows that are whole kernels apart see the same tap.
        const kernels = shift % (kh * kw) === 0 ? shift / (kh * kw) : 0;
        const column = kernels === 0 ? moved(at, shift) : at;
        return [
          w.let(moved(`${column} / ${kh * kw}u`, kernels)),
          w.let(`i32((${column} / ${kw}u) % ${kh}u) - ${pads[0]}`),
          w.let(`i32(${column} % ${kw}u) - ${pads[1]}`),
        ];
      },
      load: (w, [c, ky, kx], k0, d) => {
        const [picture, y, x] = term(w, k0, d);
        const at = within(w, big!, picture, `i32(${y} * ${stride}u) + ${ky}`, `i32(${x} * ${stride}u) + ${kx}`);
        const [inside, n, row, column] = at as [string, string, string, string];
        return w.chosen(inside, w.value(big!, { coords: [n, c!, row, column] }));
      },
    },
    place: (w, m, n) => ({ flat: w.let(`${m} * ${columns}u + ${n}`) }),
  };
}

function matrices(
  { inputs: [a, b], attributes: { transposeA = false, transposeB = false } }: Of<'MatMul'>,
  shape: Shape,
): Geometry {
  const side = (matrix: Value, swapped: boolean, runsAlong: Operand['runsAlong']): Operand => ({
    runsAlong,
    outer: (w, at, shift) => [w.let(moved(at, shift))],
    load: (w, [at], k0, d) => {
      const k = w.let(`${k0} + ${d}`);
      return w.value(matrix, { coords: swapped ? [k, at!] : [at!, k] });
    },
  });
  return {
    phase: '',
    a: side(a!, transposeA, transposeA ? 'outer' : 'k'),
    b: side(b!, !transposeB, transposeB ? 'k' : 'outer'),
    place: (w, m, n) => ({ flat: w.let(`${m} * ${shape[1]}u + ${n}`) }),
  };
}
