/** Runs programs whose weights lie in the host's memory, with the optimiser as a fused pass of the host. */
import {
  averagingDecay,
  stepsOf,
  turnsAt,
  type Phase,
  type Program,
  type ProgramModel,
} from '../../../models/families/program.ts';
import type { ReportKind, Step } from '../../../models/families/step.ts';
import { topological } from '../../../models/graph/graph.ts';
import { drawFeed } from '../../../models/graph/feeds.ts';
import { Random } from '../../../models/graph/random.ts';
import { feedOf, isLeaf, sameShape, type Feed, type Shape, type Tensor } from '../../../models/graph/tensor.ts';
import type { EngineState, Execution, NamedTensor, OpenOptions } from '../engine.ts';
import { flopsOf, parameterCountOf, playersOf, stateFieldsOf, type Field } from '../players.ts';
import { Parameters } from './parameters.ts';
import { PicturePool } from './picture-pool.ts';
import { zeros, type BoundGraph, type HostValue, type Runner } from './runner.ts';
import { cutIntoStages, type Stage } from './stages.ts';

/** A stage that is ready to run. */
interface BoundStage {
  graph: BoundGraph;
  player: string | null;
  /** The numbers that it reports. */
  reports: { name: string; kind: ReportKind }[];
}

/** A named step that is ready to run: first what the host draws for it, then its stages. */
interface BoundStep {
  feeds: ((place: number) => void)[];
  stages: BoundStage[];
}

/** An exported graph, on the averaged weights as they are. */
interface BoundModel {
  graph: BoundGraph;
  inputs: Record<string, HostValue>;
  outputs: Record<string, HostValue>;
  /** All that it reads and writes. */
  values: HostValue[];
}

export class HostExecution implements Execution {
  readonly flops: number;
  readonly parameterCount: number;
  readonly #program: Program;
  readonly #runner: Runner;
  readonly #parameters: Parameters;
  readonly #updates: Record<string, number> = {};
  /** The pools of past pictures, by the name of the input that they feed: state, like the weights. */
  readonly #pools = new Map<string, PicturePool>();
  readonly #steps = new Map<string, BoundStep>();
  readonly #build: (name: string) => BoundStep;
  readonly #values = new Map<string, HostValue>();
  /** What was written to ports that no step has asked for yet. */
  readonly #written = new Map<string, Float32Array>();
  #reported = new Map<string, ReportKind>();
  readonly #models: BoundModel[];
  readonly #seed: number;
  readonly #breathe: (() => Promise<void>) | undefined;

  constructor(runner: Runner, program: Program, { seed, threads, breathe }: OpenOptions) {
    [this.#runner, this.#program, this.#seed, this.#breathe] = [runner, program, seed, breathe];
    const names = stepsOf(program, 'main');
    const steps = new Map(names.map((name) => [name, program.steps[name]!()]));
    const players = playersOf([...steps.values()], program.models);
    this.#parameters = new Parameters(players, threads);
    this.parameterCount = parameterCountOf(players);
    for (const { name } of players) this.#updates[name] = 0;
    this.flops = flopsOf([...steps.values()]);
    this.#build = (name) => this.#bind(steps.get(name) ?? program.steps[name]!());
    for (const name of names) this.#step(name);
    this.#models = program.models.map((model) => this.#bindModel(model));
  }

  /** A named step, made when it is first needed. */
  #step(name: string): BoundStep {
    let step = this.#steps.get(name);
    if (!step) this.#steps.set(name, (step = this.#build(name)));
    return step;
  }

  #bind(step: Step): BoundStep {
    const feeds = new Map<string, (place: number) => void>();
    const stages = cutIntoStages(step).map((stage, i): BoundStage => {
      const outputs = stageOutputs(stage);
      const graph = this.#runner.bind(outputs, {
        given: stage.given,
        value: (name, shape) => this.#value(name, shape),
        trace: `stage${i}`,
      });
      for (const leaf of topological(Object.values(outputs), stage.given).filter(isLeaf)) {
        const feed = feedOf(leaf);
        if (feed && !feeds.has(leaf.name)) feeds.set(leaf.name, this.#feed(leaf, feed));
      }
      const reports = Object.entries(step.reports)
        .filter(([name]) => name in stage.results)
        .map(([name, { kind }]) => ({ name, kind }));
      return { graph, player: stage.update?.player ?? null, reports };
    });
    return { feeds: [...feeds.values()], stages };
  }

  /** What fills a leaf before each run of its step; `place` counts the turns of the whole run. */
  #feed({ name, shape }: Tensor, feed: Feed): (place: number) => void {
    const { data } = this.#value(name, shape);
    const random = (place: number): Random => new Random(this.#seed, name, place);
    if (feed.kind !== 'pastPictures') return (place) => drawFeed(feed, random(place), { data, shape });
    const pool = new PicturePool(feed.capacity, data.length / shape[0]!);
    this.#pools.set(name, pool);
    const fresh = this.#value(feed.of, shape).data;
    return (place) => pool.exchange(fresh, data, random(place));
  }

  #bindModel({ inputs, outputs }: ProgramModel): BoundModel {
    const fresh = (of: Readonly<Record<string, Tensor>>): Record<string, HostValue> =>
      Object.fromEntries(
        Object.entries(of).map(([name, { shape }]) => [name, this.#runner.value(zeros(shape), shape)]),
      );
    const [from, to] = [fresh(inputs), fresh(outputs)];
    const values = [...Object.values(from), ...Object.values(to)];
    const graph = this.#runner.bind(outputs, {
      value: (name, shape) => {
        const ours = from[name] ?? to[name];
        if (ours) return ours;
        const averaged = this.#runner.value(this.#parameters.view(name, 'ema'), shape);
        values.push(averaged);
        return averaged;
      },
      trace: 'inference',
    });
    return { graph, inputs: from, outputs: to, values };
  }

  /** The buffer of a name: a parameter's weight or gradient (`#g`) in place, or one of our own. */
  #value(name: string, shape: Shape): HostValue {
    // Steps may see one buffer in several shapes: a gradient as the product that makes it, say.
    const key =
      this.#values.has(name) && !sameShape(this.#values.get(name)!.shape, shape) ? `${name} as ${shape.join()}` : name;
    let value = this.#values.get(key);
    if (!value) {
      const [parameter, field] = name.split('#') as [string, Field | undefined];
      value = this.#parameters.has(parameter)
        ? this.#runner.value(this.#parameters.view(parameter, field ?? 'w'), shape)
        : this.#runner.value(zeros(shape), shape);
      const written = this.#written.get(name);
      if (written) value.data.set(written);
      this.#written.delete(name);
      this.#values.set(key, value);
    }
    return value;
  }

  initialise(seed: number): Promise<void> {
    this.#parameters.initialise(seed);
    return Promise.resolve();
  }

  write(port: string, data: Float32Array): Promise<void> {
    if (!(port in this.#program.inputs || this.#program.given?.includes(port)))
      return Promise.reject(new Error(`the program has no input "${port}"`));
    const value = this.#values.get(port);
    if (value) value.data.set(data);
    else this.#written.set(port, data);
    return Promise.resolve();
  }

  read(name: string): Promise<Float32Array> {
    const value = this.#values.get(name);
    if (!value) return Promise.reject(new Error(`the step has no value "${name}"`));
    return Promise.resolve(value.data);
  }

  reports(): Promise<Record<string, { kind: ReportKind; value: number }>> {
    const of = ([name, kind]: [string, ReportKind]) =>
      [name, { kind, value: this.#values.get(name)!.data[0]! }] as const;
    return Promise.resolve(Object.fromEntries([...this.#reported].map(of)));
  }

  async step(step: number, phase: Phase, of: number): Promise<void> {
    this.#reported = new Map();
    for (const { step: name, place } of turnsAt(this.#program, step, phase)) {
      const { feeds, stages } = this.#step(name);
      for (const feed of feeds) feed(place);
      for (const { graph, player, reports } of stages) {
        await this.#breathe?.();
        await graph.run();
        for (const report of reports) this.#reported.set(report.name, report.kind);
        if (player !== null)
          this.#parameters.update(player, this.#program.rate(player, step, of), ++this.#updates[player]!);
      }
    }
    const { averaging } = this.#program;
    if ((step + 1) % averaging.every === 0)
      for (const { name } of this.#parameters.players)
        this.#parameters.average(name, averagingDecay(averaging, step + 1));
  }

  /** The arrays are the memory that is learned in. */
  blank(): EngineState {
    const learned = stateFieldsOf(this.#parameters.players).map(({ name, parameter, field }): NamedTensor => ({
      name,
      shape: parameter.shape,
      data: this.#parameters.view(parameter.name, field),
    }));
    const kept = [...this.#pools].map(([name, { data, capacity }]): NamedTensor => ({
      name,
      shape: [capacity, data.length / capacity],
      data,
    }));
    const pools = Object.fromEntries([...this.#pools].map(([name, { filled }]) => [name, filled]));
    const tensors = [...learned, ...kept.filter(({ data }) => data.length > 0)];
    return { tensors, updates: { ...this.#updates }, pools };
  }

  save(): Promise<EngineState> {
    return Promise.resolve(this.blank());
  }

  load({ tensors, updates, pools }: EngineState): Promise<void> {
    const places = new Map(this.blank().tensors.map(({ name, data }) => [name, data]));
    for (const { name, data } of tensors) {
      const place = places.get(name);
      if (!place) return Promise.reject(new Error(`the program has no "${name}"`));
      const isOurs = place.buffer === data.buffer && place.byteOffset === data.byteOffset;
      if (!isOurs) place.set(data);
    }
    Object.assign(this.#updates, updates);
    for (const [name, pool] of this.#pools) pool.filled = Math.min(pools[name] ?? 0, pool.capacity);
    return Promise.resolve();
  }

  async infer(model: number, inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>> {
    const bound = this.#models[model]!;
    for (const [name, data] of Object.entries(inputs)) bound.inputs[name]!.data.set(data);
    await bound.graph.run();
    return Object.fromEntries(Object.entries(bound.outputs).map(([name, { data }]) => [name, data]));
  }

  async dispose(): Promise<void> {
    for (const { graph } of [...this.#steps.values()].flatMap(({ stages }) => stages)) graph.release();
    for (const { graph, values } of this.#models) {
      graph.release();
      for (const value of values) value.dispose();
    }
    for (const value of this.#values.values()) value.dispose();
    await this.#parameters.dispose();
  }
}

const stageOutputs = (stage: Stage): Record<string, Tensor> => ({
  ...stage.gradients,
  ...stage.results,
  ...stage.crossing,
});
