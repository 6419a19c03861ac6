/** How the invocations of a workgroup fill a tile from a packed copy: eight numbers a load, none of them outside. */
import { CHUNK } from './packing.ts';
import type { PackedOperand } from './packed-geometry.ts';
import type { Value } from './value.ts';
import { bufferName, Writer } from './writer.ts';

export interface PackedStaging {
  /** Rows (columns) of the tile. */
  length: number;
  /** Terms of the sum that it holds. */
  depth: number;
  threads: number;
  /** The first row (column) of the tile. */
  begin: string;
  /** How many terms there are where the last tile is not full: what is beyond counts as zero. */
  ragged: number | null;
  /** The statement that puts a chunk into the tile, at a term and a row (column). */
  put: (d: string, o: string, chunk: string) => string;
}

/** What fills a tile: before the loop over tiles, before a multiplication, and after it. The tile begins at term `kl`. */
export interface PackedStaged {
  before: string;
  load: string;
  store: string;
}

/** @param loads takes what is read, and where */
export function stagedPacked(
  name: 'a' | 'b',
  { pack, runsAlong, limit, outer, place }: PackedOperand,
  { length, depth, threads, begin, ragged, put }: PackedStaging,
  loads: Map<Value, Set<string>>,
): PackedStaged {
  const alongSum = runsAlong === 'k';
  const [fast, slow] = alongSum ? [depth / CHUNK, length] : [length / CHUNK, depth];
  const turns = Math.ceil((fast * slow) / threads);
  const whole = turns * threads === fast * slow;
  const [before, load, store]: [string[], string[], string[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    const w = new Writer(() => true, `${name}p${turn}x`);
    const e = w.let(turn === 0 ? 't' : `t + ${turn * threads}u`);
    const fastAt = w.let(`${e} % ${fast}u`);
    const slowAt = w.let(whole ? `${e} / ${fast}u` : `min(${e} / ${fast}u, ${slow - 1}u)`);
    const [o, d] = alongSum ? [slowAt, fastAt] : [fastAt, slowAt];
    const row = alongSum ? `${begin} + ${o}` : `${begin} / ${CHUNK}u + ${o}`;
    const tile = alongSum ? length : length / CHUNK;
    const names = outer(w, w.let(limit % tile === 0 ? row : `min(${row}, ${limit - 1}u)`));
    before.push(...w.lines);
    const inner = new Writer(() => true, `${name}q${turn}x`);
    const at = place(inner, names, 'kl', d);
    loads.set(pack, (loads.get(pack) ?? new Set()).add(at));
    const read = `${bufferName(pack)}[${at}]`;
    const term = alongSum ? `kl + ${d} * ${CHUNK}u` : `kl + ${d}`;
    const value = ragged === null ? read : `select(vec4u(), ${read}, ${term} < ${ragged}u)`;
    load.push(...inner.lines, `let ${name}w${turn} = ${value};`);
    const line = put(alongSum ? `${d} * ${CHUNK}u` : d, alongSum ? o : `${o} * ${CHUNK}u`, `${name}w${turn}`);
    store.push(whole ? line : `if (${e} < ${fast * slow}u) { ${line} }`);
  }
  return { before: before.join('\n  '), load: load.join('\n    '), store: store.join('\n    ') };
}
