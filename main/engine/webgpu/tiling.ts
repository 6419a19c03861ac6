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
}
export const TUNING: Tuning = { busy: 264, wideFrom: Infinity, ahead: 8 };
/** For software drivers, which take a second to compile what a card's driver does in milliseconds. */
export const SOFTWARE_TUNING: Tuning = { busy: 16, wideFrom: Infinity, ahead: 0 };

/** Each part of a sum should still be worth a workgroup. */
const LEAST_SUM = 64;
const MOST_PARTS = 64;
/** Parts are written and read again: no more numbers than this. */
const MOST_PARTIAL = 1 << 24;

const ceil = (a: number, b: number): number => Math.ceil(a / b);
const powerOfTwo = (n: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(n)));

export function chooseTiling({ m, n, k, phases }: ProductSize, { busy, wideFrom, ahead }: Tuning): Tiling {
  const wide = m > 32 && n >= 128 && ceil(m, 64) * ceil(n, 128) * phases >= wideFrom;
  const [rows, columns] = wide ? [64, 128] : tileOf(m, n, phases, busy);
  // A long tile is kept shallow: WebGPU promises 16 KB of workgroup memory.
  const depth = Math.min(Math.max(rows, columns) > 128 ? 8 : 16, Math.max(4, powerOfTwo(k)));
  const tiles = ceil(m, rows) * ceil(n, columns) * phases;
  const invocations = (rows / 4) * (wide ? columns / 8 : columns / 4);
  const wanted = powerOfTwo((busy * 256) / invocations / tiles);
  const most = Math.max(1, Math.floor(k / LEAST_SUM));
  let parts = 1;
  while (parts * 2 <= Math.min(wanted, MOST_PARTS, most) && parts * 2 * m * n * phases <= MOST_PARTIAL) parts *= 2;
  return { rows, columns, depth, wide, ahead, parts };
}

function tileOf(m: number, n: number, phases: number, busy: number): [number, number] {
  if (m <= 4) return [4, 256];
  if (n <= 4) return [256, 4];
  if (m <= 16) return [16, 64];
  if (n <= 16) return [64, 16];
  if (m <= 32 || n <= 32) return [32, 32];
  return ceil(m, 64) * ceil(n, 64) * phases * 32 < busy ? [32, 32] : [64, 64];
}
