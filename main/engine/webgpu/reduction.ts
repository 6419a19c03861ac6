/**
 * The kernel of sums over many elements: a workgroup a row, several sums of one domain at once. A deviation needs the
 * mean first, so it goes over its row twice. The order of additions is fixed: the same bits every time.
 */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { GROUP, spread } from './elementwise.ts';
import type { Source } from './product.ts';
import { output } from './storing.ts';
import { isA, type Reduction, type Value } from './value.ts';
import { literal, Writer, type Index } from './writer.ts';

const MOST_INVOCATIONS = 256;

/** Reductions with the same domain can share a kernel. */
export interface Domain {
  axes: readonly number[];
  rows: number;
  /** In how many runs each row is cut, each a workgroup's. */
  chunks: number;
  length: number;
  invocations: number;
}

export function domainOf(value: Reduction): Domain {
  const { shape } = value.inputs[0]!;
  const axes = isA(value, 'InverseDeviation')
    ? value.attributes.over === 'instance'
      ? [2, 3]
      : [0, 2, 3]
    : (value as Value<'ReduceSum' | 'ReduceMean' | 'PartialSum'>).attributes.axes;
  const length = axes.reduce((product, axis) => product * shape[axis]!, 1);
  const chunks = isA(value, 'PartialSum') ? value.attributes.chunks : 1;
  const longest = Math.ceil(length / chunks);
  const invocations = Math.min(MOST_INVOCATIONS, Math.max(32, 2 ** Math.ceil(Math.log2(longest))));
  return { axes, rows: sizeOf(shape) / length, chunks, length, invocations };
}

export const domainKey = (value: Reduction): string =>
  `${value.inputs[0]!.shape.join()}|${JSON.stringify(domainOf(value))}`;

/** @param stored values that are made on the way, each at the place of the element that is summed */
export function reductionSource(
  values: readonly Reduction[],
  stored: readonly Value[],
  inBuffer: (value: Value) => boolean,
): Source {
  const domain = domainOf(values[0]!);
  const { rows, chunks, length, invocations } = domain;
  const summed = [...new Set(values.map(({ inputs }) => inputs[0]!))];
  const deviations = values.filter((value) => isA(value, 'InverseDeviation'));
  const centred = [...new Set(deviations.map(({ inputs }) => inputs[0]!))];
  const loads = new Map<Value, Set<string>>();
  const run = Math.ceil(length / chunks);

  const over = (prefix: string, inputs: readonly Value[], term: (value: string, i: number) => string): string => {
    const unrolled = run % (4 * invocations) === 0 && length % run === 0 ? 4 : 1;
    const bodies = Array.from({ length: unrolled }, (_, turn) => {
      const w = new Writer((value) => !stored.includes(value) && inBuffer(value), `${prefix}${turn}_`);
      const place = turn === 0 ? 'l' : w.let(`l + ${turn * invocations}u`);
      const at = elementAt(w, inputs[0]!, domain, place);
      const flat = w.flat(at, inputs[0]!.shape);
      for (const value of stored) {
        if (prefix === 'r') w.lines.push(`${output(value)}[${flat}] = ${w.value(value, { flat })};`);
        else w.give(value, flat, w.let(`${output(value)}[${flat}]`));
      }
      const terms = inputs.map((input, i) => term(w.value(input, at), i));
      for (const [value, places] of w.loads) loads.set(value, places);
      return [...w.lines, ...terms].join('\n');
    });
    return `for (var l = first + t; l < last; l += ${unrolled * invocations}u) {\n${bodies.join('\n')}\n}`;
  };
  const gather = (names: readonly string[]): string => `
  ${names.map((name, i) => `sums[${i * invocations}u + t] = ${name};`).join(' ')}
  workgroupBarrier();
  for (var half = ${invocations / 2}u; half > 0u; half /= 2u) {
    if (t < half) { ${names.map((_, i) => `sums[${i * invocations}u + t] += sums[${i * invocations}u + t + half];`).join(' ')} }
    workgroupBarrier();
  }`;
  const first = summed.map((_, i) => `s${i}`);
  const second = centred.map((_, i) => `q${i}`);
  const totals = summed.map((_, i) => `let total${i} = sums[${i * invocations}u];`).join(' ');
  const squares =
    centred.length === 0
      ? ''
      : `
  workgroupBarrier();
  ${centred.map((input, i) => `let mean${i} = total${summed.indexOf(input)} / ${literal(length)}; var q${i} = 0.0;`).join('\n')}
  ${over('d', centred, (value, i) => `{ let c = ${value} - mean${i}; q${i} += c * c; }`)}
  ${gather(second)}`;
  const stores = values.map((value) => {
    const total = `total${summed.indexOf(value.inputs[0]!)}`;
    if (isA(value, 'ReduceMean')) return `${output(value)}[row] = ${total} / ${literal(length)};`;
    if (!isA(value, 'InverseDeviation')) return `${output(value)}[row] = ${total};`;
    const square = `sums[${centred.indexOf(value.inputs[0]!) * invocations}u]`;
    return `${output(value)}[row] = 1.0 / sqrt(${square} / ${literal(length)} + ${literal(value.attributes.epsilon)});`;
  });
  const code = `
var<workgroup> sums: array<f32, ${invocations * Math.max(summed.length, centred.length)}>;
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let row = ${GROUP};
  if (row >= ${rows * chunks}u) { return; }
  let whole = row / ${chunks}u;
  let first = row % ${chunks}u * ${run}u;
  let last = min(first + ${run}u, ${length}u);
  ${first.map((name) => `var ${name} = 0.0;`).join(' ')}
  ${over('r', summed, (value, i) => `s${i} += ${value};`)}
  ${gather(first)}
  ${totals}
  ${squares}
  if (t == 0u) {
    ${stores.join('\n    ')}
  }
}`;
  return { code, reads: [...loads.keys()], writes: [...values, ...stored], groups: spread(rows * chunks) };
}

/** Whether a reduction reads a value at the place of each element alone, so that it could make it on the way. */
export function readsInPlace(
  values: readonly Reduction[],
  wanted: Value,
  inBuffer: (value: Value) => boolean,
): boolean {
  const domain = domainOf(values[0]!);
  return values.every(({ inputs: [input] }) => {
    const w = new Writer(inBuffer);
    const at = { flat: w.flat(elementAt(w, input!, domain, 'l'), input!.shape) };
    w.value(input!, at);
    const places = w.loads.get(wanted);
    return !places || (places.size === 1 && places.has(at.flat) && sizeOf(wanted.shape) === sizeOf(input!.shape));
  });
}

/** The place of the `l`-th element of row `whole`. */
function elementAt(w: Writer, input: Value, { axes, length }: Domain, l: string): Index {
  const { shape } = input;
  const trailing = shape.every((size, i) => size === 1 || axes.includes(i) || i < Math.min(...axes));
  if (trailing) return { flat: w.let(`whole * ${length}u + ${l}`) };
  const part = (at: string, mine: (axis: number) => boolean): Map<number, string> => {
    const own = shape.flatMap((size, axis) => (mine(axis) && size !== 1 ? [axis] : []));
    let stride = own.reduce((product, axis) => product * shape[axis]!, 1);
    return new Map(
      own.map((axis) => {
        stride /= shape[axis]!;
        return [axis, w.let(`(${at} / ${stride}u) % ${shape[axis]}u`)];
      }),
    );
  };
  const [kept, reduced] = [part('whole', (axis) => !axes.includes(axis)), part(l, (axis) => axes.includes(axis))];
  return { coords: shape.map((_, axis) => kept.get(axis) ?? reduced.get(axis) ?? '0u') };
}
