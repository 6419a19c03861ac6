/** Tiles multiplied by what every card has: each invocation keeps 4 x 4 sums (wide: two of them) in registers. */
import { geometryOf } from './geometry.ts';
import type { ProductParts, UnitText } from './product.ts';
import { staged } from './staging.ts';

export function scalarProduct({ product, shape, size: { m, n, k }, store, inBuffer, loads }: ProductParts): UnitText {
  const { rows, columns, depth, wide, ahead } = product.attributes.tiling;
  const { phase, ...sides } = geometryOf(product, shape);
  // Wide: two fours of columns an invocation, half a tile apart, so that neighbours read neighbours.
  const across = wide ? columns / 8 : columns / 4;
  const threads = (rows / 4) * across;
  const put = (tile: string, length: number) => (d: string, o: string, value: string) =>
    `${tile}[${d} * ${length / 4 + 1}u + ${o} / 4u][${o} % 4u] = ${value};`;
  const shared = { depth, threads, ahead, terms: k };
  const [a, b] = [
    staged('a', sides.a, { ...shared, length: rows, limit: m, begin: 'm0', put: put('ta', rows) }, inBuffer, loads),
    staged(
      'b',
      sides.b,
      { ...shared, length: columns, limit: n, begin: 'n0', put: put('tb', columns) },
      inBuffer,
      loads,
    ),
  ];
  const four = [0, 1, 2, 3];
  const halves = wide ? ['c', 'd'] : ['c'];
  const multiply = halves.flatMap((half, h) => [
    `let y${half} = tb[k * ${columns / 4 + 1}u + nx / 4u + ${(h * columns) / 8}u];`,
    ...four.map((i) => `${half}${i} = fma(vec4f(x[${i}]), y${half}, ${half}${i});`),
  ]);
  const stored = halves.map(
    (half, h) => `
  {
    // A copy: what is indexed by a variable may leave the registers.
    var sums = array<vec4f, 4>(${four.map((i) => `${half}${i}`).join(', ')});
    for (var i = 0u; i < 4u; i++) {
      for (var j = 0u; j < 4u; j++) {
        let m = m0 + my + i;
        let n = n0 + nx + j + ${(h * columns) / 2}u;
        if (m < ${m}u && n < ${n}u) {
          let sum = sums[i][j];
          ${store}
        }
      }
    }
  }`,
  );
  return {
    threads,
    phase,
    head: `
var<workgroup> ta: array<vec4f, ${depth * (rows / 4 + 1)}>;
var<workgroup> tb: array<vec4f, ${depth * (columns / 4 + 1)}>;`,
    body: `
  let nx = (t % ${across}u) * 4u;
  let my = (t / ${across}u) * 4u;
  ${halves.flatMap((half) => four.map((i) => `var ${half}${i} = vec4f();`)).join(' ')}
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
${stored.join('\n')}`,
  };
}
