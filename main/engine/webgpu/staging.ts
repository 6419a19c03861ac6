/**
 * How the invocations of a workgroup fill a tile of a product's operand: what is the same for all that one of them fills is
 * worked out once, and loads can run ahead of the multiplication.
 */
import type { Operand } from './geometry.ts';
import type { Value } from './value.ts';
import { moved, Writer } from './writer.ts';

export interface Staging {
  /** Rows (columns) of the tile. */
  length: number;
  /** Terms of the sum that it holds. */
  depth: number;
  threads: number;
  /** How many loads of an invocation wait in registers while the tile before is multiplied. */
  ahead: number;
  /** Terms of the sum: where the last tile is not full, what is beyond counts as zero. */
  terms: number;
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
  { length, depth, threads, ahead, terms, limit, begin, put }: Staging,
  inBuffer: (value: Value) => boolean,
  loads: Map<Value, Set<string>>,
): Staged {
  const [fast, slow] = operand.runsAlong === 'k' ? [depth, length] : [length, depth];
  const turns = Math.ceil((length * depth) / threads);
  const whole = turns * threads === fast * slow;
  const looped = turns > ahead;
  // What runs fastest is the same in every turn where the invocations are a multiple of it.
  const steady = threads % fast === 0;
  const before: string[] = [];
  if (steady) before.push(`let ${name}fast = t % ${fast}u;`, `let ${name}slow = t / ${fast}u;`);

  /** What an invocation fills in a turn: the place in the tile, and the names of what does not change from tile to tile. */
  const filled = (turn: number, lines: string[]): { o: string; d: string; names: readonly string[] } => {
    const suffix = looped ? '' : String(turn);
    const e = looped ? 'e' : `(t + ${turn * threads}u)`;
    // Said as the first turn's and a constant, so that what they share is worked out once.
    const counted = steady && !looped;
    const shift = counted ? (turn * threads) / fast : 0;
    const fastAt = steady ? `${name}fast` : `${e} % ${fast}u`;
    const slowAt = counted ? moved(`${name}slow`, shift) : `${e} / ${fast}u`;
    const alongSum = operand.runsAlong === 'k';
    const [o, d] = alongSum ? [slowAt, fastAt] : [fastAt, slowAt];
    const shifted = alongSum && counted;
    const w = new Writer(inBuffer, `${name}p${suffix}x`);
    const outer = operand.outer(w, `(${begin} + ${shifted ? `${name}slow` : o})`, shifted ? shift : 0);
    const names = operand.fixed?.(w, outer, d) ?? outer;
    lines.push(...w.lines);
    return { o, d, names };
  };

  const read = (turn: number, { o, d, names }: ReturnType<typeof filled>, lines: string[]): string => {
    const inside = [
      ...(terms % depth !== 0 ? [`k0 + ${d} < kEnd`] : []),
      ...(limit % length === 0 ? [] : [`${begin} + ${o} < ${limit}u`]),
    ];
    const w = new Writer(inBuffer, `${name}q${looped ? '' : turn}_`, operand.looksOutside || inside.length > 0);
    const value = operand.load(w, names, 'k0', d);
    for (const [buffer, places] of w.loads) loads.set(buffer, places);
    lines.push(...w.lines);
    return inside.length === 0 ? value : `select(0.0, ${value}, ${inside.join(' && ')})`;
  };

  const place = (turn: number, { o, d }: { o: string; d: string }, value: string): string => {
    const line = put(d, o, value);
    return whole ? line : `if (${looped ? 'e' : `t + ${turn * threads}u`} < ${length * depth}u) { ${line} }`;
  };
  if (looped) {
    const lines: string[] = [];
    const at = filled(0, lines);
    const value = read(0, at, lines);
    const store = [
      'if (k0 < kEnd) {',
      `for (var e = t; e < ${turns * threads}u; e += ${threads}u) {`,
      ...lines,
      place(0, at, value),
      '}',
      '}',
    ];
    return { before: before.join('\n'), load: '', store: store.join('\n') };
  }
  const [declared, load, store]: [string[], string[], string[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    const at = filled(turn, before);
    const waiting = `${name}w${turn}`;
    declared.push(`var ${waiting} = 0.0;`);
    load.push(`${waiting} = ${read(turn, at, load)};`);
    store.push(place(turn, at, waiting));
  }
  return {
    before: before.join('\n'),
    load: [...declared, 'if (k0 < kEnd) {', ...load, '}'].join('\n'),
    store: store.join('\n'),
  };
}
