/** Where the numbers of a contraction lie: what is read for each row, column and term, and where the result goes. */
import type { Shape } from '../../../models/graph/tensor.ts';
import type { Contraction, Value } from './value.ts';
import type { Writer } from './writer.ts';

/** One side of a product. */
export interface Operand {
  /** Which way neighbours in memory lie: along the sum, or along the rows (columns). */
  runsAlong: 'k' | 'outer';
  /** Works out what depends on the row (column) alone; gives names. */
  outer(w: Writer, at: string): readonly string[];
  /** The number at a row (column) and a term; inside the matrix, perhaps outside the picture, where it is 0. */
  load(w: Writer, outer: readonly string[], k: string): string;
}

export interface Geometry {
  a: Operand;
  b: Operand;
  /** Lines that work out what depends on the phase alone. */
  phase: string;
  /** Where an element of the product lies in the result, and a condition where not all lie in it. */
  place(w: Writer, m: string, n: string): { flat: string; inside?: string };
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
const four = (shape: Shape): Four => shape as unknown as Four;

/** The value at coordinates that may lie outside the picture; `y` and `x` are i32. */
function seen(w: Writer, picture: Value, n: string, c: string, y: string, x: string): string {
  const [, , height, width] = picture.shape;
  // A negative number is a huge one when it is read without a sign.
  const [row, column] = [w.let(`u32(${y})`), w.let(`u32(${x})`)];
  return w.when(`${row} < ${height}u && ${column} < ${width}u`, () =>
    w.value(picture, { coords: [n, c, row, column] }),
  );
}

/** Which picture, row and column a number counts. */
const pixel = (w: Writer, at: string, height: number, width: number): [string, string, string] => [
  w.let(`${at} / ${height * width}u`),
  w.let(`(${at} / ${width}u) % ${height}u`),
  w.let(`${at} % ${width}u`),
];

const pixelPlace =
  (channels: number, pixels: number) =>
  (w: Writer, m: string, n: string): { flat: string } => ({
    flat: w.let(`(${n} / ${pixels}u * ${channels}u + ${m}) * ${pixels}u + ${n} % ${pixels}u`),
  });

function convolution({ inputs: [big, weight], attributes: { stride, pads } }: Of<'Conv2d'>, shape: Shape): Geometry {
  const [, channels, kh, kw] = four(weight!.shape);
  const [, , height, width] = four(shape);
  const terms = channels * kh * kw;
  return {
    phase: '',
    a: {
      runsAlong: 'k',
      outer: (w, at) => [w.let(`${at} * ${terms}u`)],
      load: (w, [row], k) => w.value(weight!, { flat: w.let(`${row} + ${k}`) }),
    },
    b: {
      runsAlong: 'outer',
      outer: (w, at) => {
        const [n, y, x] = pixel(w, at, height, width);
        return [n, w.let(`i32(${y} * ${stride}u) - ${pads[0]}`), w.let(`i32(${x} * ${stride}u) - ${pads[1]}`)];
      },
      load: (w, [n, y, x], k) => {
        const [c, ky, kx] = [w.let(`${k} / ${kh * kw}u`), w.let(`(${k} / ${kw}u) % ${kh}u`), w.let(`${k} % ${kw}u`)];
        return seen(w, big!, n!, c, `${y} + i32(${ky})`, `${x} + i32(${kx})`);
      },
    },
    place: pixelPlace(shape[1]!, height * width),
  };
}

/**
 * Each phase is the pixels at one remainder by the stride, which see every stride-th row and column of the kernel:
 * pixel Y = stride i + p is seen by kernel rows ky = (p + top) % stride + stride t, from y = i + (p + top) / stride - t.
 */
function transposed(
  { inputs: [small, weight], attributes: { stride, pads } }: Of<'ConvTranspose2d'>,
  shape: Shape,
): Geometry {
  const [, channels, kh, kw] = four(weight!.shape);
  const [, , height, width] = four(shape);
  const cut = (length: number): number => Math.ceil(length / stride);
  const [rows, columns, th, tw] = [cut(height), cut(width), cut(kh), cut(kw)];
  const taps = (w: Writer, k: string): [string, string, string] => [
    w.let(`${k} / ${th * tw}u`),
    w.let(`(${k} / ${tw}u) % ${th}u`),
    w.let(`${k} % ${tw}u`),
  ];
  return {
    phase: `
  let py = phase / ${stride}u + ${pads[0]}u; let px = phase % ${stride}u + ${pads[1]}u;
  let ry = py % ${stride}u; let rx = px % ${stride}u;
  let fy = i32(py / ${stride}u); let fx = i32(px / ${stride}u);`,
    a: {
      runsAlong: 'k',
      outer: (_, at) => [at],
      load: (w, [m], k) => {
        const [from, ty, tx] = taps(w, k);
        const [ky, kx] = [w.let(`ry + ${ty} * ${stride}u`), w.let(`rx + ${tx} * ${stride}u`)];
        return w.when(`${ky} < ${kh}u && ${kx} < ${kw}u`, () =>
          w.value(weight!, { flat: w.let(`(${from} * ${channels}u + ${m}) * ${kh * kw}u + ${ky} * ${kw}u + ${kx}`) }),
        );
      },
    },
    b: {
      runsAlong: 'outer',
      outer: (w, at) => {
        const [n, i, j] = pixel(w, at, rows, columns);
        return [n, w.let(`i32(${i}) + fy`), w.let(`i32(${j}) + fx`)];
      },
      load: (w, [n, y, x], k) => {
        const [from, ty, tx] = taps(w, k);
        return seen(w, small!, n!, from, `${y} - i32(${ty})`, `${x} - i32(${tx})`);
      },
    },
    place: (w, m, n) => {
      const [picture, i, j] = pixel(w, n, rows, columns);
      const [y, x] = [w.let(`${i} * ${stride}u + phase / ${stride}u`), w.let(`${j} * ${stride}u + phase % ${stride}u`)];
      const flat = w.let(`((${picture} * ${shape[1]}u + ${m}) * ${height}u + ${y}) * ${width}u + ${x}`);
      const whole = height % stride === 0 && width % stride === 0;
      return whole ? { flat } : { flat, inside: `${y} < ${height}u && ${x} < ${width}u` };
    },
  };
}

function weightGradient({
  inputs: [big, small],
  attributes: {
    stride,
    pads,
    kernel: [kh, kw],
  },
}: Of<'ConvWeight2d'>): Geometry {
  const [, , height, width] = four(small!.shape);
  const columns = big!.shape[1]! * kh * kw;
  return {
    phase: '',
    a: {
      runsAlong: 'k',
      outer: (_, at) => [at],
      load: (w, [m], k) => {
        const [n, y, x] = pixel(w, k, height, width);
        return w.value(small!, { coords: [n, m!, y, x] });
      },
    },
    b: {
      runsAlong: 'k',
      outer: (w, at) => [
        w.let(`${at} / ${kh * kw}u`),
        w.let(`i32((${at} / ${kw}u) % ${kh}u) - ${pads[0]}`),
        w.let(`i32(${at} % ${kw}u) - ${pads[1]}`),
      ],
      load: (w, [c, ky, kx], k) => {
        const [n, y, x] = pixel(w, k, height, width);
        return seen(w, big!, n, c!, `i32(${y} * ${stride}u) + ${ky}`, `i32(${x} * ${stride}u) + ${kx}`);
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
    outer: (_, at) => [at],
    load: (w, [at], k) => w.value(matrix, { coords: swapped ? [k, at!] : [at!, k] }),
  });
  return {
    phase: '',
    a: side(a!, transposeA, transposeA ? 'outer' : 'k'),
    b: side(b!, !transposeB, transposeB ? 'k' : 'outer'),
    place: (w, m, n) => ({ flat: w.let(`${m} * ${shape[1]}u + ${n}`) }),
  };
}
