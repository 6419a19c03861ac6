/**
 * Variations of a model's results: the dropout of its training, kept at inference as the generator's noise (Isola et
 * al. 2017, section 3.1). The exported model has no dropout, so the graph is built anew from its family and settings,
 * with the weights of the file.
 */
import type { ProgramModel } from '../../../models/families/program.ts';
import { topological } from '../../../models/graph/graph.ts';
import { Random } from '../../../models/graph/random.ts';
import { dropoutRateOf, isLeaf, isParameter } from '../../../models/graph/tensor.ts';
import { readOnnx, type ReadModel } from '../../../models/onnx/read.ts';
import { writeOnnx } from '../../../models/onnx/write.ts';
import { Session, Value, type Call } from '../cpu/ort.ts';
import { graphOf } from './model-graph.ts';

/** The graph of a model with its noise; null for a model that has none. */
function noisyGraph(model: ReadModel): ProgramModel | null {
  const graph = graphOf(model, 'vary');
  const leaves = graph ? topological(Object.values(graph.outputs)).filter(isLeaf) : [];
  return leaves.some((leaf) => dropoutRateOf(leaf) !== undefined) ? graph : null;
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

  private constructor(graph: ProgramModel, { weights }: ReadModel) {
    const model = writeOnnx(graph.outputs, {
      target: 'export',
      weights: new Map([...weights].map(([name, { data }]) => [name, data] as const)),
    });
    const leaves = topological(Object.values(graph.outputs)).filter(isLeaf);
    const missing = leaves.find((leaf) => isParameter(leaf) && !weights.has(leaf.name));
    if (missing) throw new Error(`the model has no weight "${missing.name}"`);
    const inputs = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, Value.zeros(shape)]));
    this.#masks = leaves.flatMap((leaf) => {
      const rate = dropoutRateOf(leaf);
      return rate === undefined ? [] : [{ name: leaf.name, rate, value: inputs[leaf.name]! }];
    });
    this.#input = inputs['input']!;
    this.#output = Value.zeros(graph.outputs['output']!.shape);
    this.#session = new Session(model.bytes);
    this.#call = this.#session.bind(inputs, { output: this.#output }).interruptible();
  }

  /** The variations of a model; null for one that has none. */
  static of(bytes: Uint8Array): Variation | null {
    const model = readOnnx(bytes);
    const graph = noisyGraph(model);
    return graph && new Variation(graph, model);
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
