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
  const { rows, columns, depth, parts } = product.attributes.tiling;
  const shape = parts === 1 ? product.shape : product.shape.slice(1);
  const size = productSize(product.operator, product.inputs, product.attributes, shape);
  const geometry = geometryOf(product, shape);
  const threads = (rows / 4) * (columns / 4);
  const part = Math.ceil(size.k / parts / depth) * depth;
  const loads = new Map<Value, Set<string>>();
  const a = stage('a', geometry.a, { length: rows, depth, threads, limit: size.m, begin: 'm0' }, inBuffer, loads);
  const b = stage('b', geometry.b, { length: columns, depth, threads, limit: size.n, begin: 'n0' }, inBuffer, loads);

  const w = new Writer(inBuffer, 's');
  const at = geometry.place(w, 'm', 'n');
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
  const inside = at.inside ? `if (${at.inside}) {\n${body}\n}` : body;
  const code = `
var<workgroup> ta: array<vec4f, ${depth * (rows / 4 + 1)}>;
var<workgroup> tb: array<vec4f, ${depth * (columns / 4 + 1)}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let n0 = group.x * ${columns}u;
  let m0 = group.y * ${rows}u;
  let split = group.z / ${size.phases}u;
  let phase = group.z % ${size.phases}u;
  let nx = (t % ${columns / 4}u) * 4u;
  let my = (t / ${columns / 4}u) * 4u;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  let kEnd = min(${size.k}u, (split + 1u) * ${part}u);
  ${geometry.phase}
  ${a.before}
  ${b.before}
  for (var k0 = split * ${part}u; k0 < kEnd; k0 += ${depth}u) {
    ${a.inside}
    ${b.inside}
    workgroupBarrier();
    for (var k = 0u; k < ${depth}u; k++) {
      let x = ta[k * ${rows / 4 + 1}u + my / 4u];
      let y = tb[k * ${columns / 4 + 1}u + nx / 4u];
      c0 = fma(vec4f(x.x), y, c0);
      c1 = fma(vec4f(x.y), y, c1);
      c2 = fma(vec4f(x.z), y, c2);
      c3 = fma(vec4f(x.w), y, c3);
    }
    workgroupBarrier();
  }
  // A copy: what is indexed by a variable may leave the registers.
  var sums = array<vec4f, 4>(c0, c1, c2, c3);
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let m = m0 + my + i;
      let n = n0 + nx + j;
      if (m < ${size.m}u && n < ${size.n}u) {
        let sum = sums[i][j];
        ${w.lines.join('\n')}
        ${inside}
      }
    }
  }
}`;
  return {
    code,
    reads: [...loads.keys()],
    writes: epilogue.length === 0 ? [product] : [...epilogue],
    groups: [Math.ceil(size.n / columns), Math.ceil(size.m / rows), size.phases * parts],
  };
}

/** The name of a buffer that a kernel writes. */
export const output = ({ id }: Value): string => `o${id}`;

interface Stage {
  length: number;
  depth: number;
  threads: number;
  /** Rows (columns) that there are. */
  limit: number;
  /** The first of the tile. */
  begin: string;
}

/** Fills of a tile that are written out one after another, so that their loads wait beside each other; more are a loop. */
const UNROLLED = 4;

/** How the invocations fill a tile: what is the same for all that one of them fills is worked out once. */
function stage(
  name: 'a' | 'b',
  operand: Operand,
  { length, depth, threads, limit, begin }: Stage,
  inBuffer: (value: Value) => boolean,
  loads: Map<Value, Set<string>>,
): { before: string; inside: string } {
  const fast = operand.runsAlong === 'k' ? depth : length;
  const along = (e: string): { outer: string; k: string } =>
    operand.runsAlong === 'k'
      ? { outer: `${e} / ${depth}u`, k: `${e} % ${depth}u` }
      : { outer: `${e} % ${length}u`, k: `${e} / ${length}u` };
  // What runs fastest is the same in every turn where the invocations are a multiple of it.
  const same = threads % fast === 0 ? operand.runsAlong : null;
  const turns = Math.ceil((length * depth) / threads);
  const unrolled = turns % UNROLLED === 0 ? UNROLLED : 1;
  const before: string[] = [];
  const outerOf = (prefix: string, at: string, lines: string[]): readonly string[] => {
    const w = new Writer(inBuffer, prefix);
    const names = operand.outer(w, `(${begin} + ${at})`);
    lines.push(...w.lines);
    return names;
  };
  const shared = along('t');
  let sharedOuter: readonly string[] = [];
  if (same === 'outer') {
    before.push(`let ${name}o = ${shared.outer};`);
    sharedOuter = outerOf(`${name}p_`, `${name}o`, before);
  } else if (same === 'k') before.push(`let ${name}k = ${shared.k};`);
  const body: string[] = [];
  for (let i = 0; i < unrolled; i++) {
    const lines = [`let e = t + (turn * ${unrolled}u + ${i}u) * ${threads}u;`];
    const own = along('e');
    const outer = same === 'outer' ? `${name}o` : 'o';
    const k = same === 'k' ? `${name}k` : 'd';
    if (same !== 'outer') lines.push(`let o = ${own.outer};`);
    if (same !== 'k') lines.push(`let d = ${own.k};`);
    const names = same === 'outer' ? sharedOuter : outerOf('p', outer, lines);
    const w = new Writer(inBuffer, 'q');
    const value = w.when(`${begin} + ${outer} < ${limit}u && k0 + ${k} < kEnd`, () =>
      operand.load(w, names, w.let(`k0 + ${k}`)),
    );
    for (const [buffer, places] of w.loads) loads.set(buffer, places);
    const put = `t${name}[${k} * ${length / 4 + 1}u + ${outer} / 4u][${outer} % 4u] = ${value};`;
    const whole = turns * threads === length * depth;
    lines.push(...w.lines, whole ? put : `if (e < ${length * depth}u) { ${put} }`);
    body.push(`{\n${lines.join('\n')}\n}`);
  }
  const loop = `for (var turn = 0u; turn < ${turns / unrolled}u; turn++) {`;
  return {
    before: before.join('\n'),
    inside: [turns === unrolled ? '{ const turn = 0u;' : loop, ...body, '}'].join('\n'),
  };
}
