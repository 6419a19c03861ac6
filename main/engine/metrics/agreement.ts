/**
 * Whether what was asked for is what is seen: a classifier that learned the labels of real pictures reads them off made
 * ones. How often it is right about real pictures that it never saw says how much its word is worth.
 */
import { labelReader } from '../../../models/judges/label-reader.ts';
import { traitsOf, type Trait } from '../../../models/families/traits.ts';
import { cpu } from '../cpu/index.ts';
import { MinibatchSource } from '../data/minibatches.ts';
import type { Execution } from '../engine.ts';
import { UNVARIED, type LoaderSettings } from '../processes/messages.ts';

const BATCH = 16;
const STEPS = 1000;
const SEED = 1;
/** A reader that is right less often than this about real pictures says little of made ones. */
export const WORTH = 0.95;

/** How likely each value of each trait is, 0..1, by their names. */
export type Reading = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The value of each trait, by its name. */
export type Labels = Readonly<Record<string, string>>;

/** How often each trait is what it should be, and all of them at once: shares, 0..1. */
export interface Agreement {
  n: number;
  traits: Record<string, number>;
  all: number;
}

/** The pictures to learn from, at the size at which pictures will be read. */
export type Learned = Pick<LoaderSettings, 'dataset' | 'holdout' | 'seed' | 'size' | 'channels'>;

interface Telling {
  threads: number;
  warn: (message: string) => void;
  progress?: (done: number, total: number) => void;
  /** How long it learns. */
  steps?: number;
}

export class LabelReader {
  readonly traits: readonly Trait[];
  readonly #execution: Execution;
  #accuracy: Agreement = { n: 0, traits: {}, all: NaN };

  private constructor(execution: Execution, traits: readonly Trait[]) {
    [this.#execution, this.traits] = [execution, traits];
  }

  /**
   * Learns from the part of a dataset that is not held out; the same every time on the same machine. null where the
   * pictures have no labels. The runtime must be started. @throws UserError
   */
  static async learn(
    learned: Learned,
    { threads, warn, progress, steps = STEPS }: Telling,
  ): Promise<LabelReader | null> {
    const source = new MinibatchSource(
      {
        ...{ ...learned, kind: 'pictures', batch: BATCH, emphasis: null, only: null },
        // Few pictures: varied, but for their colours, which may be what a label says.
        augment: { ...UNVARIED, flip: true, jitter: 0.04 },
      },
      warn,
    );
    const { labels, heldOut } = source.summary;
    if (labels.length === 0) return null;
    const shape = { size: learned.size, channels: learned.channels, batch: BATCH, labels };
    const execution = await cpu.open(labelReader(shape), { seed: SEED, threads });
    await execution.initialise(SEED);
    for (let step = 0; step < steps; step++) {
      const { ports } = await source.batch(step);
      for (const port of ['picture', 'label']) await execution.write(port, ports[port]!);
      await execution.step(step, 'main', steps);
      progress?.(step + 1, steps);
    }
    const reader = new LabelReader(execution, traitsOf(labels));
    const seen = new AgreementTotal();
    for (let i = 0; i < heldOut; i++) {
      const { ports, names } = await source.heldOut(i, 1);
      if (names['picture']!.length === 0) continue;
      const label = ports['label']!;
      const truth = reader.traits.map(({ name, values, begin }) => [
        name,
        values.find((_, k) => label[begin + k] === 1)!,
      ]);
      seen.add(Object.fromEntries(truth) as Labels, await reader.read(ports['picture']!));
    }
    reader.#accuracy = seen.agreement();
    return reader;
  }

  /** How often it is right about real pictures that it never saw. */
  get accuracy(): Agreement {
    return this.#accuracy;
  }

  /** Reads the labels off a picture: planes [C, size, size] in [-1, 1]. */
  async read(planes: Float32Array): Promise<Reading> {
    const { logits } = (await this.#execution.infer(0, { picture: planes })) as { logits: Float32Array };
    return Object.fromEntries(
      this.traits.map(({ name, values, begin }) => {
        const shares = softmax(logits.subarray(begin, begin + values.length));
        return [name, Object.fromEntries(values.map((value, i) => [value, shares[i]!]))];
      }),
    );
  }

  dispose(): Promise<void> {
    return this.#execution.dispose();
  }
}

/** Counts how often what is read is what was asked for, of the traits that were asked for. */
export class AgreementTotal {
  #n = 0;
  #all = 0;
  readonly #right = new Map<string, number>();

  add(asked: Labels, read: Reading): void {
    const right = Object.entries(asked).filter(([trait, value]) => likeliest(read[trait]!) === value);
    this.#n++;
    if (right.length === Object.keys(asked).length) this.#all++;
    for (const trait of Object.keys(asked)) this.#right.set(trait, this.#right.get(trait) ?? 0);
    for (const [trait] of right) this.#right.set(trait, this.#right.get(trait)! + 1);
  }

  agreement(): Agreement {
    const share = (count: number): number => count / this.#n;
    return {
      n: this.#n,
      traits: Object.fromEntries([...this.#right].map(([trait, count]) => [trait, share(count)])),
      all: share(this.#all),
    };
  }
}

/** The value that is most likely. */
export const likeliest = (shares: Readonly<Record<string, number>>): string =>
  Object.entries(shares).reduce((most, each) => (each[1] > most[1] ? each : most))[0];

function softmax(logits: Float32Array): Float32Array {
  const most = Math.max(...logits);
  const parts = logits.map((value) => Math.exp(value - most));
  const total = parts.reduce((sum, part) => sum + part);
  return parts.map((part) => part / total);
}
