/** How a matrix product is cut: tiles of the result a workgroup each, and the sum cut in parts where tiles are few. */

export interface Tiling {
  /** Rows and columns of a workgroup's tile; each invocation computes 4 x 4 of them. */
  rows: number;
  columns: number;
  /** How far the sum advances between barriers. */
  depth: number;
  /** Eight columns an invocation, not four. */
  wide: boolean;
  /** How many loads of an invocation wait in registers while the tile before is multiplied. */
  ahead: number;
  /** In how many parts the sum is cut; each writes a result of its own, which whoever reads it adds up in order. */
  parts: number;
  /** How matrix units multiply the tiles; null where scalars do, and 4 x 4 is what an invocation computes. */
  matrix: MatrixTiling | null;
}

/** The side of the matrices that units multiply: the one that cards of all makers share. */
export const SIDE = 16;

/** The card's own units, or what stands for them where there are none: for tests of the kernels. */
export type MatrixUnit = 'card' | 'emulated';

export interface MatrixTiling {
  unit: MatrixUnit;
  /** Invocations of a subgroup. */
  lanes: number;
  /** Subgroups that share a tile's rows, and its columns. */
  down: number;
  across: number;
}

export interface ProductSize {
  m: number;
  n: number;
  k: number;
  /** Products of this size that run beside each other: the phases of a transposed convolution. */
  phases: number;
}

/** What suits a device; measured on one, never derived. */
export interface Tuning {
  /** Workgroups of 256 that keep it busy: as long as there are fewer, sums are cut. */
  busy: number;
  /** Products with at least this many tiles of 64 x 128 take them; Infinity for none. */
  wideFrom: number;
  /** Loads that an invocation makes ahead, written out one by one; where there are more, they are a loop. */
  ahead: number;
  /** Matrix units that large products take; null where there are none, or all is to be computed in single precision. */
  matrix: MatrixTuning | null;
}
export interface MatrixTuning extends Pick<MatrixTiling, 'unit' | 'lanes'> {
  /** Of the usual tile, and of what a subgroup multiplies of it. */
  rows: number;
  columns: number;
  block: readonly [rows: number, columns: number];
  /** Terms of a tile. */
  depth: number;
  /** Workgroups that keep it busy: as long as there are fewer, sums are cut. */
  busy: number;
  /** Subgroups of a tile: blocks of small tiles are made narrower until there are as many. */
  subgroups: number;
  /** Products of at least this many operations take them: smaller ones are bound by what they load. */
  from: number;
}
export const TUNING: Tuning = { busy: 264, wideFrom: Infinity, ahead: 8, matrix: null };
/** Bytes of workgroup memory that the tiles of `MATRIX_TUNING` take at most. */
export const MATRIX_TILES = 48 << 10;
export const MATRIX_TUNING: MatrixTuning = {
  unit: 'card',
  lanes: 32,
  rows: 128,
  columns: 128,
  block: [32, 64],
  depth: 32,
  busy: 132,
  subgroups: 8,
  from: 2e8,
};
/** For devices with less: these take 32 KB at most. */
export const SMALL_MATRIX_TUNING: MatrixTuning = { ...MATRIX_TUNING, rows: 64, depth: 16 };
/** For software drivers, which take a second to compile what a card's driver does in milliseconds. */
export const SOFTWARE_TUNING: Tuning = { busy: 16, wideFrom: Infinity, ahead: 0, matrix: null };

/** Each part of a sum should still be worth a workgroup. */
const LEAST_SUM = 64;
const MOST_PARTS = 256;
/** Parts are written and read again: no more numbers than this. */
const MOST_PARTIAL = 1 << 24;

const ceil = (a: number, b: number): number => Math.ceil(a / b);
const powerOfTwo = (n: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(n)));

/** How scalars multiply. */
export function scalarTiling(size: ProductSize, tuning: Tuning): Tiling {
  const { invocations, ...tiles } = scalarTiles(size, tuning);
  const wanted = powerOfTwo((tuning.busy * 256) / invocations / tilesOf(size, tiles));
  return { ...tiles, parts: partsOf(size, wanted) };
}

/** How matrix units multiply packed copies. @param size as the copies have it */
export function matrixTiling(size: ProductSize, tuning: MatrixTuning): Tiling {
  const { unit, lanes, block, depth, busy, subgroups } = tuning;
  const side = (length: number, most: number): number => Math.min(most, SIDE * powerOfTwo(length / SIDE));
  const rows = side(size.m, tuning.rows);
  const columns = side(size.n, tuning.columns);
  const down = ceil(rows, block[0]);
  let across = ceil(columns, block[1]);
  while (down * across < subgroups && columns / across > SIDE) across *= 2;
  const tiles = { rows, columns, depth, wide: false, ahead: 0, matrix: { unit, lanes, down, across } };
  // Rounded down: parts are written and read again, which costs more than a few idle corners.
  const wanted = powerOfTwo((busy / tilesOf(size, tiles)) * 0.5001);
  return { ...tiles, parts: partsOf(size, wanted) };
}

const tilesOf = ({ m, n, phases }: ProductSize, { rows, columns }: Pick<Tiling, 'rows' | 'columns'>): number =>
  ceil(m, rows) * ceil(n, columns) * phases;

/** In how many parts a sum is cut, where so many are wanted. */
function partsOf({ m, n, k, phases }: ProductSize, wanted: number): number {
  const most = Math.max(1, Math.floor(k / LEAST_SUM));
  let parts = 1;
  while (parts * 2 <= Math.min(wanted, MOST_PARTS, most) && parts * 2 * m * n * phases <= MOST_PARTIAL) parts *= 2;
  return parts;
}

type Tiles = Omit<Tiling, 'parts'> & { invocations: number };

function scalarTiles({ m, n, k, phases }: ProductSize, { busy, wideFrom, ahead }: Tuning): Tiles {
  const wide = m > 32 && n >= 128 && ceil(m, 64) * ceil(n, 128) * phases >= wideFrom;
  const [rows, columns] = wide ? [64, 128] : tileOf(m, n, phases, busy);
  // A long tile is kept shallow: WebGPU promises 16 KB of workgroup memory.
  const depth = Math.min(Math.max(rows, columns) > 128 ? 8 : 16, Math.max(4, powerOfTwo(k)));
  const invocations = (rows / 4) * (wide ? columns / 8 : columns / 4);
  return { rows, columns, depth, wide, ahead, invocations, matrix: null };
}

function tileOf(m: number, n: number, phases: number, busy: number): [number, number] {
  if (m <= 4) return [4, 256];
  if (n <= 4) return [256, 4];
  if (m <= 16) return [16, 64];
  if (n <= 16) return [64, 16];
  if (m <= 32 || n <= 32) return [32, 32];
  return ceil(m, 64) * ceil(n, 64) * phases * 32 < busy ? [32, 32] : [64, 64];
}
