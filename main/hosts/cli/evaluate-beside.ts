/** What pairs would score without any network: the input itself, the mean picture, and the truth of the most similar input. */
import { MinibatchSource } from '../../engine/data/minibatches.ts';
import { MetricsTotal, toUnit, type PlaneShape, type Scores } from '../../engine/metrics/metrics.ts';
import { LearnedPictures } from '../../engine/metrics/nearest.ts';
import { small } from '../../engine/metrics/small.ts';
import type { LoaderSettings } from '../../engine/processes/messages.ts';

/** Inputs are compared at this height and width. */
const SIDE = 32;
/** So much of the learned pairs is looked at: what a split can set aside at most. */
const SHARE = 0.9;

interface Learned {
  input: Uint8Array;
  /** CHW, 0..255. */
  target: Uint8Array;
}

export class Baselines {
  readonly #shape: PlaneShape;
  readonly #learned: readonly Learned[];
  readonly #inputs: LearnedPictures;
  readonly #mean: Float32Array;
  readonly #totals: Record<'input' | 'mean' | 'nearest', MetricsTotal>;

  private constructor(shape: PlaneShape, learned: readonly Learned[]) {
    this.#shape = shape;
    this.#learned = learned;
    this.#inputs = new LearnedPictures(learned.map(({ input }) => input));
    this.#mean = new Float32Array(shape.channels * shape.height * shape.width);
    for (const { target } of learned) for (const [i, v] of target.entries()) this.#mean[i]! += v / 255 / learned.length;
    this.#totals = { input: new MetricsTotal(shape), mean: new MetricsTotal(shape), nearest: new MetricsTotal(shape) };
  }

  /** Reads learned pairs as a training of these settings would. @throws UserError */
  static async read(settings: LoaderSettings, warn: (message: string) => void): Promise<Baselines> {
    const { size, channels } = settings;
    const shape = { channels, height: size, width: size };
    const source = new MinibatchSource({ ...settings, holdout: SHARE }, warn);
    const learned: Learned[] = [];
    for (let i = 0; i < source.summary.heldOut; i++) {
      const { ports, names } = await source.heldOut(i, 1);
      if (names['input']![0] === undefined) continue;
      const bytes = toUnit(ports['target']!).map((v) => Math.round(255 * v));
      learned.push({ input: small(toUnit(ports['input']!), shape, SIDE), target: Uint8Array.from(bytes) });
    }
    return new Baselines(shape, learned);
  }

  /** Scores one pair, of planes in [-1, 1]. */
  add(input: Float32Array, target: Float32Array): void {
    const truth = toUnit(target);
    const looked = small(toUnit(input), this.#shape, SIDE);
    const nearest = this.#learned[this.#inputs.nearest(looked)!.index]!;
    this.#totals.input.add(toUnit(input), truth);
    this.#totals.mean.add(this.#mean, truth);
    this.#totals.nearest.add(
      new Float32Array(nearest.target).map((v) => v / 255),
      truth,
    );
  }

  scores(): Record<'input' | 'mean' | 'nearest', Scores> {
    const { input, mean, nearest } = this.#totals;
    return { input: input.scores(), mean: mean.scores(), nearest: nearest.scores() };
  }
}
