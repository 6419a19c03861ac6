/** The kernel of element-wise work: one invocation an element, any number of results of one size. */
import { sizeOf } from '../../../models/graph/tensor.ts';
import type { Source } from './product.ts';
import { output } from './storing.ts';
import type { Value } from './value.ts';
import { Writer } from './writer.ts';

export const INVOCATIONS = 256;
/** WebGPU promises 65,535 workgroups an axis. */
const ROW = 32768;

/** Workgroups in rows, where there are more than fit on one axis; kernels count them as `GROUP`. */
export const spread = (groups: number): [number, number, number] => [Math.min(groups, ROW), Math.ceil(groups / ROW), 1];
export const GROUP = `group.y * ${ROW}u + group.x`;

export function elementwiseSource(results: readonly Value[], inBuffer: (value: Value) => boolean): Source {
  const own = new Set(results);
  const w = new Writer((value) => !own.has(value) && inBuffer(value));
  const size = sizeOf(results[0]!.shape);
  const lines = results.map((value) => {
    const name = w.value(value, { flat: size === 1 ? '0u' : 'i' });
    w.give(value, size === 1 ? '0u' : 'i', name);
    w.lines.push(`${output(value)}[i] = ${name};`);
    return value;
  });
  const code = `
@compute @workgroup_size(${size === 1 ? 1 : INVOCATIONS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let i = (${GROUP}) * ${INVOCATIONS}u + t;
  if (i >= ${size}u) { return; }
  ${w.lines.join('\n  ')}
}`;
  return { code, reads: [...w.loads.keys()], writes: lines, groups: spread(Math.ceil(size / INVOCATIONS)) };
}

/** The values that are read in buffers, and whether each is read at the place of the result alone. */
export function readsOf(
  results: readonly Value[],
  inBuffer: (value: Value) => boolean,
): Map<Value, { inPlace: boolean }> {
  const own = new Set(results);
  const w = new Writer((value) => !own.has(value) && inBuffer(value));
  const place = sizeOf(results[0]!.shape) === 1 ? '0u' : 'i';
  for (const value of results) w.give(value, place, w.value(value, { flat: place }));
  return new Map([...w.loads].map(([value, places]) => [value, { inPlace: [...places].every((at) => at === place) }]));
}
