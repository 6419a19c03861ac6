/** A graph without updates on the device, to be run as often as one likes. */
import { sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import { bindPlan, encode, Memory, type BoundItem } from './bound-plan.ts';
import { PICTURE, type Gpu, type Part } from './gpu.ts';
import { planStep } from './plan.ts';
import { roomOf } from './planned-program.ts';
import type { Tuning } from './tiling.ts';

export interface GraphOnDevice {
  /** What the host gives; all that the results need. */
  inputs: Readonly<Record<string, Tensor>>;
  outputs: Readonly<Record<string, Tensor>>;
  /** Where a weight lies. */
  weight: (name: string) => Part;
  tuning?: Tuning;
}

export class BoundGraph {
  readonly #gpu: Gpu;
  readonly #memory: Memory;
  readonly #items: readonly BoundItem[];
  readonly #outputs: readonly string[];

  private constructor(gpu: Gpu, memory: Memory, items: readonly BoundItem[], outputs: readonly string[]) {
    [this.#gpu, this.#memory, this.#items, this.#outputs] = [gpu, memory, items, outputs];
  }

  /** @throws Error where a result needs what is no input; OutOfMemory; GpuError */
  static async create(gpu: Gpu, { inputs, outputs, weight, tuning }: GraphOnDevice): Promise<BoundGraph> {
    const plan = planStep({ updates: [], results: outputs }, tuning ?? gpu.tuning);
    const unknown = [...plan.leaves.keys()].find((name) => !(name in inputs));
    if (unknown !== undefined) throw new Error(`the graph reads "${unknown}", which is none of its inputs`);
    const make = (): Memory => {
      const memory = new Memory(gpu);
      // Inputs that no result needs are given all the same.
      for (const [name, { shape }] of Object.entries(inputs)) memory.named('leaf', name, sizeOf(shape));
      memory.reserve([plan]);
      return memory;
    };
    const memory = await gpu.inRoom(make, roomOf([plan]), PICTURE);
    return new BoundGraph(gpu, memory, await bindPlan(gpu, plan, memory, weight), Object.keys(outputs));
  }

  /** The results of these inputs. @throws Error where one is missing or has another size; GpuError or DeviceLost */
  async run(inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> {
    for (const [name, data] of Object.entries(inputs)) this.#memory.put(name, data);
    const encoder = this.#gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const item of this.#items) if (item.kind === 'dispatch') encode(pass, item.dispatch);
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
    const values = await this.#gpu.read(this.#outputs.map((name) => this.#memory.find('result', name)!));
    return Object.fromEntries(this.#outputs.map((name, i) => [name, values[i]!]));
  }

  dispose(): void {
    this.#memory.dispose();
  }
}
