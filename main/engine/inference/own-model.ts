/**
 * A model that takes what we work with: on ONNX Runtime, and on a card where there is one. What the processor
 * makes of the first picture of a size is what the card is judged by; until it has made the same, and where it does not,
 * the processor goes on.
 */
import type { ProgramModel } from '../../../models/families/program.ts';
import { input } from '../../../models/graph/tensor.ts';
import { importGraph, NotInLanguage } from '../../../models/onnx/graph.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import { firstLine, UserError } from '../../errors.ts';
import { Session, Value, type Call } from '../cpu/ort.ts';
import type { Frozen } from '../engine.ts';
import { card, wantsCard } from './card.ts';
import { graphOf } from './model-graph.ts';
import type { Size } from './tiles.ts';

type Shape = readonly number[];
type Values = Readonly<Record<string, Float32Array>>;

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

/** How far two ways to compute a picture may be apart, of [-1, 1]: one of 255 levels. */
const AGREED = 2 / 255;

/** Sizes for which a card keeps the model. */
const KEPT = 3;

/** What went in, and what the processor made of it. */
interface Example {
  size: Size;
  given: Values;
  made: Float32Array;
}

export class OwnModel {
  /** Where the last picture was made; null for the processor. */
  device: string | null = null;
  /** Why the card that is there is not used, in words; null where it may be. */
  refused: string | null = null;
  readonly #session: Session;
  readonly #form: OwnForm;
  /** What its file says, where a card is wanted. */
  readonly #model: ReadModel | null;
  /** On the card, by size: the newest last. */
  readonly #onCard = new Map<string, { frozen: Frozen; device: string }>();
  #trial: Promise<void> | undefined;
  #bound: Bound | undefined;
  #released = false;

  constructor(bytes: Uint8Array, model: ReadModel, form: OwnForm) {
    this.#form = form;
    this.#session = new Session(bytes);
    this.#model = wantsCard() !== 'no' ? model : null;
  }

  /**
   * Gives all that it takes, and gets what it makes, which the next call overwrites.
   * @throws Interrupted; UserError where a card was named that cannot do it
   */
  async run(given: Values, size: Size): Promise<Float32Array> {
    const wanted = wantsCard() !== 'no';
    const known = wanted ? this.#onCard.get(keyOf(size)) : undefined;
    const made = known && (await this.#runOnCard(known, size, given));
    if (made) return made;
    const { call, inputs, output } = this.#bind(size);
    for (const [name, data] of Object.entries(given)) inputs[name]!.data.set(data);
    await call.runAsync();
    this.device = null;
    if (wanted && this.#model && this.refused === null && !this.#trial && !this.#onCard.has(keyOf(size))) {
      const copies = Object.fromEntries(Object.entries(given).map(([name, data]) => [name, data.slice()]));
      await this.#begin({ size, given: copies, made: output.data.slice() });
    }
    return output.data;
  }

  async #runOnCard(
    { frozen, device }: { frozen: Frozen; device: string },
    size: Size,
    given: Values,
  ): Promise<Float32Array | null> {
    this.#onCard.delete(keyOf(size));
    this.#onCard.set(keyOf(size), { frozen, device });
    try {
      const results = await frozen.run(given);
      this.device = device;
      return results[this.#form.output]!;
    } catch (error) {
      if (wantsCard() === 'insists') throw error;
      this.#refuse(`${device} failed, and the processor goes on: ${firstLine(error)}`);
      return null;
    }
  }

  /** Tries the card by an example: beside whatever comes next, unless somebody named it. */
  async #begin(example: Example): Promise<void> {
    if (wantsCard() === 'insists') {
      await this.#try(example);
      if (this.refused !== null) throw new UserError(this.refused);
      return;
    }
    this.#trial = this.#try(example)
      .catch((error: unknown) => this.#refuse(`no card runs this model, and the processor does: ${firstLine(error)}`))
      .finally(() => (this.#trial = undefined));
  }

  async #try(example: Example): Promise<void> {
    try {
      await this.#compare(example);
    } catch (error) {
      if (!(error instanceof NotInLanguage)) throw error;
      this.#refuse(`no card runs this model, and the processor does: it has ${error.message}`);
    }
  }

  async #compare({ size, given, made }: Example): Promise<void> {
    const found = await card();
    if (!found) return;
    const { device } = found;
    const frozen = await found.freeze(this.#graph(size), this.#model!.weights);
    const results = await frozen.run(given);
    const other = results[this.#form.output]!;
    const apart = made.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
    if (this.#released || !(apart <= AGREED)) frozen.dispose();
    else this.#onCard.set(keyOf(size), { frozen, device });
    if (!(apart <= AGREED))
      this.#refuse(
        `${device} does not make of it what the processor makes (${(apart * 127.5).toFixed(0)} of 255 levels apart)`,
      );
    for (const [key, old] of this.#onCard) {
      if (this.#onCard.size <= KEPT) break;
      this.#onCard.delete(key);
      old.frozen.dispose();
    }
  }

  /** By its family, or else by what its file does step by step. @throws NotInLanguage */
  #graph(size: Size): Pick<ProgramModel, 'inputs' | 'outputs'> {
    const model = this.#model!;
    const given = Object.entries(this.#form.inputs(size)).map(([name, shape]) => [name, input(name, shape)] as const);
    return graphOf(model, 'infer', size) ?? importGraph(model, Object.fromEntries(given));
  }

  #refuse(why: string): void {
    this.refused = why;
    for (const { frozen } of this.#onCard.values()) frozen.dispose();
    this.#onCard.clear();
  }

  interrupt(): void {
    this.#bound?.call.interrupt();
  }

  release(): void {
    this.#released = true;
    for (const { frozen } of this.#onCard.values()) frozen.dispose();
    this.#onCard.clear();
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

const keyOf = ({ width, height }: Size): string => `${width} x ${height}`;
