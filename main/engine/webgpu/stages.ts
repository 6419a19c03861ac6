/**
 * What a step must have made before each player's update, and where it goes. An update overwrites the weights in place, so
 * what is made of the old ones must lie in a buffer by then.
 */
import { sizeOf } from '../../../models/graph/tensor.ts';
import type { Values } from './lower.ts';
import { orderRoots, type Place, type PlannedStep } from './plan.ts';
import { readsThrough } from './roots.ts';
import { isA, isLeafValue, unshapedValue, type Value } from './value.ts';

export class Stages {
  /** What must be there at the end of each stage; after all but perhaps the last, a player is updated. */
  readonly outputs: Value[][];
  /** Where what outlives the step lies. */
  readonly places = new Map<Value, Place>();
  /** Values that need a buffer whatever it costs. */
  readonly kept = new Set<Value>();
  /** The update that overwrites a weight. */
  readonly #overwritten = new Map<string, number>();
  readonly #stageOf = new Map<Value, number>();
  readonly #done = new Set<Value>();

  constructor({ updates, results }: PlannedStep, values: Values) {
    updates.forEach(({ parameters }, i) =>
      parameters.forEach(({ parameter: { name } }) => this.#overwritten.set(name, i)),
    );
    const reported = Object.entries(results).map(([name, tensor]) => ({ name, value: values.ofResult(tensor) }));
    const gradients = updates.map(({ parameters }) =>
      parameters.map(({ parameter, gradient }) => ({ name: parameter.name, value: values.ofGradient(gradient) })),
    );
    const read = new Set(
      allOf([...gradients.flat(), ...reported].map(({ value }) => unshapedValue(value))).flatMap(
        ({ inputs }) => inputs,
      ),
    );
    /** A place takes one value that nothing else reads: what is read too, or goes to two places, is copied there. */
    const placed = ({ name, value }: { name: string; value: Value }, kind: 'gradient' | 'result'): Value => {
      const own = unshapedValue(value);
      const copied = isLeafValue(own) || this.places.has(own) || (kind === 'gradient' && read.has(own));
      const output = copied ? values.make('Offset', [own], { by: 0 }, own.shape, `${kind} ${name}`) : own;
      this.places.set(output, { kind, name, floats: sizeOf(output.shape) });
      this.kept.add(output);
      return output;
    };
    const results_ = reported.map((each) => placed(each, 'result'));
    const gradients_ = gradients.map((each) => each.map((one) => placed(one, 'gradient')));
    const count = Math.max(gradients_.length, ...results_.map((value) => this.#stage(value) + 1));
    this.outputs = Array.from({ length: count }, (_, stage) => [
      ...(gradients_[stage] ?? []),
      ...results_.filter((value) => this.#stage(value) === stage),
    ]);
  }

  /** The first stage in which everything that a value needs is there. */
  #stage(value: Value): number {
    for (const each of allOf([value])) {
      if (this.#stageOf.has(each)) continue;
      const own = isA(each, 'Parameter') && each.attributes.version === 1 ? this.#overwritten.get(each.name)! + 1 : 0;
      this.#stageOf.set(
        each,
        each.inputs.reduce((latest, input) => Math.max(latest, this.#stageOf.get(input)!), own),
      );
    }
    return this.#stageOf.get(value)!;
  }

  /** Chooses what gets a buffer, and adds what is made of weights that are overwritten before it is used. */
  settle(choose: (order: readonly Value[], kept: ReadonlySet<Value>) => Set<Value>): Set<Value> {
    for (;;) {
      const roots = choose(allOf(this.outputs.flat()), this.kept);
      const late = this.#late(roots);
      if (late.size === 0) return roots;
      for (const [value, stage] of late) {
        if (this.#stage(value) > stage) throw new Error(`the step reads a weight as it was before its update`);
        this.outputs[stage]!.push(value);
        this.kept.add(value);
      }
    }
  }

  /** Values that a stage would make of a weight that is no longer there, with the stage that must make them. */
  #late(roots: ReadonlySet<Value>): Map<Value, number> {
    const done = new Set<Value>();
    const late = new Map<Value, number>();
    this.outputs.forEach((outputs, stage) => {
      for (const root of orderRoots(outputs, roots, done))
        for (const read of readsThrough(root, roots)) {
          if (!isA(read, 'Parameter') || read.attributes.version === 1) continue;
          const overwritten = this.#overwritten.get(read.name) ?? Infinity;
          if (overwritten >= stage) continue;
          for (const value of allOf([root]))
            if (value.inputs.includes(read) && this.#stage(value) <= overwritten) late.set(value, overwritten);
        }
    });
    return late;
  }

  newRoots(outputs: readonly Value[], roots: ReadonlySet<Value>): Value[] {
    return orderRoots(outputs, roots, this.#done);
  }
}

/** All values that `outputs` need, each after its inputs. */
export function allOf(outputs: readonly Value[]): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const stack: { value: Value; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output)) continue;
    seen.add(output);
    stack.push({ value: output, next: 0 });
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const child = top.value.inputs[top.next++];
      if (!child) {
        order.push(top.value);
        stack.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        stack.push({ value: child, next: 0 });
      }
    }
  }
  return order;
}
