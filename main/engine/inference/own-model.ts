/** One of our models, which takes what we work with: on ONNX Runtime, and on a card beside it (`beside.ts`). */
import type { ProgramModel } from '../../../models/families/program.ts';
import { input, type Shape } from '../../../models/graph/tensor.ts';
import { importGraph } from '../../../models/onnx/graph.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import { Session, Value, type Call } from '../cpu/ort.ts';
import { Beside, type Values } from './beside.ts';
import { graphOf } from './model-graph.ts';
import type { Size } from './tiles.ts';

/** What it takes, and what it gives, for pictures of one size. */
export interface OwnForm {
  inputs: (size: Size) => Readonly<Record<string, Shape>>;
  output: string;
  made: (size: Size) => Shape;
}

/** A call of the model for pictures of one size. */
interface Bound {
  size: Size;
  inputs: Readonly<Record<string, Value>>;
  output: Value;
  call: Call;
}

/** A level of 255, where black is -1 and white 1. */
const LEVEL = 2 / 255;

export class OwnModel {
  readonly #session: Session;
  readonly #form: OwnForm;
  readonly #beside: Beside;
  #bound: Bound | undefined;

  constructor(bytes: Uint8Array, model: ReadModel, form: OwnForm) {
    this.#form = form;
    this.#beside = new Beside(model);
    this.#session = new Session(bytes);
  }

  /** Where the last picture was made; null for the processor. */
  get device(): string | null {
    return this.#beside.device;
  }

  /** Why the card that is there is not used, in words; null where it may be. */
  get refused(): string | null {
    return this.#beside.refused;
  }

  /**
   * Gives all that it takes, and gets what it makes, which the next call overwrites.
   * @throws Interrupted; UserError where a card was named that cannot do it
   */
  async run(given: Values, size: Size): Promise<Float32Array> {
    const key = `${size.width} x ${size.height}`;
    const made = await this.#beside.run(key, given);
    if (made) return made.data;
    const { call, inputs, output } = this.#bind(size);
    for (const [name, data] of Object.entries(given)) inputs[name]!.data.set(data);
    await call.runAsync();
    if (this.#beside.wants(key)) {
      const copies = Object.fromEntries(Object.entries(given).map(([name, data]) => [name, data.slice()]));
      await this.#beside.show({
        ...{ key, given: copies, made: output.data.slice() },
        ...{ graph: (model) => this.#graph(model, size), output: this.#form.output, level: LEVEL },
      });
    }
    return output.data;
  }

  /** By its family, or else by what its file does step by step. @throws NotInLanguage */
  #graph(model: ReadModel, size: Size): Pick<ProgramModel, 'inputs' | 'outputs'> {
    const shapes = Object.entries(this.#form.inputs(size));
    const known = graphOf(model, 'infer', size);
    return known ?? importGraph(model, Object.fromEntries(shapes.map(([name, shape]) => [name, input(name, shape)])));
  }

  interrupt(): void {
    this.#bound?.call.interrupt();
  }

  release(): void {
    this.#beside.release();
    this.#session.release();
    this.#unbind();
  }

  /** The buffers for pictures of this size: kept, as the next picture mostly has the same. */
  #bind({ width, height }: Size): Bound {
    if (this.#bound?.size.width === width && this.#bound.size.height === height) return this.#bound;
    this.#unbind();
    const size = { width, height };
    const shapes = Object.entries(this.#form.inputs(size));
    const inputs = Object.fromEntries(shapes.map(([name, shape]) => [name, Value.zeros(shape)]));
    const output = Value.zeros(this.#form.made(size));
    const call = this.#session.bind(inputs, { [this.#form.output]: output });
    return (this.#bound = { size, inputs, output, call: call.interruptible() });
  }

  #unbind(): void {
    for (const value of this.#bound?.call.values ?? []) value.dispose();
    this.#bound = undefined;
  }
}
