/** Runs a family's steps on ONNX Runtime's CPU provider, with the optimiser as a fused pass of the host. */
import type { Family, Inference, RunShape, StepName } from '../../../models/families/family.ts';
import type { Step } from '../../../models/families/step.ts';
import { countFlops } from '../../../models/graph/cost.ts';
import { topological } from '../../../models/graph/graph.ts';
import { EMA_INTERVAL, emaDecay } from '../../../models/graph/optimiser.ts';
import { Random } from '../../../models/graph/random.ts';
import { cutIntoStages, type Stage } from '../../../models/families/stages.ts';
import {
  feedOf,
  isLeaf,
  isParameter,
  sizeOf,
  type Feed,
  type Shape,
  type Tensor,
} from '../../../models/graph/tensor.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { Session, Value, type Call, type SessionOptions } from './ort.ts';
import { Parameters, type Field, type Player } from './parameters.ts';
import { PicturePool } from './picture-pool.ts';

const EMA_DECAY = 0.999;

/** A stage that is ready to run. */
interface BoundStage {
  call: Call;
  session: Session;
  player: string | null;
  /** The numbers that it reports. */
  scalars: string[];
}

/** A named step that is ready to run: first what the host draws for it, then its stages. */
interface BoundStep {
  feeds: ((index: number) => void)[];
  stages: BoundStage[];
}

/** An exported graph, on the averaged weights as they are. */
interface BoundInference {
  session: Session;
  call: Call;
  input: Value;
  output: Value;
}

export interface RunnerOptions extends SessionOptions {
  seed: number;
  threads: number;
  /** Awaited before each stage of a step, so that a step can be interrupted by something more urgent. */
  breathe?: () => Promise<void>;
}

export class Runner {
  readonly parameters: Parameters;
  readonly flops: number;
  readonly parameterCount: number;
  /** How many updates each player has had. */
  readonly updates: Record<string, number> = {};
  /** The pools of past pictures, by the name of the input that they feed: state, like the weights. */
  readonly pools = new Map<string, PicturePool>();
  readonly #steps = new Map<StepName, BoundStep>();
  readonly #build: (name: StepName) => BoundStep;
  readonly #values = new Map<string, Value>();
  #reported = new Set<string>();
  /** The graphs that are exported: one, or one for each way. */
  readonly inferences: readonly Inference[];
  readonly #inferences: BoundInference[];
  readonly #seed: number;
  readonly #breathe: (() => Promise<void>) | undefined;

  constructor(family: Family, shape: RunShape, settings: unknown, options: RunnerOptions) {
    const { seed, threads, breathe, ...session } = options;
    [this.#seed, this.#breathe] = [seed, breathe];
    const build = (name: StepName): Step => family.step(name, shape, settings as Record<string, unknown>);
    const names = new Set(family.schedule(settings as Record<string, unknown>, false));
    const steps = new Map([...names].map((name) => [name, build(name)]));
    this.inferences = family.inference({ ...shape, batch: 1 }, settings as Record<string, unknown>);
    const exported = new Set(
      topological(this.inferences.map(({ output }) => output))
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
    this.parameters = new Parameters([...players.values()], threads);
    this.parameterCount = [...players.values()]
      .flatMap(({ parameters }) => parameters)
      .reduce((total, { shape }) => total + sizeOf(shape), 0);
    for (const name of players.keys()) this.updates[name] = 0;
    this.flops = [...steps.values()].reduce((total, step) => total + flopsOf(step), 0);
    this.#build = (name) => this.#bind(steps.get(name) ?? build(name), session);
    for (const name of names) this.#step(name);
    this.#inferences = this.inferences.map(({ input, output }) => this.#bindInference(input, output, session));
  }

  /** A named step, made when it is first needed. */
  #step(name: StepName): BoundStep {
    let step = this.#steps.get(name);
    if (!step) this.#steps.set(name, (step = this.#build(name)));
    return step;
  }

  #bind(step: Step, options: SessionOptions): BoundStep {
    const feeds = new Map<string, (index: number) => void>();
    const stages = cutIntoStages(step).map((stage, i): BoundStage => {
      const outputs = stageOutputs(stage);
      const model = writeOnnx(outputs, { given: stage.given });
      const inputs = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, this.#value(name, shape)]));
      for (const leaf of topological(Object.values(outputs), stage.given).filter(isLeaf)) {
        const feed = feedOf(leaf);
        if (feed && !feeds.has(leaf.name)) feeds.set(leaf.name, this.#feed(leaf, feed));
      }
      const results = Object.fromEntries(model.outputs.map(({ name, shape }) => [name, this.#value(name, shape)]));
      const scalars = Object.entries(stage.results).flatMap(([name, { shape }]) => (shape.length === 0 ? [name] : []));
      const session = new Session(
        model.bytes,
        options.profile ? { ...options, profile: `${options.profile}-stage${i}` } : options,
      );
      return { session, call: session.bind(inputs, results), player: stage.update?.player ?? null, scalars };
    });
    return { feeds: [...feeds.values()], stages };
  }

  /** What fills a leaf before each run of its step; `index` counts the steps of the whole run. */
  #feed({ name, shape }: Tensor, feed: Feed): (index: number) => void {
    const { data } = this.#value(name, shape);
    const random = (index: number): Random => new Random(this.#seed, name, index);
    if (feed.kind === 'dropout') return (index) => random(index).dropout(data, feed.rate);
    if (feed.kind === 'places')
      return (index) => data.set(random(index).permutation(feed.among).subarray(0, data.length));
    const pool = new PicturePool(feed.capacity, data.length / shape[0]!);
    this.pools.set(name, pool);
    const fresh = this.#value(feed.of, shape).data;
    return (index) => pool.exchange(fresh, data, random(index));
  }

  #bindInference(input: Tensor, output: Tensor, options: SessionOptions): BoundInference {
    const model = writeOnnx({ output });
    const [from, to] = [Value.zeros(input.shape), Value.zeros(output.shape)];
    const inputs = Object.fromEntries(
      model.inputs.map(({ name, shape }) => [
        name,
        name === input.name ? from : new Value(this.parameters.view(name, 'ema'), shape),
      ]),
    );
    const session = new Session(model.bytes, {
      ...options,
      ...(options.profile ? { profile: `${options.profile}-inference` } : {}),
    });
    return { session, call: session.bind(inputs, { output: to }), input: from, output: to };
  }

  /** The buffer of a name: a parameter's weight or gradient (`#g`) in place, or one of our own. */
  #value(name: string, shape: Shape): Value {
    let value = this.#values.get(name);
    if (!value) {
      const [parameter, field] = name.split('#') as [string, Field | undefined];
      value = this.parameters.has(parameter)
        ? new Value(this.parameters.view(parameter, field ?? 'w'), shape)
        : Value.zeros(shape);
      this.#values.set(name, value);
    }
    return value;
  }

  /** A buffer to fill before a step (`input`, `target`) or to read after it (losses, previews). */
  value(name: string): Value {
    const value = this.#values.get(name);
    if (!value) throw new Error(`the step has no value "${name}"`);
    return value;
  }

  /** The numbers that the last step reported, by name. */
  scalars(): Record<string, number> {
    return Object.fromEntries([...this.#reported].map((name) => [name, this.value(name).data[0]!]));
  }

  /**
   * One step of the run (from 0): the scheduled steps with their updates, then the average. The same step, state and
   * pictures give the same bits.
   */
  async step(step: number, schedule: readonly StepName[], rate: number): Promise<void> {
    this.#reported = new Set();
    for (const [turn, name] of schedule.entries()) {
      const { feeds, stages } = this.#step(name);
      for (const feed of feeds) feed(step * schedule.length + turn);
      for (const { call, player, scalars } of stages) {
        await this.#breathe?.();
        await call.runAsync();
        for (const scalar of scalars) this.#reported.add(scalar);
        if (player !== null) this.parameters.update(player, rate, ++this.updates[player]!);
      }
    }
    if ((step + 1) % EMA_INTERVAL === 0)
      for (const { name } of this.parameters.players) this.parameters.average(name, emaDecay(EMA_DECAY, step + 1));
  }

  /**
   * Translates one picture with the averaged weights: planar, in [-1, 1]. `which` counts the family's exported graphs.
   * The result is overwritten by the next call.
   */
  async infer(picture: Float32Array, which = 0): Promise<Float32Array> {
    const { call, input, output } = this.#inferences[which]!;
    input.data.set(picture);
    await call.runAsync();
    return output.data;
  }

  async dispose(): Promise<void> {
    for (const { session } of [...this.#steps.values()].flatMap(({ stages }) => stages)) session.release();
    for (const { session, call } of this.#inferences) {
      session.release();
      for (const value of call.values) value.dispose();
    }
    for (const value of this.#values.values()) value.dispose();
    await this.parameters.dispose();
  }
}

const stageOutputs = (stage: Stage): Record<string, Tensor> => ({
  ...stage.gradients,
  ...stage.results,
  ...stage.crossing,
});

const flopsOf = ({ updates, results }: Step): number =>
  countFlops([
    ...updates.flatMap(({ parameters }) => parameters.map(({ gradient }) => gradient)),
    ...Object.values(results),
  ]);
