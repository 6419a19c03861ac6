/**
 * The kernel of all contractions: a matrix product through workgroup memory, each invocation with 4 x 4 sums in registers.
 * What is multiplied is read where it lies, by the geometry of the contraction (`geometry.ts`), so a convolution makes no
 * columns; the result may pass through element-wise work before it is written.
 */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { geometryOf, type Operand } from './geometry.ts';
import { productSize } from './product-size.ts';
import type { Contraction, Value } from './value.ts';
import { Writer } from './writer.ts';

/** A kernel's text and how it is started; buffers are bound in the order `reads`, then `writes`. */
export interface Source {
  code: string;
  reads: Value[];
  writes: Value[];
  groups: [number, number, number];
}

/** What the sums of a product become: element-wise results of the same size; empty for the sums themselves. */
export type Epilogue = readonly Value[];

export function productSource(product: Contraction, epilogue: Epilogue, inBuffer: (value: Value) => boolean): Source {
  const { rows, columns, depth, parts, wide, ahead } = product.attributes.tiling;
  const shape = parts === 1 ? product.shape : product.shape.slice(1);
  const size = productSize(product.operator, product.inputs, product.attributes, shape);
  const geometry = geometryOf(product, shape);
  // Wide: two fours of columns an invocation, half a tile apart, so that neighbours read neighbours.
  const across = wide ? columns / 8 : columns / 4;
  const threads = (rows / 4) * across;
  const part = Math.ceil(size.k / parts / depth) * depth;
  const ragged = size.k % depth !== 0;
  const loads = new Map<Value, Set<string>>();
  const a = staged(
    'a',
    geometry.a,
    { length: rows, depth, threads, ahead, ragged, limit: size.m, begin: 'm0' },
    inBuffer,
    loads,
  );
  const b = staged(
    'b',
    geometry.b,
    { length: columns, depth, threads, ahead, ragged, limit: size.n, begin: 'n0' },
    inBuffer,
    loads,
  );
  const four = [0, 1, 2, 3];
  const halves = wide ? ['c', 'd'] : ['c'];
  const multiply = halves.flatMap((half, h) => [
    `let y${half} = tb[k * ${columns / 4 + 1}u + nx / 4u + ${(h * columns) / 8}u];`,
    ...four.map((i) => `${half}${i} = fma(vec4f(x[${i}]), y${half}, ${half}${i});`),
  ]);
  const code = `
var<workgroup> ta: array<vec4f, ${depth * (rows / 4 + 1)}>;
var<workgroup> tb: array<vec4f, ${depth * (columns / 4 + 1)}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let n0 = group.x * ${columns}u;
  let m0 = group.y * ${rows}u;
  let split = group.z / ${size.phases}u;
  let phase = group.z % ${size.phases}u;
  let nx = (t % ${across}u) * 4u;
  let my = (t / ${across}u) * 4u;
  ${halves.flatMap((half) => four.map((i) => `var ${half}${i} = vec4f();`)).join(' ')}
  let kBegin = split * ${part}u;
  let kEnd = min(${size.k}u, kBegin + ${part}u);
  ${geometry.phase}
  ${a.before}
  ${b.before}
  // One turn more than there are tiles: each loads its own tile and multiplies the one before.
  for (var k0 = kBegin; k0 < kEnd + ${depth}u; k0 += ${depth}u) {
    ${a.load}
    ${b.load}
    if (k0 > kBegin) {
      for (var k = 0u; k < ${depth}u; k++) {
        let x = ta[k * ${rows / 4 + 1}u + my / 4u];
        ${multiply.join('\n        ')}
      }
    }
    workgroupBarrier();
    ${a.store}
    ${b.store}
    workgroupBarrier();
  }
${halves.map((half, h) => storeCode(product, epilogue, { half, shift: (h * columns) / 2, inBuffer, loads })).join('\n')}
}`;
  return {
    code,
    reads: [...loads.keys()],
    writes: epilogue.length === 0 ? [product] : [...epilogue],
    groups: [Math.ceil(size.n / columns), Math.ceil(size.m / rows), size.phases * parts],
  };
}

interface Store {
  /** The sums that are written: `c0` to `c3`, or `d0` to `d3`. */
  half: string;
  /** Columns between the first of the invocation and the first of these. */
  shift: number;
  inBuffer: (value: Value) => boolean;
  loads: Map<Value, Set<string>>;
}

function storeCode(product: Contraction, epilogue: Epilogue, { half, shift, inBuffer, loads }: Store): string {
  const { parts } = product.attributes.tiling;
  const shape = parts === 1 ? product.shape : product.shape.slice(1);
  const { m, n } = productSize(product.operator, product.inputs, product.attributes, shape);
  const w = new Writer(inBuffer, 's');
  const at = geometryOf(product, shape).place(w, 'm', 'n');
  const e = new Writer((value) => !epilogue.includes(value) && inBuffer(value), 'e');
  e.give(product, at.flat, 'sum');
  for (const value of epilogue) {
    const result = e.value(value, { flat: at.flat });
    e.give(value, at.flat, result);
    e.lines.push(`${output(value)}[${at.flat}] = ${result};`);
  }
  for (const [value, places] of e.loads) loads.set(value, places);
  const plain = `${output(product)}[${parts === 1 ? at.flat : `${at.flat} + split * ${sizeOf(shape)}u`}] = sum;`;
  const body = epilogue.length === 0 ? plain : e.lines.join('\n');
  return `
  {
    // A copy: what is indexed by a variable may leave the registers.
    var sums = array<vec4f, 4>(${[0, 1, 2, 3].map((i) => `${half}${i}`).join(', ')});
    for (var i = 0u; i < 4u; i++) {
      for (var j = 0u; j < 4u; j++) {
        let m = m0 + my + i;
        let n = n0 + nx + j + ${shift}u;
        if (m < ${m}u && n < ${n}u) {
          let sum = sums[i][j];
          ${w.lines.join('\n')}
          ${at.inside ? `if (${at.inside}) {\n${body}\n}` : body}
        }
      }
    }
  }`;
}

/** The name of a buffer that a kernel writes. */
export const output = ({ id }: Value): string => `o${id}`;

interface Staging {
  length: number;
  depth: number;
  threads: number;
  ahead: number;
  /** Whether the last tile of the sum is not full. */
  ragged: boolean;
  /** Rows (columns) that there are. */
  limit: number;
  /** The first of the tile. */
  begin: string;
}

/** How the invocations fill a tile: what is the same for all that one of them fills is worked out once. */
function staged(
  name: 'a' | 'b',
  operand: Operand,
  { length, depth, threads, ahead, ragged, limit, begin }: Staging,
  inBuffer: (value: Value) => boolean,
  loads: Map<Value, Set<string>>,
): { before: string; load: string; store: string } {
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
  const put = (e: string, { o, d }: { o: string; d: string }, value: string): string => {
    const line = `t${name}[${d} * ${length / 4 + 1}u + ${o} / 4u][${o} % 4u] = ${value};`;
    return turns * threads === length * depth ? line : `if (${e} < ${length * depth}u) { ${line} }`;
  };
  if (turns > ahead) {
    const lines: string[] = [];
    const at = placed('e', '', lines);
    const value = read(at, '', lines);
    const head = `for (var e = t; e < ${turns * threads}u; e += ${threads}u) {`;
    return { before: before.join('\n'), load: '', store: [head, ...lines, put('e', at, value), '}'].join('\n') };
  }
  const [load, store]: [string[], string[]] = [[], []];
  for (let i = 0; i < turns; i++) {
    const e = `t + ${i * threads}u`;
    // Rows do not change from tile to tile.
    const at = placed(e, String(i), before);
    store.push(put(e, at, read(at, String(i), load)));
  }
  return { before: before.join('\n'), load: load.join('\n'), store: store.join('\n') };
}
