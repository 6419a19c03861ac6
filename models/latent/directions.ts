/** Directions in a latent along which something is seen to change: found in the weights, or by examples. */
import { dot, factored, solved, type Vector } from './linear.ts';

/** A matrix, row after row. */
export interface Matrix {
  data: Float32Array;
  rows: number;
  columns: number;
}

/**
 * The directions along which the layers that the latent goes through first change most (closed-form factorisation, SeFa:
 * Shen and Zhou 2021, arXiv:2007.06600): the eigenvectors of the sum of AᵀA with the largest eigenvalues.
 * @param layers weights [outputs, inputs], of whose columns the first `length` are the latent's
 * @returns `count` directions of length 1
 */
export function strongestDirections(layers: readonly Matrix[], length: number, count: number): Float32Array[] {
  const { values, vectors } = eigenvectors(gramOf(layers, length), length);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, count);
  return order.map((k) => new Float32Array(length).map((_, i) => vectors[i * length + k]!));
}

/** The sum of AᵀA [length, length] over the first columns of matrices. */
function gramOf(matrices: readonly Matrix[], length: number): Float64Array {
  const gram = new Float64Array(length * length);
  for (const { data, rows, columns } of matrices)
    for (let r = 0; r < rows; r++) {
      const row = data.subarray(r * columns, r * columns + length);
      for (let i = 0; i < length; i++)
        for (let j = 0; j < length; j++) gram[i * length + j] = gram[i * length + j]! + row[i]! * row[j]!;
    }
  return gram;
}

/** Sweeps of Jacobi's method; a dozen bring any matrix of this size to the limits of double precision. */
const SWEEPS = 16;

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, which is used up (Jacobi 1846). */
function eigenvectors(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, { n, p, q });
  return { values: new Float64Array(n).map((_, i) => a[i * n + i]!), vectors: v };
}

/** Turns the plane of p and q so that the matrix has a zero there. */
function rotate(a: Float64Array, v: Float64Array, { n, p, q }: { n: number; p: number; q: number }): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (m: Float64Array, i: number, j: number): void => {
    const [x, y] = [m[i]!, m[j]!];
    [m[i], m[j]] = [c * x - s * y, s * x + c * y];
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q);
}

/** A picture, small: so many numbers, with the point [levels x length] that it was made of. */
export interface Drawn {
  point: Float32Array;
  picture: Float32Array;
}

/** Pictures that have something and pictures that have not. */
export interface Marked {
  having: readonly Drawn[];
  without: readonly Drawn[];
}

/** A step [levels x length] from the point of a picture, each level on its own, and the pictures before and after it. */
export interface Moved {
  step: Float32Array;
  before: Float32Array;
  after: Float32Array;
}

/** How far pictures are held to what they have in common with others (ridge), as a share of their own spread. */
const PICTURE_RIDGE = 1;
/** How far what follows from a step is held to zero (ridge), as a share of how far steps go in one way. */
const STEP_RIDGE = 80;
/** Directions nearer to each other than this (the cosine) are about the same thing, or its opposite. */
const SAME_THING = 0.5;
/** A level takes part that is at least so much as plain as the plainest one. */
const PLAIN = 0.5;
/** Marks lie at least so far from each other along a way (variance; drawn points: 1), and are told apart by at least this. */
const MARKS_VARY = 0.1;
const TOLD_APART = 0.1;

/**
 * The direction [levels x length] along which something changes, of length 1, from few marks: a dozen points in many
 * dimensions say little, but their pictures say what to look for. So that is looked for in many pictures that were moved a
 * little (by regression on the marks), and how much more of it each step brought is what a direction is fitted to. What the
 * marks share by chance mostly lives in other levels of detail: only those take part in which there is much of it and by
 * which the marks themselves are told apart.
 * @param beside directions [levels x length] of other things, which it leaves as they are: it is at right angles to them
 * @throws RangeError where a side has no picture, or nothing tells them apart
 */
export function directionTo(
  marked: Marked,
  moved: readonly Moved[],
  length: number,
  beside: readonly Vector[] = [],
): Float32Array {
  const looked = lookFor(marked);
  const more = moved.map(({ before, after }) => Math.tanh(looked(after)) - Math.tanh(looked(before)));
  const towards = following(moved, more);
  const levels = Array.from({ length: towards.length / length }, (_, level) =>
    towards.subarray(level * length, (level + 1) * length),
  );
  const plain = levels.map((way, level) => dot(way, way) * toldApart(marked, way, level));
  const most = Math.max(...plain);
  const within = (vector: Vector): Float64Array =>
    Float64Array.from(vector, (value, i) => (plain[Math.floor(i / length)]! >= PLAIN * most ? value : 0));
  const way = unit(within(towards));
  const others = beside.map(within).filter((other) => dot(other, other) > 1e-12);
  const apart = others.map(unit).filter((other) => Math.abs(dot(way, other)) < SAME_THING);
  return Float32Array.from(unit(awayFrom(way, apart)));
}

/** By how many of their own deviations the marks of both sides differ along a way of one level. */
function toldApart({ having, without }: Marked, way: Float64Array, level: number): number {
  const far = dot(way, way);
  if (far === 0) return TOLD_APART;
  const sides = [having, without].map((drawn) => {
    const places = drawn.map(({ point }) => dot(way, point.subarray(level * way.length, (level + 1) * way.length)));
    const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
    return { mean, variance: places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / places.length };
  });
  const [a, b] = sides as [(typeof sides)[number], (typeof sides)[number]];
  return Math.max(TOLD_APART, (a.mean - b.mean) / Math.sqrt((a.variance + b.variance) / 2 + MARKS_VARY * far));
}

/** How values follow from steps: what each number of a step adds (ridge regression). */
function following(moved: readonly Moved[], values: readonly number[]): Float64Array {
  const columns = moved[0]!.step.length;
  const data = new Float32Array(moved.length * columns);
  moved.forEach(({ step }, k) => data.set(step, k * columns));
  const gram = gramOf([{ data, rows: moved.length, columns }], columns);
  let usual = 0;
  for (let i = 0; i < columns; i++) usual += gram[i * columns + i]! / columns / moved.length;
  for (let i = 0; i < columns; i++) gram[i * columns + i] = gram[i * columns + i]! + STEP_RIDGE * usual;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const moment = new Float64Array(columns);
  moved.forEach(({ step }, k) => {
    for (let i = 0; i < columns; i++) moment[i] = moment[i]! + step[i]! * (values[k]! - mean);
  });
  return solved(factored(gram), moment);
}

/**
 * How much of what is marked a picture has: about 1 and -1 for pictures like the marked ones. Kernel ridge regression:
 * there are fewer marks than pixels.
 */
function lookFor({ having, without }: Marked): (picture: Float32Array) => number {
  if (having.length === 0 || without.length === 0) throw new RangeError('Both sides need an example');
  const all = [...having, ...without].map(({ picture }) => picture);
  const n = all.length;
  const mean = all[0]!.map((_, i) => all.reduce((sum, picture) => sum + picture[i]!, 0) / n);
  const centred = all.map((picture) => picture.map((value, i) => value - mean[i]!));
  const kernel = new Float64Array(n * n).map((_, at) => dot(centred[Math.floor(at / n)]!, centred[at % n]!));
  const spread = centred.reduce((sum, _, i) => sum + kernel[i * n + i]!, 0) / n;
  if (!(spread > 1e-9)) throw new RangeError('Both sides are the same');
  for (let i = 0; i < n; i++) kernel[i * n + i] = kernel[i * n + i]! + PICTURE_RIDGE * spread;
  const weights = solved(
    factored(kernel),
    new Float64Array(n).map((_, i) => (i < having.length ? 1 : -1)),
  );
  const sought = mean.map((_, i) => centred.reduce((sum, picture, k) => sum + weights[k]! * picture[i]!, 0));
  // A ridge makes everything smaller: the marked pictures themselves say what 1 is.
  const usual = centred.reduce((sum, picture) => sum + Math.abs(dot(picture, sought)), 0) / n;
  if (!(usual > 1e-9)) throw new RangeError('Both sides are the same');
  return (picture) => picture.reduce((sum, value, i) => sum + (value - mean[i]!) * sought[i]!, 0) / usual;
}

/** What of a vector is at right angles to all others (Gram and Schmidt). */
function awayFrom(way: Float64Array, others: readonly Float64Array[]): Float64Array {
  const basis: Float64Array[] = [];
  for (const next of [...others, way]) {
    const rest = basis.reduce((left, one) => {
      const by = dot(left, one);
      return left.map((value, i) => value - by * one[i]!);
    }, next);
    if (next === way) return rest;
    if (dot(rest, rest) > 1e-6) basis.push(unit(rest));
  }
  return way;
}

function unit(vector: Vector): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  if (!(length > 1e-9)) throw new RangeError('Both sides are the same');
  return Float64Array.from(vector, (value) => value / length);
}
