/**
 * Kernels from values: each value with a buffer begins as a kernel of its own; then element-wise work moves into the
 * product that it follows, and equal-sized work that nothing keeps apart shares a kernel.
 */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { elementwiseSource, readsOf } from './elementwise.ts';
import { packSource, type Packed } from './packing.ts';
import { productSource, type Source } from './product.ts';
import { domainKey, domainOf, readsInPlace, reductionSource } from './reduction.ts';
import { MOST_READS, readsThrough } from './roots.ts';
import { isA, isContraction, isReduction, type Contraction, type Reduction, type Value } from './value.ts';

export type Group =
  | { kind: 'product'; product: Contraction; results: Value[] }
  | { kind: 'reduction'; results: Reduction[]; stored: Value[] }
  | { kind: 'pack'; results: [Packed] }
  | { kind: 'elementwise'; results: Value[] };

/** A kernel may bind this many buffers, results included. */
const MOST_BUFFERS = MOST_READS + 1;
/** Unrelated work shares a kernel up to this many elements: above, bandwidth counts and not launches. */
const SMALL = 1 << 15;

export const groupOf = (value: Value): Group =>
  isContraction(value)
    ? { kind: 'product', product: value, results: [value] }
    : isReduction(value)
      ? { kind: 'reduction', results: [value], stored: [] }
      : isA(value, 'Pack')
        ? { kind: 'pack', results: [value] }
        : { kind: 'elementwise', results: [value] };

/** Joins the groups of one stretch of a step, which are in an order that they can run in. */
export function joinGroups(groups: readonly Group[], roots: ReadonlySet<Value>, kept: ReadonlySet<Value>): Group[] {
  return followSums(shareKernels(followProducts(groups, roots, kept), roots), roots);
}

function followProducts(groups: readonly Group[], roots: ReadonlySet<Value>, kept: ReadonlySet<Value>): Group[] {
  const readers = new Map<Value, number>();
  for (const { results } of groups)
    for (const read of results.flatMap((value) => [...readsThrough(value, roots)]))
      readers.set(read, (readers.get(read) ?? 0) + 1);
  const products = new Map(groups.flatMap((group) => (group.kind === 'product' ? [[group.product, group]] : [])));
  const gone = new Set<Group>();
  const joined = groups.map((group): Group => {
    if (group.kind !== 'elementwise') return group;
    const [value] = group.results as [Value];
    const reads = readsOf([value], (each) => roots.has(each));
    for (const [read, { inPlace }] of reads) {
      const product = products.get(read as Contraction);
      const fits =
        product && inPlace && readers.get(read) === 1 && !kept.has(read) && sizeOf(read.shape) === sizeOf(value.shape);
      if (!fits || product.product.attributes.tiling.parts > 1) continue;
      const operands = new Set((read as Contraction).inputs.flatMap((input) => [...throughInput(input, roots)]));
      for (const other of reads.keys()) if (other !== read) operands.add(other);
      if (operands.size > MOST_READS) continue;
      gone.add(product);
      return { kind: 'product', product: read as Contraction, results: [value] };
    }
    return group;
  });
  return joined.filter((group) => !gone.has(group));
}

const throughInput = (input: Value, roots: ReadonlySet<Value>): Set<Value> =>
  roots.has(input) ? new Set([input]) : readsThrough(input, roots);

function shareKernels(groups: readonly Group[], roots: ReadonlySet<Value>): Group[] {
  const joined: Group[] = [];
  /** At which place of `joined` each value is made; what is made earlier has none. */
  const madeAt = new Map<Value, number>();
  for (const group of groups) {
    const at = placeFor(group, joined, madeAt, roots);
    if (at === undefined) joined.push(group);
    else (joined[at]!.results as Value[]).push(...group.results);
    for (const value of group.results) madeAt.set(value, at ?? joined.length - 1);
  }
  return joined;
}

/** The earliest kernel that could do this group's work too. */
function placeFor(
  group: Group,
  joined: readonly Group[],
  madeAt: ReadonlyMap<Value, number>,
  roots: ReadonlySet<Value>,
): number | undefined {
  if (group.kind === 'product' || group.kind === 'pack') return undefined;
  const inBuffer = (value: Value): boolean => roots.has(value);
  const needs = group.results.flatMap((value) => [...readsThrough(value, roots)]);
  const from = needs.reduce((latest, value) => Math.max(latest, madeAt.get(value) ?? -1), 0);
  for (let at = from; at < joined.length; at++) {
    const host = joined[at]!;
    if (host.kind !== group.kind || !sameWork(host, group)) continue;
    const own = needs.filter((value) => (host.results as Value[]).includes(value));
    const results = [...host.results, ...group.results] as Value[];
    if (own.length > 0) {
      if (host.kind === 'reduction') continue;
      // What this kernel itself makes can be used at its own place alone.
      const reads = readsOf(group.results, inBuffer);
      if (!own.every((value) => reads.get(value)?.inPlace)) continue;
    } else if (needs.some((value) => madeAt.get(value) === at)) continue;
    const reads = new Set(results.flatMap((value) => [...readsThrough(value, roots)]));
    for (const value of results) reads.delete(value);
    const shares = needs.some((value) => host.results.some((result) => readsThrough(result, roots).has(value)));
    const large =
      sizeOf(group.results[0]!.shape) > SMALL || (group.kind === 'reduction' && readsMuch(group.results[0]!));
    if (large && !shares) continue;
    if (reads.size + results.length <= MOST_BUFFERS) return at;
  }
  return undefined;
}

const readsMuch = (value: Reduction): boolean => sizeOf(value.inputs[0]!.shape) > SMALL * 4;

function sameWork(a: Group, b: Group): boolean {
  if (a.kind === 'reduction' && b.kind === 'reduction') return domainKey(a.results[0]!) === domainKey(b.results[0]!);
  return sizeOf(a.results[0].shape) === sizeOf(b.results[0].shape);
}

/** Rows up to this long make what they sum: longer ones have too few workgroups for it. */
const SHORT_ROW = 4096;

/** Element-wise work whose results are summed next is done by the sum, which then has them at hand. */
function followSums(groups: readonly Group[], roots: ReadonlySet<Value>): Group[] {
  const inBuffer = (value: Value): boolean => roots.has(value);
  const joined = [...groups];
  for (let at = 0; at < joined.length; at++) {
    const group = joined[at]!;
    if (group.kind !== 'reduction' || domainOf(group.results[0]!).length > SHORT_ROW) continue;
    for (let before = at - 1; before >= 0; before--) {
      const host = joined[before]!;
      const [value] = host.results as [Value];
      if (host.kind !== 'elementwise' || host.results.length > 1) continue;
      const reads = readsOfGroup(group, roots);
      if (!reads.has(value) || !readsInPlace(group.results, value, inBuffer)) continue;
      if (joined.slice(before + 1, at).some((other) => readsOfGroup(other, roots).has(value))) continue;
      for (const read of readsOfGroup(host, roots)) reads.add(read);
      reads.delete(value);
      if (reads.size + group.results.length + group.stored.length + 1 > MOST_BUFFERS) continue;
      group.stored.unshift(value);
      joined.splice(before, 1);
      at--;
    }
  }
  return joined;
}

/** The buffers that a kernel reads. */
function readsOfGroup(group: Group, roots: ReadonlySet<Value>): Set<Value> {
  const made = group.kind === 'reduction' ? [...group.results, ...group.stored] : group.results;
  const reads = new Set(made.flatMap((value) => [...readsThrough(value, roots)]));
  if (group.kind === 'product') for (const read of readsThrough(group.product, roots)) reads.add(read);
  for (const value of made) reads.delete(value);
  return reads;
}

export function sourceOf(group: Group, roots: ReadonlySet<Value>): Source {
  const inBuffer = (value: Value): boolean => roots.has(value);
  switch (group.kind) {
    case 'product': {
      const plain = group.results.length === 1 && group.results[0] === group.product;
      return productSource(group.product, plain ? [] : group.results, inBuffer);
    }
    case 'reduction':
      return reductionSource(group.results, group.stored, inBuffer);
    case 'pack':
      return packSource(group.results[0], inBuffer);
    case 'elementwise':
      return elementwiseSource(group.results, inBuffer);
  }
}

/** How a plan names a kernel. */
export function labelOf(group: Group): string {
  const results = group.results.map(({ operator }) => operator).join('+');
  if (group.kind === 'product') {
    const { rows, columns, parts } = group.product.attributes.tiling;
    const after = group.results[0] === group.product ? '' : ` > ${results}`;
    return `${group.product.operator} ${rows}x${columns}${parts > 1 ? ` /${parts}` : ''}${after}`;
  }
  if (group.kind === 'reduction') {
    const made = group.stored.map(({ operator }) => `${operator} > `).join('');
    return `${made}${results} of ${domainOf(group.results[0]!).length}`;
  }
  return results;
}
