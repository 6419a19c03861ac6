/**
 * Which values get a buffer, and which are written out again by whoever needs them. Recomputing a normalised activation
 * from its input costs a few operations; keeping it costs a dispatch and memory. What sums many elements always lies in
 * a buffer.
 */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { expressions } from './expressions.ts';
import { isA, isContraction, isLeafValue, isReduction, type Value } from './value.ts';

/** Buffers that a kernel may read: WebGPU promises 8, results included. */
export const MOST_READS = 7;

/** What it costs to write a value out at one place. */
interface Cost {
  reads: ReadonlySet<Value>;
  work: number;
}
/** Cheap enough to be done again for each tap of a convolution, or by several kernels. */
const CHEAP: { contraction: [reads: number, work: number]; several: [reads: number, work: number] } = {
  contraction: [2, 8],
  several: [3, 12],
};

/** @param order all values, each after its inputs; @param kept those that need a buffer whatever it costs */
export function chooseRoots(order: readonly Value[], kept: ReadonlySet<Value>): Set<Value> {
  const users = usersOf(order);
  const roots = new Set<Value>();
  const costs = new Map<Value, Cost>();
  for (const value of order) {
    if (isLeafValue(value)) roots.add(value);
    else if (isContraction(value) || isReduction(value)) {
      fit(value, MOST_READS, roots, costs);
      roots.add(value);
    } else {
      fit(value, MOST_READS, roots, costs);
      if (
        isA(value, 'PlaceOf', 'Pack') ||
        kept.has(value) ||
        !inlined(value, users.get(value) ?? [], costs.get(value)!)
      )
        roots.add(value);
    }
  }
  return roots;
}

const costAsInput = (input: Value, roots: ReadonlySet<Value>, costs: ReadonlyMap<Value, Cost>): Cost =>
  roots.has(input) ? { reads: new Set([input]), work: 0 } : costs.get(input)!;

/** Works out a value's cost; where it reads too many buffers, its costliest inputs get one of their own. */
function fit(value: Value, most: number, roots: Set<Value>, costs: Map<Value, Cost>): void {
  if (roots.has(value)) return;
  for (;;) {
    const inputs = value.inputs.map((input) => costAsInput(input, roots, costs));
    const reads = new Set(inputs.flatMap((input) => [...input.reads]));
    const work = inputs.reduce((total, input) => total + input.work, expressions.workOf(value));
    costs.set(value, { reads, work });
    if (reads.size <= most) return;
    const [widest] = value.inputs
      .filter((input) => !roots.has(input))
      .sort((a, b) => costs.get(b)!.reads.size - costs.get(a)!.reads.size);
    if (!widest) throw new Error(`${value.operator} reads ${reads.size} buffers at once`);
    roots.add(widest);
  }
}

function inlined(value: Value, users: readonly Value[], cost: Cost): boolean {
  const size = sizeOf(value.shape);
  // Numbers of a channel or a picture are small and stay in caches.
  const large = [...cost.reads].filter((read) => sizeOf(read.shape) * 16 > size).length;
  const within = ([reads, work]: [number, number]): boolean => large <= reads && cost.work <= work;
  if (users.some(isContraction)) return within(CHEAP.contraction);
  const repeated = users.some((user) => sizeOf(user.shape) > size && !isReduction(user));
  return (users.length <= 1 && !repeated) || within(CHEAP.several);
}

/** Who reads each value; those who only see it in another shape are looked through. */
function usersOf(order: readonly Value[]): Map<Value, Value[]> {
  const users = new Map<Value, Value[]>();
  for (const value of [...order].reverse())
    for (const input of new Set(value.inputs)) {
      const own = users.get(input) ?? [];
      own.push(...(value.operator === 'Reshape' ? (users.get(value) ?? []) : [value]));
      users.set(input, own);
    }
  return users;
}

/** The buffers that a value is made of: what its kernel, or whoever writes it out, must wait for. */
export function readsThrough(value: Value, roots: ReadonlySet<Value>): Set<Value> {
  const found = new Set<Value>();
  const seen = new Set<Value>();
  const stack = [...value.inputs];
  for (let each = stack.pop(); each; each = stack.pop()) {
    if (seen.has(each)) continue;
    seen.add(each);
    if (roots.has(each)) found.add(each);
    else stack.push(...each.inputs);
  }
  return found;
}
