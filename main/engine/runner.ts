/** Runs a family's steps on ONNX Runtime's CPU provider, with the optimiser as a fused pass of the host. */
import type { Family, RunShape, StepName } from '../../models/families/family.ts';
import type { Step } from '../../models/families/step.ts';
import { countFlops } from '../../models/graph/cost.ts';
import { topological } from '../../models/graph/graph.ts';
import { EMA_INTERVAL, emaDecay } from '../../models/graph/optimiser.ts';
import { Random } from '../../models/graph/random.ts';
import { cutIntoStages, type Stage } from '../../models/families/stages.ts';
import { dropoutRateOf, isLeaf, isParameter, sizeOf, type Shape, type Tensor } from '../../models/graph/tensor.ts';
import { writeOnnx } from '../../models/onnx/write.ts';
import { Session, Value, type Call, type SessionOptions } from './ort.ts';
import { Parameters, type Field, type Player } from './parameters.ts';

const EMA_DECAY = 0.999;

/** A stage that is ready to run. */
interface BoundStage {
  call: Call;
  session: Session;
  player: string | null;
  /** The numbers that it reports. */
  scalars: string[];
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
  readonly #steps = new Map<StepName, BoundStage[]>();
  readonly #build: (name: StepName) => BoundStage[];
  readonly #values = new Map<string, Value>();
  #reported = new Set<string>();
  readonly #masks = new Map<string, { value: Value; rate: number }>();
  readonly #inference: { session: Session; call: Call; input: Value; output: Value };
  readonly #seed: number;
  readonly #breathe: (() => Promise<void>) | undefined;

  constructor(family: Family, shape: RunShape, settings: unknown, options: RunnerOptions) {
    const { seed, threads, breathe, ...session } = options;
    [this.#seed, this.#breathe] = [seed, breathe];
    const full = family.step('dg', shape, settings as Record<string, unknown>);
    const inference = family.inference(shape, settings as Record<string, unknown>)[0]!;
    const exported = new Set(
      topological([inference.output])
        .filter(isParameter)
        .map(({ name }) => name),
    );
    const players = full.updates.map(({ player, optimiser, parameters }): Player => ({
      name: player,
      optimiser,
      parameters: parameters.map(({ parameter }) => parameter),
      averaged: parameters.some(({ parameter }) => exported.has(parameter.name)),
    }));
    this.parameters = new Parameters(players, threads);
    this.parameterCount = players
      .flatMap(({ parameters }) => parameters)
      .reduce((total, { shape }) => total + sizeOf(shape), 0);
    for (const { name } of players) this.updates[name] = 0;
    this.flops = flopsOf(full);
    this.#build = (name) =>
      this.#bind(name === 'dg' ? full : family.step(name, shape, settings as Record<string, unknown>), session);
    this.#stages('dg');
    this.#inference = this.#bindInference(inference.input, inference.output, session);
  }

  /** The stages of a step, made when they are first needed. */
  #stages(name: StepName): BoundStage[] {
    let stages = this.#steps.get(name);
    if (!stages) this.#steps.set(name, (stages = this.#build(name)));
    return stages;
  }

  #bind(step: Step, options: SessionOptions): BoundStage[] {
    return cutIntoStages(step).map((stage, i) => {
      const outputs = stageOutputs(stage);
      const model = writeOnnx(outputs, { given: stage.given });
      const masks = new Map(
        topological(Object.values(outputs)).flatMap((leaf) =>
          isLeaf(leaf) && dropoutRateOf(leaf) !== undefined ? [[leaf.name, dropoutRateOf(leaf)!]] : [],
        ),
      );
      const inputs = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, this.#value(name, shape)]));
      for (const [name, rate] of masks) if (inputs[name]) this.#masks.set(name, { value: inputs[name], rate });
      const results = Object.fromEntries(model.outputs.map(({ name, shape }) => [name, this.#value(name, shape)]));
      const scalars = Object.entries(stage.results).flatMap(([name, { shape }]) => (shape.length === 0 ? [name] : []));
      const session = new Session(
        model.bytes,
        options.profile ? { ...options, profile: `${options.profile}-stage${i}` } : options,
      );
      return { session, call: session.bind(inputs, results), player: stage.update?.player ?? null, scalars };
    });
  }

  #bindInference(
    input: Tensor,
    output: Tensor,
    options: SessionOptions,
  ): { session: Session; call: Call; input: Value; output: Value } {
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
      const stages = this.#stages(name);
      this.#drawMasks(step * schedule.length + turn);
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

  #drawMasks(index: number): void {
    for (const [name, { value, rate }] of this.#masks) new Random(this.#seed, name, index).dropout(value.data, rate);
  }

  /** Translates one picture with the averaged weights: planar, in [-1, 1]. The result is overwritten by the next call. */
  async infer(picture: Float32Array): Promise<Float32Array> {
    this.#inference.input.data.set(picture);
    await this.#inference.call.runAsync();
    return this.#inference.output.data;
  }

  async dispose(): Promise<void> {
    for (const { session } of [...this.#steps.values()].flat()) session.release();
    this.#inference.session.release();
    for (const value of this.#inference.call.values) value.dispose();
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
