/**
 * A program on the device: its steps planned and bound once, then encoded every turn. Weights, moments, averages and pools
 * stay there; numbers are read back when somebody asks. The thin side towards the rest of the engine.
 */
import { averagingDecay, turnsAt, type Phase, type Program, type TakenTurn } from '../../../models/families/program.ts';
import type { ReportKind } from '../../../models/families/step.ts';
import type { EngineState, Execution, OpenOptions } from '../engine.ts';
import { flopsOf, parameterCountOf, type Field } from '../players.ts';
import { BoundGraph } from './bound-graph.ts';
import { bindPlan, encode, Memory, type BoundItem } from './bound-plan.ts';
import { Feeds, type Feeder } from './feeds.ts';
import { TRAINING, type Gpu, type Part } from './gpu.ts';
import { Optimiser } from './optimiser.ts';
import type { Plan } from './plan.ts';
import { planNamed, planProgram, type PlannedNamed, type PlannedProgram } from './planned-program.ts';
import { blankState, loadState, saveState } from './state.ts';
import type { Tuning } from './tiling.ts';
import { Weights } from './weights.ts';

/** Steps that are encoded while the device still works: enough that neither waits for the other. */
const IN_FLIGHT = 2;

export interface GpuOptions extends Pick<OpenOptions, 'seed' | 'breathe'> {
  tuning?: Tuning;
}

/** A named step that is ready to run. */
interface BoundStep {
  plan: Plan;
  items: BoundItem[];
  feeders: Feeder[];
  reports: [name: string, kind: ReportKind][];
}

export class GpuExecution implements Execution {
  readonly parameterCount: number;
  readonly flops: number;
  readonly updates: Record<string, number> = {};
  readonly #gpu: Gpu;
  readonly #program: Program;
  readonly #tuning: Tuning;
  readonly #breathe: (() => Promise<void>) | undefined;
  readonly #memory: Memory;
  readonly #weights: Weights;
  readonly #feeds: Feeds;
  readonly #optimisers = new Map<string, Optimiser>();
  readonly #steps = new Map<string, BoundStep>();
  /** Exported graphs on the averaged weights, bound when they are first needed: many trainings end before anybody looks. */
  readonly #models = new Map<number, Promise<BoundGraph>>();
  /** What was written to ports that no step has asked for yet. */
  readonly #written = new Map<string, Float32Array>();
  readonly #flying: Promise<void>[] = [];
  #reported = new Map<string, ReportKind>();

  /** Takes all the memory that the main schedule needs. */
  private constructor(gpu: Gpu, program: Program, { steps, players }: PlannedProgram, options: GpuOptions) {
    const { seed, breathe, tuning } = options;
    [this.#gpu, this.#program, this.#breathe, this.#tuning] = [gpu, program, breathe, tuning ?? gpu.tuning];
    for (const { name } of players) this.updates[name] = 0;
    this.#memory = new Memory(gpu);
    this.#memory.reserve(steps.map(({ plan }) => plan));
    this.#weights = new Weights(gpu, players);
    this.#feeds = new Feeds(gpu, this.#memory, seed);
    this.parameterCount = parameterCountOf(players);
    this.flops = flopsOf(steps.map(({ step }) => step));
  }

  /** Plans, compiles and binds the main schedule. @throws GpuError when the device refuses something; OutOfMemory */
  static async create(gpu: Gpu, program: Program, options: GpuOptions): Promise<GpuExecution> {
    const planned = planProgram(program, options.tuning ?? gpu.tuning);
    const execution = await gpu.inRoom(() => new GpuExecution(gpu, program, planned, options), planned.room, TRAINING);
    await execution.#prepare(planned.steps);
    await gpu.done();
    return execution;
  }

  async #prepare(steps: readonly PlannedNamed[]): Promise<void> {
    await Promise.all([
      ...this.#weights.players.map(async (player) =>
        this.#optimisers.set(player.name, await Optimiser.create(this.#gpu, player)),
      ),
      ...steps.map((each) => this.#bind(each)),
    ]);
  }

  /** A named step, made when it is first needed. */
  async #step(name: string): Promise<BoundStep> {
    const bound = this.#steps.get(name);
    if (bound) return bound;
    const planned = planNamed(name, this.#program.steps[name]!(), this.#tuning);
    this.#memory.reserve([planned.plan]);
    return this.#bind(planned);
  }

  async #bind({ name, step, plan }: PlannedNamed): Promise<BoundStep> {
    const weights = this.#weights;
    const items = await bindPlan(this.#gpu, plan, this.#memory, (parameter, field) => weights.part(parameter, field));
    const feeders = [...plan.leaves.values()].flatMap((leaf) => this.#feeds.of(leaf) ?? []);
    const reports = Object.entries(step.reports).map(([report, { kind }]): [string, ReportKind] => [report, kind]);
    for (const [port, data] of [...this.#written])
      if (plan.leaves.has(port)) {
        this.#memory.put(port, data);
        this.#written.delete(port);
      }
    const bound: BoundStep = { plan, items, feeders, reports };
    this.#steps.set(name, bound);
    return bound;
  }

  /** The plans of the steps that are bound, by name. */
  get plans(): ReadonlyMap<string, Plan> {
    return new Map([...this.#steps].map(([name, { plan }]) => [name, plan]));
  }

  /** Bytes on the device, without weights. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  async initialise(seed: number): Promise<void> {
    this.#weights.initialise(seed);
    await this.#gpu.done();
  }

  write(port: string, data: Float32Array): Promise<void> {
    if (!(port in this.#program.inputs || this.#program.given?.includes(port)))
      return Promise.reject(new Error(`the program has no input "${port}"`));
    if (this.#memory.find('leaf', port)) this.#memory.put(port, data);
    else this.#written.set(port, data);
    return Promise.resolve();
  }

  async step(step: number, phase: Phase, of: number): Promise<void> {
    this.#gpu.check();
    this.#reported = new Map();
    for (const turn of turnsAt(this.#program, step, phase)) await this.#turn(turn, { step, of });
    const { averaging } = this.#program;
    if ((step + 1) % averaging.every === 0) this.#average(averagingDecay(averaging, step + 1));
    const flight = this.#gpu.done();
    // Whoever waits for it hears of it; until then it is nobody's rejection.
    flight.catch(() => undefined);
    this.#flying.push(flight);
    if (this.#flying.length > IN_FLIGHT) await this.#flying.shift();
  }

  async #turn({ step: name, place }: TakenTurn, { step, of }: { step: number; of: number }): Promise<void> {
    const { items, feeders, reports } = await this.#step(name);
    await this.#breathe?.();
    const encoder = this.#gpu.device.createCommandEncoder();
    for (const feed of feeders) feed(place, encoder);
    const pass = encoder.beginComputePass();
    for (const item of items)
      if (item.kind === 'dispatch') encode(pass, item.dispatch);
      else {
        const optimiser = this.#optimisers.get(item.player)!;
        optimiser.prepareUpdate(this.#program.rate(item.player, step, of), ++this.updates[item.player]!);
        encode(pass, optimiser.update);
      }
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
    for (const [report, kind] of reports) this.#reported.set(report, kind);
  }

  #average(decay: number): void {
    const encoder = this.#gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const optimiser of this.#optimisers.values())
      if (optimiser.average) {
        optimiser.prepareAverage(decay);
        encode(pass, optimiser.average);
      }
    pass.end();
    this.#gpu.device.queue.submit([encoder.finish()]);
  }

  async reports(): Promise<Record<string, { kind: ReportKind; value: number }>> {
    const reported = [...this.#reported];
    const values = await this.#gpu.read(reported.map(([name]) => this.#memory.find('result', name)!));
    return Object.fromEntries(reported.map(([name, kind], i) => [name, { kind, value: values[i]![0]! }]));
  }

  async read(name: string): Promise<Float32Array> {
    const [data] = await this.#gpu.read([this.#partOf(name)]);
    return data!;
  }

  #partOf(name: string): Part {
    const [parameter, field] = name.split('#') as [string, Field | undefined];
    if (this.#weights.has(parameter)) return this.#weights.part(parameter, field ?? 'w');
    const part = this.#memory.find('result', name);
    if (!part) throw new Error(`the step has no value "${name}"`);
    return part;
  }

  get #stateful() {
    return { gpu: this.#gpu, weights: this.#weights, feeds: this.#feeds, updates: this.updates };
  }

  blank(): EngineState {
    return blankState(this.#stateful);
  }

  save(): Promise<EngineState> {
    return saveState(this.#stateful);
  }

  async load(state: EngineState): Promise<void> {
    loadState(this.#stateful, state);
    await this.#gpu.done();
  }

  async infer(model: number, inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> {
    let graph = this.#models.get(model);
    if (!graph) this.#models.set(model, (graph = this.#bindModel(model)));
    return (await graph).run(inputs);
  }

  async #bindModel(place: number): Promise<BoundGraph> {
    const model = this.#program.models[place];
    if (!model) throw new Error(`the program has no model ${place}`);
    // What is looked at is exact: by the device's own tuning.
    return BoundGraph.create(this.#gpu, { ...model, weight: (name) => this.#weights.part(name, 'ema') });
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
    for (const graph of await Promise.allSettled(this.#models.values()))
      if (graph.status === 'fulfilled') graph.value.dispose();
  }
}
