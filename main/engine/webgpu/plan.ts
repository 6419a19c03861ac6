/**
 * The plan of a step: a list of kernels, with the players' updates between them, over buffers that are packed by how long
 * each value is needed. Pure: made, printed and tested without a GPU.
 */
import { topological } from '../../../models/graph/graph.ts';
import { sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import { groupOf, joinGroups, labelOf, sourceOf, type Group } from './groups.ts';
import { Values } from './lower.ts';
import { unpackedValue } from './packing.ts';
import { productSize } from './product-size.ts';
import { chooseRoots, readsThrough } from './roots.ts';
import { Stages } from './stages.ts';
import type { Source } from './product.ts';
import { pack } from './slots.ts';
import { output } from './storing.ts';
import { TUNING, type Tuning } from './tiling.ts';
import { isA, isLeafValue, type Value } from './value.ts';
import { bufferName } from './writer.ts';

/** Where a value lies. */
export type Place =
  | { kind: 'weight' | 'gradient' | 'leaf' | 'result'; name: string; floats: number }
  | { kind: 'slot'; slot: number; floats: number };

export interface Kernel {
  label: string;
  code: string;
  /** In the order in which they are bound: what is read, then what is written. */
  reads: Place[];
  writes: Place[];
  groups: readonly [number, number, number];
  flops: number;
  bytes: number;
}

export type Item = { kind: 'kernel'; kernel: Kernel } | { kind: 'update'; player: string };

export interface Plan {
  items: Item[];
  /** Bytes of each slot of the arena. */
  slots: number[];
  /** What the host gives, by name. */
  leaves: Map<string, Tensor>;
  /** What the step reports, by name. */
  results: Map<string, Tensor>;
}

/** A step as the planner needs it: `models/families/step.ts` fits. */
export interface PlannedStep {
  updates: readonly {
    player: string;
    parameters: readonly { parameter: Tensor; gradient: Tensor; updated: Tensor }[];
  }[];
  results: Readonly<Record<string, Tensor>>;
}

export function planStep(step: PlannedStep, tuning: Tuning = TUNING): Plan {
  const updated = new Map(
    step.updates.flatMap(({ parameters }) => parameters.map(({ parameter, updated }) => [updated, parameter] as const)),
  );
  const values = new Values(updated, tuning);
  const stages = new Stages(step, values);
  const roots = stages.settle((order, kept) => chooseRoots(order, kept));
  const items: ({ group: Group } | { player: string })[] = stages.outputs.flatMap((outputs, stage) => {
    const groups = stages.newRoots(outputs, roots).map(groupOf);
    const player = step.updates[stage]?.player;
    return [
      ...joinGroups(groups, roots, stages.kept).map((group) => ({ group })),
      ...(player === undefined ? [] : [{ player }]),
    ];
  });
  return assemble(items, roots, stages.places, leavesOf(step, updated));
}

function leavesOf(
  { updates, results }: PlannedStep,
  updated: ReadonlyMap<Tensor, Tensor>,
): Pick<Plan, 'leaves' | 'results'> {
  const outputs = [
    ...updates.flatMap(({ parameters }) => parameters.map(({ gradient }) => gradient)),
    ...Object.values(results),
  ];
  const inputs = topological(outputs, updated).filter(({ operator }) => operator.name === 'Input');
  return {
    leaves: new Map(inputs.map((leaf) => [leaf.name, leaf])),
    results: new Map(Object.entries(results)),
  };
}

function assemble(
  items: readonly ({ group: Group } | { player: string })[],
  roots: ReadonlySet<Value>,
  given: ReadonlyMap<Value, Place>,
  names: Pick<Plan, 'leaves' | 'results'>,
): Plan {
  const sources = items.map((item) => ('group' in item ? sourceOf(item.group, roots) : null));
  const lives = new Map<Value, { from: number; to: number }>();
  sources.forEach((source, at) => {
    for (const value of source?.writes ?? []) if (!given.has(value)) lives.set(value, { from: at, to: at });
    for (const value of source?.reads ?? []) {
      const life = lives.get(value);
      if (life) life.to = at;
      else if (!given.has(value) && !isLeafValue(value))
        throw new Error(`the plan reads ${value.operator} #${value.id} before it is made`);
    }
  });
  const forgotten = [...lives.keys()];
  const packing = pack(forgotten.map((value) => ({ size: sizeOf(value.shape) * 4, ...lives.get(value)! })));
  const places = new Map<Value, Place>(given);
  forgotten.forEach((value, i) =>
    places.set(value, { kind: 'slot', slot: packing.slotOf[i]!, floats: sizeOf(value.shape) }),
  );
  const placeOf = (value: Value): Place => {
    const floats = sizeOf(value.shape);
    if (isA(value, 'Parameter')) return { kind: 'weight', name: value.name, floats };
    if (isA(value, 'Input')) return { kind: 'leaf', name: value.name, floats };
    return places.get(value)!;
  };
  return {
    ...names,
    slots: packing.slots,
    items: items.map((item, i): Item => {
      if ('player' in item) return { kind: 'update', player: item.player };
      const source = sources[i]!;
      const { reads, writes, groups } = source;
      const kernel: Kernel = {
        label: labelOf(item.group),
        code: bind(source),
        reads: reads.map(placeOf),
        writes: writes.map(placeOf),
        groups,
        flops: flopsOf(item.group),
        bytes: [...reads, ...writes].reduce((total, { shape }) => total + sizeOf(shape) * 4, 0),
      };
      return { kind: 'kernel', kernel };
    }),
  };
}

/** Buffers in WGSL are counted from 0 in each kernel, so that equal kernels are equal text and compile once. */
function bind({ enables = [], code, reads, writes }: Source): string {
  const names = new Map([
    ...reads.map((value, i) => [bufferName(value), `r${i}`] as const),
    ...writes.map((value, i) => [output(value), `w${i}`] as const),
  ]);
  const declared = [...reads, ...writes].map((value, i) => {
    const [access, name] = i < reads.length ? ['read', `r${i}`] : ['read_write', `w${i - reads.length}`];
    return `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${isA(value, 'Pack') ? 'vec4u' : 'f32'}>;`;
  });
  const enabled = enables.map((extension) => `enable ${extension};`);
  return [...enabled, ...declared, code.replace(/\b[bo]\d+\b/g, (name) => names.get(name) ?? name)].join('\n');
}

function flopsOf(group: Group): number {
  if (group.kind !== 'product') return 0;
  const { operator, inputs, attributes, shape } = group.product;
  const whole = attributes.tiling.parts === 1 ? shape : shape.slice(1);
  const { m, n, k, phases } = productSize(operator, inputs.map(unpackedValue), attributes, whole);
  return 2 * m * n * k * phases;
}

/** Roots that must be there for `outputs`, each after what it reads, without those that are there already. */
export function orderRoots(outputs: readonly Value[], roots: ReadonlySet<Value>, done: Set<Value>): Value[] {
  const order: Value[] = [];
  const visit = (value: Value): void => {
    if (done.has(value) || isLeafValue(value)) return;
    done.add(value);
    for (const read of readsThrough(value, roots)) visit(read);
    order.push(value);
  };
  outputs.forEach(visit);
  return order;
}
