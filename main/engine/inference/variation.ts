/**
 * Variations of a model's results: the dropout of its training, kept at inference as the generator's noise (Isola et
 * al. 2017, section 3.1). The exported model has no dropout, so the graph is built anew from its family and settings,
 * with the weights of the file.
 */
import { FAMILIES } from '../../../models/families/index.ts';
import type { Inference } from '../../../models/families/family.ts';
import { topological } from '../../../models/graph/graph.ts';
import { Random } from '../../../models/graph/random.ts';
import { dropoutRateOf, isLeaf, isParameter } from '../../../models/graph/tensor.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { Session, Value, type Call } from '../cpu/ort.ts';

/** The graph of a model with its noise; null for a model that has none. */
function noisyGraph({ metadata }: ReadModel): Inference | null {
  const family = FAMILIES.get(metadata['maquette.family'] ?? '');
  if (!family) return null;
  const settings = family.settings.safeParse(JSON.parse(metadata['maquette.settings'] ?? '{}'));
  const [size, channels] = [Number(metadata['maquette.size']), Number(metadata['maquette.channels'])];
  if (!settings.success || family.refuseSize(size) !== null) return null;
  const inference = family.inference({ size, channels: channels === 4 ? 4 : 3, batch: 1 }, settings.data, 'vary')[0];
  return inference && topological([inference.output]).some((leaf) => isLeaf(leaf) && dropoutRateOf(leaf) !== undefined)
    ? inference
    : null;
}

/** Whether a model's results vary with a seed. */
export const varies = (model: ReadModel): boolean => noisyGraph(model) !== null;

export class Variation {
  readonly #session: Session;
  readonly #call: Call;
  readonly #input: Value;
  readonly #output: Value;
  readonly #masks: readonly { name: string; rate: number; value: Value }[];
  #seed: number | null = null;

  private constructor(inference: Inference, { weights }: ReadModel) {
    const model = writeOnnx(
      { output: inference.output },
      { weights: new Map([...weights].map(([name, { data }]) => [name, data] as const)) },
    );
    const leaves = topological([inference.output]).filter(isLeaf);
    const missing = leaves.find((leaf) => isParameter(leaf) && !weights.has(leaf.name));
    if (missing) throw new Error(`the model has no weight "${missing.name}"`);
    const inputs = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, Value.zeros(shape)]));
    this.#masks = leaves.flatMap((leaf) => {
      const rate = dropoutRateOf(leaf);
      return rate === undefined ? [] : [{ name: leaf.name, rate, value: inputs[leaf.name]! }];
    });
    this.#input = inputs[inference.input.name]!;
    this.#output = Value.zeros(inference.output.shape);
    this.#session = new Session(model.bytes);
    this.#call = this.#session.bind(inputs, { output: this.#output }).interruptible();
  }

  /** The variations of a model; null for one that has none. */
  static of(bytes: Uint8Array): Variation | null {
    const model = readOnnx(bytes);
    const inference = noisyGraph(model);
    return inference && new Variation(inference, model);
  }

  /** Translates one picture: planar [C, H, W] in [-1, 1]. The same seed gives the same result, which the next call overwrites. */
  async run(planes: Float32Array, seed: number): Promise<Float32Array> {
    if (seed !== this.#seed)
      for (const { name, rate, value } of this.#masks) new Random(seed, name).dropout(value.data, rate);
    this.#seed = seed;
    this.#input.data.set(planes);
    await this.#call.runAsync();
    return this.#output.data;
  }

  /** Ends the translation under way, which then fails with Interrupted. */
  interrupt(): void {
    this.#call.interrupt();
  }

  release(): void {
    this.#session.release();
    for (const value of this.#call.values) value.dispose();
  }
}
