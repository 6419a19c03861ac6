/** Directions in a latent along which something is seen to change: found in the weights, or by examples. */

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
  const gram = new Float64Array(length * length);
  for (const { data, rows, columns } of layers)
    for (let r = 0; r < rows; r++) {
      const row = data.subarray(r * columns, r * columns + length);
      for (let i = 0; i < length; i++)
        for (let j = 0; j < length; j++) gram[i * length + j] = gram[i * length + j]! + row[i]! * row[j]!;
    }
  const { values, vectors } = eigenvectors(gram, length);
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, count);
  return order.map((k) => Float32Array.from({ length }, (_, i) => vectors[i * length + k]!));
}

/** Sweeps of Jacobi's method; a dozen bring any matrix of this size to the limits of double precision. */
const SWEEPS = 16;

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, which is used up (Jacobi 1846). */
function eigenvectors(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, { n, p, q });
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors: v };
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

/**
 * The direction from pictures that have not something to those that have it, of length 1: from the mean of their latents
 * to the mean of the others'.
 * @throws RangeError where one side has none, or both are the same
 */
export function directionTo(having: readonly Float32Array[], without: readonly Float32Array[]): Float32Array {
  if (having.length === 0 || without.length === 0) throw new RangeError('Both sides need an example');
  const mean = (all: readonly Float32Array[], i: number): number =>
    all.reduce((sum, each) => sum + each[i]!, 0) / all.length;
  const way = having[0]!.map((_, i) => mean(having, i) - mean(without, i));
  const length = Math.sqrt(way.reduce((sum, value) => sum + value * value, 0));
  if (!(length > 1e-6)) throw new RangeError('Both sides are the same');
  return way.map((value) => value / length);
}
