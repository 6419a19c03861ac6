/** What becomes of one sum of a product: written as it is, or passed through the element-wise work that follows. */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { geometryOf } from './geometry.ts';
import { packedGeometryOf } from './packed-geometry.ts';
import type { Contraction, Value } from './value.ts';
import { Writer } from './writer.ts';

/** What the sums of a product become: element-wise results of the same size; empty for the sums themselves. */
export type Epilogue = readonly Value[];

/** The name of a buffer that a kernel writes. */
export const output = ({ id }: Value): string => `o${id}`;

/** The shape of a product's result, without the parts that its sum is cut in. */
export const wholeShape = ({ attributes: { tiling }, shape }: Contraction): readonly number[] =>
  tiling.parts === 1 ? shape : shape.slice(1);

/**
 * Lines that store the sum at row `m` and column `n`, which are in the matrix; `split` counts the parts.
 * @param loads takes what is read, and where
 */
export function storing(
  product: Contraction,
  epilogue: Epilogue,
  inBuffer: (value: Value) => boolean,
  loads: Map<Value, Set<string>>,
): string {
  const shape = wholeShape(product);
  const w = new Writer(inBuffer, 's');
  const { place: placeIn } = product.attributes.tiling.matrix
    ? packedGeometryOf(product, shape)
    : geometryOf(product, shape);
  const at = placeIn(w, 'm', 'n');
  const e = new Writer((value) => !epilogue.includes(value) && inBuffer(value), 'e');
  e.give(product, at.flat, 'sum');
  for (const value of epilogue) {
    const result = e.value(value, { flat: at.flat });
    e.give(value, at.flat, result);
    e.lines.push(`${output(value)}[${at.flat}] = ${result};`);
  }
  for (const [value, places] of e.loads) loads.set(value, places);
  const place = product.attributes.tiling.parts === 1 ? at.flat : `${at.flat} + split * ${sizeOf(shape)}u`;
  const body = epilogue.length === 0 ? `${output(product)}[${place}] = sum;` : e.lines.join('\n');
  return [...w.lines, at.inside ? `if (${at.inside}) {\n${body}\n}` : body].join('\n');
}
