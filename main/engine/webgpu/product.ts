/**
 * The kernel of all contractions: a matrix product of tiles in workgroup memory. What is multiplied is read where it lies, by
 * the geometry of the contraction (`geometry.ts`), so a convolution makes no columns; the result may pass through
 * element-wise work before it is written. How tiles are multiplied is the unit's business: scalars (`scalar-product.ts`) or
 * the card's matrices (`matrix-product.ts`).
 */
import { geometryOf, type Operand } from './geometry.ts';
import { matrixProduct } from './matrix-product.ts';
import { productSize } from './product-size.ts';
import { scalarProduct } from './scalar-product.ts';
import { staged, type Staged } from './staging.ts';
import { storing, wholeShape, type Epilogue } from './storing.ts';
import type { Tiling } from './tiling.ts';
import type { Contraction, Value } from './value.ts';

/** A kernel's text and how it is started; buffers are bound in the order `reads`, then `writes`. */
export interface Source {
  /** Extensions of WGSL that the text needs. */
  enables?: readonly string[];
  code: string;
  reads: Value[];
  writes: Value[];
  groups: [number, number, number];
}

/** What a unit writes its part of a product from. Rows begin at `m0`, columns at `n0`, the sum's terms at `kBegin`. */
export interface ProductParts {
  tiling: Tiling;
  /** Rows and columns that there are. */
  m: number;
  n: number;
  /** Which way neighbours in memory lie. */
  runsAlong: Readonly<Record<'a' | 'b', Operand['runsAlong']>>;
  /** Fills the tile of the left (right) operand; `put` is the statement for a value at a term `d` and a row (column) `o`. */
  stage: (side: 'a' | 'b', threads: number, put: (d: string, o: string, value: string) => string) => Staged;
  /** Lines that store `sum` at row `m` and column `n`, which must be in the matrix. */
  store: string;
}

/** A unit's part of the text: what stands before `main`, and from `kBegin` and `kEnd` to the stored sums. */
export interface UnitText {
  enables?: readonly string[];
  /** Further parameters of `main`. */
  builtins?: string;
  threads: number;
  head: string;
  body: string;
}

export function productSource(product: Contraction, epilogue: Epilogue, inBuffer: (value: Value) => boolean): Source {
  const { tiling } = product.attributes;
  const { rows, columns, depth, parts, ahead } = tiling;
  const shape = wholeShape(product);
  const { m, n, k, phases } = productSize(product.operator, product.inputs, product.attributes, shape);
  const geometry = geometryOf(product, shape);
  const loads = new Map<Value, Set<string>>();
  const unit = tiling.matrix === null ? scalarProduct : matrixProduct;
  const {
    enables,
    builtins = '',
    threads,
    head,
    body,
  } = unit({
    ...{ tiling, m, n },
    runsAlong: { a: geometry.a.runsAlong, b: geometry.b.runsAlong },
    stage: (side, threads, put) => {
      const [length, limit, begin] = side === 'a' ? [rows, m, 'm0'] : [columns, n, 'n0'];
      const staging = { length, depth, threads, ahead, ragged: k % depth !== 0, limit, begin, put };
      return staged(side, geometry[side], staging, inBuffer, loads);
    },
    store: storing(product, epilogue, inBuffer, loads),
  });
  const part = Math.ceil(k / parts / depth) * depth;
  const code = `
${head}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32${builtins}) {
  let n0 = group.x * ${columns}u;
  let m0 = group.y * ${rows}u;
  let split = group.z / ${phases}u;
  let phase = group.z % ${phases}u;
  let kBegin = split * ${part}u;
  let kEnd = min(${k}u, kBegin + ${part}u);
  ${geometry.phase}
  ${body}
}`;
  return {
    ...(enables && { enables }),
    code,
    reads: [...loads.keys()],
    writes: epilogue.length === 0 ? [product] : [...epilogue],
    groups: [Math.ceil(n / columns), Math.ceil(m / rows), phases * parts],
  };
}
