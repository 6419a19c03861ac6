/**
 * A training on the device: a family's steps planned and bound once, then encoded every step. Weights, moments, averages
 * and pools stay there; numbers are read back when somebody asks. The thin side towards the rest of the engine.
 */
import type { AdamSettings } from '../../../models/graph/optimiser.ts';
import { EMA_INTERVAL } from '../../../models/graph/optimiser.ts';
import { topological } from '../../../models/graph/graph.ts';
import { isParameter, sizeOf, type Tensor } from '../../../models/graph/tensor.ts';
import { bindPlan, encode, Memory, type BoundItem } from './bound-plan.ts';
import { Feeds, type Feeder } from './feeds.ts';
import type { Gpu } from './gpu.ts';
import type { EngineState, Execution } from './interface.ts';
import { Optimiser } from './optimiser.ts';
import { planStep, type Plan, type PlannedStep } from './plan.ts';
import { loadState, saveState } from './state.ts';
import type { Tuning } from './tiling.ts';
import { Weights, type Player } from './weights.ts';

const EMA_DECAY = 0.999;
/** Steps that are encoded while the device still works: enough that neither waits for the other. */
const IN_FLIGHT = 2;

/** What is trained: `models/families/step.ts` and a family's inferences fit. */
export interface Trainable {
  steps: ReadonlyMap<string, TrainableStep>;
  inferences: readonly { input: Tensor; output: Tensor }[];
}

export interface TrainableStep extends PlannedStep {
  updates: readonly (PlannedStep['updates'][number] & { optimiser: AdamSettings })[];
}

interface BoundStep {
  plan: Plan;
  items: BoundItem[];
  feeders: Feeder[];
  scalars: string[];
}

interface BoundInference {
  memory: Memory;
  items: BoundItem[];
}

export class GpuExecution implements Execution {
  readonly parameterCount: number;
  readonly flops: number;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly updates: Record<string, number> = {};
  readonly #gpu: Gpu;
  readonly #memory: Memory;
  readonly #weights: Weights;
  readonly #feeds: Feeds;
  readonly #optimisers = new Map<string, Optimiser>();
  readonly #steps = new Map<string, BoundStep>();
  readonly #inferences: BoundInference[] = [];
  readonly #flying: Promise<void>[] = [];
  #seed = 0;
  #reported: string[] = [];

  private constructor(gpu: Gpu, { steps, inferences }: Trainable, tuning: Tuning) {
    this.#gpu = gpu;
    this.#memory = new Memory(gpu);
    const exported = new Set(
      topological(inferences.map(({ output }) => output))
        .filter(isParameter)
        .map(({ name }) => name),
    );
    const players = new Map<string, Player>();
    for (const { player, optimiser, parameters } of [...steps.values()].flatMap(({ updates }) => updates))
      players.set(player, {
        name: player,
        optimiser,
        parameters: parameters.map(({ parameter }) => parameter),
        averaged: parameters.some(({ parameter }) => exported.has(parameter.name)),
      });
    for (const name of players.keys()) this.updates[name] = 0;
    this.#weights = new Weights(gpu, [...players.values()]);
    this.#feeds = new Feeds(gpu, this.#memory, () => this.#seed);
    this.plans = new Map([...steps].map(([name, step]) => [name, planStep(step, tuning)]));
    this.parameterCount = [...players.values()]
      .flatMap(({ parameters }) => parameters)
      .reduce((total, { shape }) => total + sizeOf(shape), 0);
    this.flops = [...this.plans.values()]
      .flatMap(({ items }) => items)
      .reduce((total, item) => total + (item.kind === 'kernel' ? item.kernel.flops : 0), 0);
  }

  /** Plans, compiles and binds. @throws GpuError when the device refuses something */
  static async create(gpu: Gpu, what: Trainable, seed: number, tuning: Tuning = gpu.tuning): Promise<GpuExecution> {
    const execution = new GpuExecution(gpu, what, tuning);
    execution.#seed = seed;
    await execution.#bind(what);
    await gpu.done();
    return execution;
  }

  async #bind({ inferences }: Trainable): Promise<void> {
    const weights = this.#weights;
    this.#memory.reserve([...this.plans.values()]);
    await Promise.all([
      ...weights.players.map(async (player) =>
        this.#optimisers.set(player.name, await Optimiser.create(this.#gpu, player)),
      ),
      ...[...this.plans].map(async ([name, plan]) => {
        const items = await bindPlan(this.#gpu, plan, this.#memory, (parameter, field) =>
          weights.part(parameter, field),
        );
        const feeders = [...plan.leaves.values()].flatMap((leaf) => this.#feeds.of(leaf) ?? []);
        const scalars = [...plan.results].flatMap(([result, { shape }]) => (shape.length === 0 ? [result] : []));
        this.#steps.set(name, { plan, items, feeders, scalars });
      }),
      ...inferences.map(async ({ output }, i) => {
        const memory = new Memory(this.#gpu);
        const plan = planStep({ updates: [], results: { output } }, this.#gpu.tuning);
        memory.reserve([plan]);
        const items = await bindPlan(this.#gpu, plan, memory, (parameter) => weights.part(parameter, 'ema'));
        this.#inferences[i] = { memory, items };
      }),
    ]);
  }

  /** Bytes on the device, without weights. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  async initialise(seed: number): Promise<void> {
    this.#seed = seed;
    this.#weights.initialise(seed);
    await this.#gpu.done();
  }

  write(port: string, data: Float32Array): Promise<void> {
    const part = this.#memory.find('leaf', port);
    if (part?.floats !== data.length) throw new Error(`the steps have no input "${port}" of ${data.length} numbers`);
    this.#gpu.write(part.buffer, data);
    return Promise.resolve();
  }

  async step(step: number, schedule: readonly string[], rate: (player: string) => number): Promise<void> {
    this.#gpu.check();
    const reported = new Set<string>();
    for (const [turn, name] of schedule.entries()) {
      const bound = this.#steps.get(name);
      if (!bound) throw new Error(`there is no step "${name}"`);
      const last = turn === schedule.length - 1;
      this.#run(bound, step * schedule.length + turn, {
        rate,
        average: last && (step + 1) % EMA_INTERVAL === 0 ? step + 1 : 0,
      });
      for (const scalar of bound.scalars) reported.add(scalar);
    }
    this.#reported = [...reported];
    const flight = this.#gpu.done();
    // Whoever waits for it hears of it; until then it is nobody's rejection.
    flight.catch(() => undefined);
    this.#flying.push(flight);
    if (this.#flying.length > IN_FLIGHT) await this.#flying.shift();
  }

  #run(
    { items, feeders }: BoundStep,
    index: number,
    { rate, average }: { rate: (player: string) => number; average: number },
  ): void {
    const encoder = this.#gpu.device.createCommandEncoder();
    for (const feed of feeders) feed(index, encoder);
    const pass = encoder.beginComputePass();
    for (const item of items) {
      if (item.kind === 'dispatch') encode(pass, item.dispatch);
      else {
        const optimiser = this.#optimisers.get(item.player)!;
        this.updates[item.player]!++;
        optimiser.prepareUpdate(rate(item.player), this.updates[item.player]!);
        encode(pass, optimiser.update);
      }
    }
    if (average > 0)
      for (const optimiser of this.#optimisers.values())
        if (optimiser.average) {
          optimiser.prepareAverage(EMA_DECAY, average);
          encode(pass, optimiser.average);
        }
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  async reports(): Promise<Record<string, number>> {
    const names = this.#reported;
    const values = await this.#gpu.read(names.map((name) => this.#memory.find('result', name)!));
    return Object.fromEntries(names.map((name, i) => [name, values[i]![0]!]));
  }

  async read(name: string): Promise<Float32Array> {
    const [parameter, field] = name.split('#') as [string, string | undefined];
    const part =
      field === 'g' && this.#weights.has(parameter)
        ? this.#weights.part(parameter, 'g')
        : this.#memory.find('result', name);
    if (!part) throw new Error(`no step reports "${name}"`);
    return (await this.#gpu.read([part]))[0]!;
  }

  save(): Promise<EngineState> {
    return saveState({ gpu: this.#gpu, weights: this.#weights, feeds: this.#feeds, updates: this.updates });
  }

  async load(state: EngineState): Promise<void> {
    loadState({ gpu: this.#gpu, weights: this.#weights, feeds: this.#feeds, updates: this.updates }, state);
    await this.#gpu.done();
  }

  async infer(model: number, inputs: Record<string, Float32Array>): Promise<Record<string, Float32Array>> {
    const bound = this.#inferences[model];
    if (!bound) throw new Error(`there is no exported model ${model}`);
    for (const [name, data] of Object.entries(inputs)) {
      const part = bound.memory.find('leaf', name);
      if (part?.floats !== data.length) throw new Error(`the model has no input "${name}" of ${data.length} numbers`);
      this.#gpu.write(part.buffer, data);
    }
    const encoder = this.#gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const item of bound.items) if (item.kind === 'dispatch') encode(pass, item.dispatch);
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
    const [output] = await this.#gpu.read([bound.memory.find('result', 'output')!]);
    return { output: output! };
  }

  /** The dispatches of a step, for those who time each of them. */
  itemsOf(name: string): readonly BoundItem[] {
    return this.#steps.get(name)!.items;
  }

  optimiserOf(player: string): Optimiser {
    return this.#optimisers.get(player)!;
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#flying);
    this.#memory.dispose();
    this.#weights.dispose();
    this.#feeds.dispose();
    for (const optimiser of this.#optimisers.values()) optimiser.dispose();
    for (const { memory } of this.#inferences) memory.dispose();
  }
}
