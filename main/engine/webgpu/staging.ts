/**
 * How the invocations of a workgroup fill a tile of a product's operand: what is the same for all that one of them fills is
 * worked out once, and loads can run ahead of the multiplication.
 */
import type { Operand } from './geometry.ts';
import type { Value } from './value.ts';
import { Writer } from './writer.ts';

export interface Staging {
  /** Rows (columns) of the tile. */
  length: number;
  /** Terms of the sum that it holds. */
  depth: number;
  threads: number;
  /** How many loads of an invocation wait in registers while the tile before is multiplied. */
  ahead: number;
  /** Whether the last tile of the sum is not full. */
  ragged: boolean;
  /** Rows (columns) that there are. */
  limit: number;
  /** The first of the tile. */
  begin: string;
  /** The statement that puts a value into the tile, at a term and a row (column). */
  put: (d: string, o: string, value: string) => string;
}

/** What fills a tile: before the loop over tiles, before a multiplication, and after it. */
export interface Staged {
  before: string;
  load: string;
  store: string;
}

/** @param loads takes what is read, and where */
export function staged(
  name: 'a' | 'b',
  operand: Operand,
  { length, depth, threads, ahead, ragged, limit, begin, put }: Staging,
  inBuffer: (value: Value) => boolean,
  loads: Map<Value, Set<string>>,
): Staged {
  const fast = operand.runsAlong === 'k' ? depth : length;
  const along = (e: string): { outer: string; k: string } =>
    operand.runsAlong === 'k'
      ? { outer: `(${e}) / ${depth}u`, k: `(${e}) % ${depth}u` }
      : { outer: `(${e}) % ${length}u`, k: `(${e}) / ${length}u` };
  // What runs fastest is the same in every turn where the invocations are a multiple of it.
  const same = threads % fast === 0 ? operand.runsAlong : null;
  const turns = Math.ceil((length * depth) / threads);
  const before: string[] = [];
  /** Names of the row (column), of what depends on it alone, and of the term, for the fill of number `e`. */
  const placed = (e: string, suffix: string, lines: string[]): { o: string; d: string; names: readonly string[] } => {
    const own = along(e);
    const [o, d] = [
      same === 'outer' ? `${name}o` : `${name}o${suffix}`,
      same === 'k' ? `${name}d` : `${name}d${suffix}`,
    ];
    if (same !== 'outer') lines.push(`let ${o} = ${own.outer};`);
    if (same !== 'k') lines.push(`let ${d} = ${own.k};`);
    const w = new Writer(inBuffer, `${name}p${suffix}x`);
    const outer = same === 'outer' ? sharedNames : operand.outer(w, `(${begin} + ${o})`);
    const names = operand.fixed?.(w, outer, d) ?? outer;
    lines.push(...w.lines);
    return { o, d, names };
  };
  let sharedNames: readonly string[] = [];
  if (same === 'outer') {
    const w = new Writer(inBuffer, `${name}p_`);
    sharedNames = operand.outer(w, `(${begin} + ${name}o)`);
    before.push(`let ${name}o = ${along('t').outer};`, ...w.lines);
  } else if (same === 'k') before.push(`let ${name}d = ${along('t').k};`);

  const read = ({ o, d, names }: ReturnType<typeof placed>, suffix: string, lines: string[]): string => {
    const w = new Writer(inBuffer, `${name}q${suffix}_`);
    const inside = [
      ragged ? `k0 + ${d} < kEnd` : 'k0 < kEnd',
      ...(limit % length === 0 ? [] : [`${begin} + ${o} < ${limit}u`]),
    ].join(' && ');
    const value = w.when(inside, () => operand.load(w, names, 'k0', d));
    for (const [buffer, places] of w.loads) loads.set(buffer, places);
    lines.push(...w.lines);
    return value;
  };
  const place = (e: string, { o, d }: { o: string; d: string }, value: string): string => {
    const line = put(d, o, value);
    return turns * threads === length * depth ? line : `if (${e} < ${length * depth}u) { ${line} }`;
  };
  if (turns > ahead) {
    const lines: string[] = [];
    const at = placed('e', '', lines);
    const value = read(at, '', lines);
    const head = `for (var e = t; e < ${turns * threads}u; e += ${threads}u) {`;
    return { before: before.join('\n'), load: '', store: [head, ...lines, place('e', at, value), '}'].join('\n') };
  }
  const [load, store]: [string[], string[]] = [[], []];
  for (let i = 0; i < turns; i++) {
    const e = `t + ${i * threads}u`;
    // Rows do not change from tile to tile.
    const at = placed(e, String(i), before);
    store.push(place(e, at, read(at, String(i), load)));
  }
  return { before: before.join('\n'), load: load.join('\n'), store: store.join('\n') };
}
