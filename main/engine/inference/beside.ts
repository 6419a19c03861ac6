/**
 * A model on a card beside the processor, where there is one. What the processor makes of the first picture of a size is
 * what the card is judged by; until it has made the same, and where it does not, the processor goes on.
 */
import type { ProgramModel } from '../../../models/families/program.ts';
import type { Shape } from '../../../models/graph/tensor.ts';
import { NotInLanguage } from '../../../models/onnx/graph.ts';
import type { ReadModel } from '../../../models/onnx/read.ts';
import { firstLine, UserError } from '../../errors.ts';
import type { Frozen } from '../engine.ts';
import { card, wantsCard } from './card.ts';

export type Values = Readonly<Record<string, Float32Array>>;

/** How far two ways to compute a picture may be apart: one of 255 levels. */
const AGREED = 1;

/** Sizes for which a card keeps the model. */
const KEPT = 3;

/** What the processor made of something. */
export interface Example {
  /** Of all pictures of its size. */
  key: string;
  given: Values;
  made: Float32Array;
  /** The model for pictures of this size. @throws NotInLanguage */
  graph: (model: ReadModel) => Pick<ProgramModel, 'inputs' | 'outputs'>;
  output: string;
  /** A level of 255, in what the model gives. */
  level: number;
}

interface OnCard {
  frozen: Frozen;
  device: string;
  output: string;
  shape: Shape;
}

export class Beside {
  /** Where the last picture was made; null for the processor. */
  device: string | null = null;
  /** Why the card that is there is not used, in words; null where it may be. */
  refused: string | null = null;
  /** Null where the processor runs models alone: weights are large. */
  readonly #model: ReadModel | null;
  /** By size: the newest last. */
  readonly #onCard = new Map<string, OnCard>();
  #trial: Promise<void> | undefined;
  /** The search that found no card. */
  #none: ReturnType<typeof card> | undefined;
  #released = false;

  constructor(model: ReadModel) {
    this.#model = wantsCard() === 'no' ? null : model;
  }

  /** What the card makes; null where it is the processor's turn. */
  async run(key: string, given: Values): Promise<{ shape: Shape; data: Float32Array } | null> {
    this.device = null;
    const known = this.#onCard.get(key);
    if (!known || wantsCard() === 'no') return null;
    this.#onCard.delete(key);
    this.#onCard.set(key, known);
    try {
      const results = await known.frozen.run(given);
      this.device = known.device;
      return { shape: known.shape, data: results[known.output]! };
    } catch (error) {
      if (wantsCard() === 'insists') throw error;
      this.#refuse(`${known.device} failed, and the processor goes on: ${firstLine(error)}`);
      return null;
    }
  }

  /** Whether an example is wanted of pictures of this size. */
  wants(key: string): boolean {
    if (this.#model === null || wantsCard() === 'no' || this.refused !== null) return false;
    return !this.#trial && !this.#onCard.has(key) && card() !== this.#none;
  }

  /** Tries the card by an example: beside whatever comes next, unless somebody named it. @throws UserError where it cannot */
  async show(example: Example): Promise<void> {
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
    const search = card();
    const found = await search;
    // Examples are large: no more are copied until another engine is chosen.
    if (!found) this.#none = search;
    if (!found) return;
    let graph: ReturnType<Example['graph']>;
    try {
      graph = example.graph(this.#model!);
    } catch (error) {
      // Also what an operator of ours does not take, of sizes and settings.
      const why = error instanceof NotInLanguage ? `it has ${error.message}` : firstLine(error);
      this.#refuse(`no card runs this model, and the processor does: ${why}`);
      return;
    }
    const { key, given, made, output, level } = example;
    const { device } = found;
    const frozen = await found.freeze(graph, this.#model!.weights);
    const other = (await frozen.run(given))[output]!;
    const apart = made.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0) / level;
    if (this.#released || !(apart <= AGREED)) frozen.dispose();
    else this.#onCard.set(key, { frozen, device, output, shape: graph.outputs[output]!.shape });
    if (!(apart <= AGREED))
      this.#refuse(`${device} does not make of it what the processor makes (${apart.toFixed(0)} of 255 levels apart)`);
    for (const [key, old] of this.#onCard) {
      if (this.#onCard.size <= KEPT) break;
      this.#onCard.delete(key);
      old.frozen.dispose();
    }
  }

  #refuse(why: string): void {
    this.refused = why;
    this.#forget();
  }

  #forget(): void {
    for (const { frozen } of this.#onCard.values()) frozen.dispose();
    this.#onCard.clear();
  }

  release(): void {
    this.#released = true;
    this.#forget();
  }
}
