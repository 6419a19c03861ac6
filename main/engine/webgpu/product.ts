/**
 * The kernel of all contractions: a matrix product of tiles in workgroup memory. What is multiplied is read where it lies, by
 * the geometry of the contraction, so a convolution makes no columns; the result may pass through element-wise work before
 * it is written. How tiles are filled and multiplied is the unit's business: scalars from the values themselves
 * (`scalar-product.ts`, `geometry.ts`), or the card's matrices from packed copies (`matrix-product.ts`, `packed-geometry.ts`).
 */
import type { Shape } from '../../../models/graph/tensor.ts';
import { matrixProduct } from './matrix-product.ts';
import { paddedChannels, unpackedValue } from './packing.ts';
import { productSize } from './product-size.ts';
import { scalarProduct } from './scalar-product.ts';
import { storing, wholeShape, type Epilogue } from './storing.ts';
import type { ProductSize } from './tiling.ts';
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
  product: Contraction;
  /** The shape of the result, without the parts that its sum is cut in. */
  shape: Shape;
  /** Rows, columns and terms that there are. */
  size: ProductSize;
  /** Lines that store `sum` at row `m` and column `n`, which must be in the matrix. */
  store: string;
  inBuffer: (value: Value) => boolean;
  /** Takes what is read, and where. */
  loads: Map<Value, Set<string>>;
}

/** A unit's part of the text: what stands before `main`, and from `kBegin` and `kEnd` to the stored sums. */
export interface UnitText {
  enables?: readonly string[];
  /** Further parameters of `main`. */
  builtins?: string;
  threads: number;
  head: string;
  /** Lines that work out what depends on the phase alone. */
  phase: string;
  body: string;
}

export function productSource(product: Contraction, epilogue: Epilogue, inBuffer: (value: Value) => boolean): Source {
  const { tiling } = product.attributes;
  const { rows, columns, depth, parts } = tiling;
  const shape = wholeShape(product);
  const unit = tiling.matrix === null ? scalarProduct : matrixProduct;
  const size = productSize(
    product.operator,
    product.inputs.map(unpackedValue),
    product.attributes,
    shape,
    tiling.matrix === null ? undefined : paddedChannels,
  );
  const { m, n, k, phases } = size;
  const loads = new Map<Value, Set<string>>();
  const store = storing(product, epilogue, inBuffer, loads);
  const written = unit({ product, shape, size, store, inBuffer, loads });
  const { enables, builtins = '', threads, head, phase, body } = written;
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
  ${phase}
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
