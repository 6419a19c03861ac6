/**
 * Tiles multiplied by the card's matrix units: operands in half precision, sums in single. A tile waits in workgroup memory
 * while the next is loaded; each subgroup keeps its block of the result in matrices of 16 x 16.
 */
import { packedGeometryOf } from './packed-geometry.ts';
import { stagedPacked } from './packed-staging.ts';
import type { Packed } from './packing.ts';
import type { ProductParts, UnitText } from './product.ts';
import { SIDE, type MatrixUnit } from './tiling.ts';
import { literal } from './writer.ts';

/** So that the rows of a tile begin in different banks; matrices must begin at multiples of eight. */
const PADDING = 8;

/** A matrix in a tile: its first element, and whether columns, not rows, lie `stride` apart. */
interface Taken {
  at: string;
  turned: boolean;
  stride: number;
}

/** How matrices are written. */
interface UnitWriter {
  enables: readonly string[];
  /** Further parameters of `main`, and lines that name the `subgroup` and its invocation, the `lane`. */
  builtins: string;
  whoami: string;
  element: string;
  /** The elements of a word: two numbers in half precision. */
  unpacked: (word: string) => string;
  /** A variable of zeros. */
  sums: (name: string) => string;
  /** What is said of a matrix before it is used any number of times. */
  left: (name: string, from: Taken) => string;
  right: (name: string, from: Taken) => string;
  /** sums += left x right */
  multiply: (sums: string, left: [name: string, from: Taken], right: [name: string, from: Taken]) => string;
  /** Writes sums row by row into `results`. */
  give: (sums: string, at: string) => string;
}

const order = (turned: boolean): string => (turned ? 'col_major' : 'row_major');

const onCard: UnitWriter = {
  enables: ['f16', 'subgroups', 'chromium_experimental_subgroup_matrix'],
  builtins: ', @builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32',
  whoami: '',
  element: 'f16',
  unpacked: (word) => `bitcast<vec2<f16>>(${word})`,
  sums: (name) => `var ${name}: subgroup_matrix_result<f32, ${SIDE}, ${SIDE}>;`,
  left: (name, { at, turned, stride }) =>
    `let ${name} = subgroupMatrixLoad<subgroup_matrix_left<f16, ${SIDE}, ${SIDE}>, ${order(turned)}>(&ta, ${at}, ${stride}u);`,
  right: (name, { at, turned, stride }) =>
    `let ${name} = subgroupMatrixLoad<subgroup_matrix_right<f16, ${SIDE}, ${SIDE}>, ${order(turned)}>(&tb, ${at}, ${stride}u);`,
  multiply: (sums, [left], [right]) => `${sums} = subgroupMatrixMultiplyAccumulate(${left}, ${right}, ${sums});`,
  give: (sums, at) => `subgroupMatrixStore<row_major>(&results, ${at}, ${sums}, ${SIDE}u);`,
};

/** The same without matrix units: what the index arithmetic and half precision come to, on any device. Slow. */
const emulated = (lanes: number): UnitWriter => {
  const each = (body: string): string => `
    for (var i = 0u; i < ${SIDE ** 2 / lanes}u; i++) {
      let e = lane + i * ${lanes}u;
      let row = e / ${SIDE}u;
      let column = e % ${SIDE}u;
      ${body}
    }`;
  const element = (tile: string, { turned, stride }: Taken, name: string, row: string, column: string): string =>
    turned
      ? `${tile}[${name} + ${column} * ${stride}u + ${row}]`
      : `${tile}[${name} + ${row} * ${stride}u + ${column}]`;
  return {
    enables: [],
    builtins: '',
    whoami: `let subgroup = t / ${lanes}u; let lane = t % ${lanes}u;`,
    element: 'f32',
    unpacked: (word) => `unpack2x16float(${word})`,
    sums: (name) => `var ${name}: array<f32, ${SIDE ** 2 / lanes}>;`,
    left: (name, { at }) => `let ${name} = ${at};`,
    right: (name, { at }) => `let ${name} = ${at};`,
    multiply: (sums, [left, a], [right, b]) =>
      each(`
      for (var k = 0u; k < ${SIDE}u; k++) {
        ${sums}[i] += ${element('ta', a, left, 'row', 'k')} * ${element('tb', b, right, 'k', 'column')};
      }`),
    give: (sums, at) => each(`results[${at} + e] = ${sums}[i];`),
  };
};

const WRITERS: Readonly<Record<MatrixUnit, (lanes: number) => UnitWriter>> = { card: () => onCard, emulated };

export function matrixProduct({ product, shape, size: { m, n, k }, store, loads }: ProductParts): UnitText {
  const { tiling } = product.attributes;
  const { rows, columns, depth } = tiling;
  const { unit, lanes, down, across } = tiling.matrix!;
  const { phase, ...sides } = packedGeometryOf(product, shape);
  const writer = WRITERS[unit](lanes);
  const threads = down * across * lanes;
  // Neighbours in memory stay neighbours in a tile.
  const tile = (side: 'a' | 'b', length: number, begin: string) => {
    const operand = sides[side];
    const along = operand.runsAlong === 'k';
    const stride = (along ? depth : length) + PADDING;
    const size = (along ? length : depth) * stride;
    const put = (d: string, o: string, chunk: string): string => {
      const place = along ? `${o} * ${stride}u + ${d}` : `${d} * ${stride}u + ${o}`;
      const pairs = ['x', 'y', 'z', 'w'].map((word, i) => {
        const pair = `${chunk}${word}`;
        const at = (j: number): string => `t${side}[${chunk}at + ${2 * i + j}u]`;
        return `let ${pair} = ${writer.unpacked(`${chunk}.${word}`)}; ${at(0)} = ${pair}.x; ${at(1)} = ${pair}.y;`;
      });
      return `{ let ${chunk}at = filling * ${size}u + ${place}; ${pairs.join(' ')} }`;
    };
    const matrix = (first: string, from: number): Taken => ({
      at: `filled * ${size}u + ${along ? `(${first}) * ${stride}u + ${from}u` : `${from * stride}u + ${first}`}`,
      turned: along === (side === 'b'),
      stride,
    });
    // Zeros on one side are enough.
    const ragged = side === 'a' && k % depth !== 0 ? k : null;
    const filled = stagedPacked(side, operand, { length, depth, threads, begin, ragged, put }, loads);
    return { ...filled, size, matrix };
  };
  const [a, b] = [tile('a', rows, 'm0'), tile('b', columns, 'n0')];
  const [blockRows, blockColumns] = [rows / down / SIDE, columns / across / SIDE];
  const count = (length: number): number[] => Array.from({ length }, (_, i) => i);
  const blocks = count(blockRows).flatMap((i) => count(blockColumns).map((j) => ({ i, j, name: `sums${i}x${j}` })));
  const multiply = count(depth / SIDE).flatMap((slice) => {
    const lefts = count(blockRows).map((i) => a.matrix(`my + ${i * SIDE}u`, slice * SIDE));
    const rights = count(blockColumns).map((j) => b.matrix(`nx + ${j * SIDE}u`, slice * SIDE));
    const [left, right] = [(i: number) => `left${slice}x${i}`, (j: number) => `right${slice}x${j}`];
    return [
      ...lefts.map((matrix, i) => writer.left(left(i), matrix)),
      ...rights.map((matrix, j) => writer.right(right(j), matrix)),
      ...blocks.map(({ i, j, name }) => writer.multiply(name, [left(i), lefts[i]!], [right(j), rights[j]!])),
    ];
  });
  const scale = (product.inputs as readonly Packed[]).reduce((all, { attributes }) => all * attributes.scale, 1);
  const sum = scale === 1 ? 'results[area + e]' : `results[area + e] * ${literal(1 / scale)}`;
  const stored = blocks.map(
    ({ i, j, name }) => `
  workgroupBarrier();
  ${writer.give(name, 'area')}
  workgroupBarrier();
  for (var e = lane; e < ${SIDE ** 2}u; e += ${lanes}u) {
    let m = m0 + my + ${i * SIDE}u + e / ${SIDE}u;
    let n = n0 + nx + ${j * SIDE}u + e % ${SIDE}u;
    if (m < ${m}u && n < ${n}u) {
      let sum = ${sum};
      ${store}
    }
  }`,
  );
  return {
    enables: writer.enables,
    builtins: writer.builtins,
    threads,
    phase,
    head: `
var<workgroup> ta: array<${writer.element}, ${2 * a.size}>;
var<workgroup> tb: array<${writer.element}, ${2 * b.size}>;
var<workgroup> results: array<f32, ${down * across * SIDE ** 2}>;`,
    body: `
  ${writer.whoami}
  let my = (subgroup / ${across}u) * ${rows / down}u;
  let nx = (subgroup % ${across}u) * ${columns / across}u;
  let area = subgroup * ${SIDE ** 2}u;
  ${blocks.map(({ name }) => writer.sums(name)).join('\n  ')}
  ${a.before}
  ${b.before}
  // One turn more than there are tiles: each loads its own and multiplies the one before, which lies in the other half. The
  // first multiplies zeros, and the last loads a tile that nobody takes: a branch around either would keep loads from being
  // under way together.
  for (var i = t; i < ${a.size}u; i += ${threads}u) { ta[${a.size}u + i] = ${writer.element}(0.0); }
  for (var i = t; i < ${b.size}u; i += ${threads}u) { tb[${b.size}u + i] = ${writer.element}(0.0); }
  workgroupBarrier();
  var filling = 0u;
  for (var k0 = kBegin; k0 < kEnd + ${depth}u; k0 += ${depth}u) {
    let filled = 1u - filling;
    let kl = min(k0, ${(Math.ceil(k / depth) - 1) * depth}u);
    ${a.load}
    ${b.load}
    ${multiply.join('\n    ')}
    ${a.store}
    ${b.store}
    workgroupBarrier();
    filling = filled;
  }
${stored.join('\n')}`,
  };
}
