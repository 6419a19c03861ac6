/** A plan on a device: pipelines compiled, buffers bound, ready to be encoded any number of times. */
import { sizeOf } from '../../../models/graph/tensor.ts';
import { aligned, type Gpu, type Part } from './gpu.ts';
import type { Dispatch } from './optimiser.ts';
import type { Place, Plan } from './plan.ts';
import { commonSlots } from './planned-program.ts';

/** What plans share: the values that the host gives and reads, by name, and the arena. */
export class Memory {
  readonly #gpu: Gpu;
  readonly #named = new Map<string, Part>();
  readonly #slots: { buffer: GPUBuffer; bytes: number }[] = [];
  readonly #outgrown: { buffer: GPUBuffer; bytes: number }[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** The value of this name, made of zeros when it is first asked for. */
  named(kind: 'leaf' | 'result', name: string, floats: number): Part {
    const key = `${kind} ${name}`;
    let part = this.#named.get(key);
    if (!part) this.#named.set(key, (part = { buffer: this.#gpu.buffer(floats), at: 0, floats }));
    if (part.floats !== floats) throw new Error(`"${name}" has ${part.floats} numbers here and ${floats} there`);
    return part;
  }

  /** Gives a leaf its numbers. */
  put(leaf: string, data: Float32Array): void {
    const part = this.find('leaf', leaf);
    if (part?.floats !== data.length)
      throw new Error(`"${leaf}" takes ${part?.floats ?? 'no'} numbers, not ${data.length}`);
    this.#gpu.write(part.buffer, data);
  }

  find(kind: 'leaf' | 'result', name: string): Part | undefined {
    return this.#named.get(`${kind} ${name}`);
  }

  /** Room for the slots and the named values of plans, none of which run beside each other or beside those that were here before. */
  reserve(plans: readonly Plan[]): void {
    for (const [i, bytes] of commonSlots(plans).entries()) {
      const slot = this.#slots[i];
      if (slot && slot.bytes >= bytes) continue;
      // Plans that are bound already keep the smaller buffer.
      if (slot) this.#outgrown.push(slot);
      this.#slots[i] = { buffer: this.#gpu.buffer(bytes / 4), bytes };
    }
    for (const { leaves, results } of plans) {
      for (const [name, { shape }] of leaves) this.named('leaf', name, sizeOf(shape));
      for (const [name, { shape }] of results) this.named('result', name, sizeOf(shape));
    }
  }

  slot(slot: number, floats: number): Part {
    return { buffer: this.#slots[slot]!.buffer, at: 0, floats };
  }

  get bytes(): number {
    const named = [...this.#named.values()].reduce((total, { floats }) => total + floats * 4, 0);
    return named + [...this.#slots, ...this.#outgrown].reduce((total, { bytes }) => total + bytes, 0);
  }

  dispose(): void {
    for (const { buffer } of [...this.#named.values(), ...this.#slots, ...this.#outgrown]) buffer.destroy();
  }
}

export type BoundItem = { kind: 'dispatch'; dispatch: Dispatch } | { kind: 'update'; player: string };

/** @param weight where a weight or its gradient lies */
export async function bindPlan(
  gpu: Gpu,
  plan: Plan,
  memory: Memory,
  weight: (name: string, field: 'w' | 'g') => Part,
): Promise<BoundItem[]> {
  const partOf = (place: Place): Part => {
    if (place.kind === 'weight') return weight(place.name, 'w');
    if (place.kind === 'gradient') return weight(place.name, 'g');
    return place.kind === 'slot'
      ? memory.slot(place.slot, place.floats)
      : memory.named(place.kind, place.name, place.floats);
  };
  return Promise.all(
    plan.items.map(async (item): Promise<BoundItem> => {
      if (item.kind === 'update') return item;
      const { label, code, reads, writes, groups } = item.kernel;
      const pipeline = await gpu.pipeline(code, label);
      const entries = [...reads, ...writes].map((place, binding) => {
        const { buffer, at, floats } = partOf(place);
        return { binding, resource: { buffer, offset: at * 4, size: aligned(floats) * 4 } };
      });
      const bindings = gpu.device.createBindGroup({ label, layout: pipeline.getBindGroupLayout(0), entries });
      return { kind: 'dispatch', dispatch: { label, pipeline, bindings, groups } };
    }),
  );
}

export function encode(pass: GPUComputePassEncoder, { pipeline, bindings, groups }: Dispatch): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings);
  pass.dispatchWorkgroups(...groups);
}
