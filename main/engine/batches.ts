/**
 * Makes the batches that a run learns from. A batch depends on (settings, dataset, step) alone: the order of the
 * pictures and how each is varied are functions of the seed and the position, so a resumed run goes on as if nothing
 * had happened. Works ahead of the trainer, and keeps decoded pictures in memory.
 */
import { Random } from '../../models/graph/random.ts';
import { UserError } from '../errors.ts';
import { fingerprint, openPairs, split, type Pair, type PictureRef } from './datasets.ts';
import { drawAugmentation, recolour, sampleMoved } from './augment.ts';
import type { Batch, DatasetSummary, LoaderSettings } from './messages.ts';
import { decodePicture, toPlanar, type Picture } from './pictures.ts';

/** How many batches are made before they are asked for. */
const AHEAD = 3;

const CACHE_BYTES = 1 << 30;

interface Pixels {
  input: Picture;
  target: Picture;
}

export class BatchSource {
  readonly summary: DatasetSummary;
  readonly #settings: LoaderSettings;
  readonly #train: readonly Pair[];
  readonly #heldOut: readonly Pair[];
  readonly #emphasised: readonly Pair[];
  readonly #warn: (message: string) => void;
  readonly #cache: DecodedPairs;
  readonly #unreadable = new Set<Pair>();
  readonly #ahead = new Map<number, Promise<Batch>>();
  /** The order of the epoch at hand, of all training pairs and of the emphasised ones. */
  readonly #orders = new Map<readonly Pair[], { epoch: number; order: Uint32Array }>();

  /**
   * Opens the dataset; pictures are opened when they are needed.
   * @param warn is told once of each picture that cannot be read
   * @throws UserError when there is nothing to train on
   */
  constructor(settings: LoaderSettings, warn: (message: string) => void, cacheBytes = CACHE_BYTES) {
    const dataset = openPairs(settings.dataset);
    const names = new Set(settings.emphasis?.names);
    this.#emphasised = dataset.pairs.filter(({ name }) => names.has(name));
    if (this.#emphasised.length < names.size)
      throw new UserError(`Some of the pairs to be learned are not in ${settings.dataset} any more`);
    // A dataset of corrections alone has nothing else to be held out.
    const others = dataset.pairs.filter(({ name }) => !names.has(name));
    const { train, heldOut } =
      others.length === 0 ? { train: dataset.pairs, heldOut: [] } : split(others, settings.holdout, settings.seed);
    this.#settings = settings;
    this.#train = train;
    this.#heldOut = heldOut;
    this.#warn = warn;
    this.#cache = new DecodedPairs(settings, cacheBytes);
    this.summary = {
      train: train.length,
      heldOut: heldOut.length,
      heldOutNames: heldOut.map(({ name }) => name),
      fingerprint: fingerprint(dataset),
      warnings: dataset.unmatched.length > 0 ? [unmatchedLine(dataset.unmatched)] : [],
    };
  }

  /** The batch of a step (0, 1, ...), varied; the next ones are begun. @throws UserError when no picture can be read */
  async batch(step: number): Promise<Batch> {
    const wanted = this.#begin(step);
    const batch = await wanted;
    for (const begun of this.#ahead.keys()) if (begun <= step || begun > step + AHEAD) this.#ahead.delete(begun);
    for (let next = step + 1; next <= step + AHEAD; next++) void this.#begin(next);
    return batch;
  }

  /**
   * Held-out pictures `from` to `from + count`, as they are. One that cannot be read is left out (metrics must not
   * count another twice), so there may be fewer than asked for, down to none.
   */
  async heldOut(from: number, count: number): Promise<Batch> {
    const pairs = this.#heldOut.slice(from, from + count);
    const read = await Promise.all(pairs.map((pair) => this.#read(pair)));
    const good = pairs.flatMap((pair, i) => (read[i] ? [{ name: pair.name, pixels: read[i] }] : []));
    const batch = this.#empty(good.length);
    good.forEach(({ name, pixels }, i) => {
      batch.names.push(name);
      batch.input.set(toPlanar(pixels.input), i * this.#pictureLength);
      batch.target.set(toPlanar(pixels.target), i * this.#pictureLength);
    });
    return batch;
  }

  #begin(step: number): Promise<Batch> {
    const begun = this.#ahead.get(step);
    if (begun) return begun;
    const batch = this.#make(step);
    batch.catch(() => undefined); // whoever asks for the step gets the error; until then nobody is listening
    this.#ahead.set(step, batch);
    return batch;
  }

  async #make(step: number): Promise<Batch> {
    const { batch: count } = this.#settings;
    const batch = this.#empty(count);
    const positions = Array.from({ length: count }, (_, i) => step * count + i);
    const chosen = await Promise.all(positions.map((position) => this.#readableAt(position)));
    chosen.forEach(({ pair, pixels }, i) => {
      batch.names.push(pair.name);
      this.#vary(pixels, positions[i]!, batch, i * this.#pictureLength);
    });
    return batch;
  }

  /** The pair at a position of the endless shuffled sequence, or the next readable one of the same epoch. */
  async #readableAt(position: number): Promise<{ pair: Pair; pixels: Pixels }> {
    const { seed, emphasis } = this.#settings;
    const among =
      emphasis && new Random(seed, 'emphasis', position).uniform() < emphasis.share ? this.#emphasised : this.#train;
    const n = among.length;
    const order = this.#orderOf(among, Math.floor(position / n));
    for (let tried = 0; tried < n; tried++) {
      const pair = among[order[(position + tried) % n]!]!;
      const pixels = await this.#read(pair);
      if (pixels) return { pair, pixels };
    }
    throw new UserError(`None of the ${n} training pictures in ${this.#settings.dataset} can be read`);
  }

  #orderOf(among: readonly Pair[], epoch: number): Uint32Array {
    const known = this.#orders.get(among);
    if (known?.epoch === epoch) return known.order;
    const order = new Random(this.#settings.seed, 'order', epoch).permutation(among.length);
    this.#orders.set(among, { epoch, order });
    return order;
  }

  /** The decoded pair, or undefined when it cannot be read, which is reported once. */
  async #read(pair: Pair): Promise<Pixels | undefined> {
    if (this.#unreadable.has(pair)) return undefined;
    try {
      return await this.#cache.get(pair);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!this.#unreadable.has(pair)) this.#warn(`Skipped: ${error.message}`);
      this.#unreadable.add(pair);
      return undefined;
    }
  }

  #vary({ input, target }: Pixels, position: number, batch: Batch, offset: number): void {
    const { size, channels, seed, augment } = this.#settings;
    const { move, colour } = drawAugmentation(augment, size, new Random(seed, 'augment', position));
    sampleMoved(input, move, batch.input, offset);
    sampleMoved(target, move, batch.target, offset);
    recolour(batch.input, offset, size * size, channels, colour);
  }

  get #pictureLength(): number {
    return this.#settings.size ** 2 * this.#settings.channels;
  }

  #empty(count: number): Batch {
    const length = count * this.#pictureLength;
    return { input: new Float32Array(length), target: new Float32Array(length), names: [] };
  }
}

/** Decoded and resized pairs, kept in memory up to a budget; the one that was not used for longest goes first. */
class DecodedPairs {
  readonly #size: number;
  readonly #channels: 3 | 4;
  readonly #most: number;
  /** In the order of last use: a Map remembers the order of insertion. */
  readonly #kept = new Map<Pair, Promise<Pixels>>();

  constructor({ size, channels }: LoaderSettings, bytes: number) {
    this.#size = size;
    this.#channels = channels;
    this.#most = Math.floor(bytes / (2 * size * size * channels));
  }

  /** Decodes a pair, or takes it from memory. Asked twice at once, it is decoded once. @throws UserError */
  get(pair: Pair): Promise<Pixels> {
    const pixels = this.#kept.get(pair) ?? this.#decode(pair);
    this.#kept.delete(pair);
    this.#kept.set(pair, pixels);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= Math.max(1, this.#most)) break;
      this.#kept.delete(oldest);
    }
    return pixels;
  }

  async #decode({ input, target }: Pair): Promise<Pixels> {
    const decode = ({ file, half }: PictureRef): Promise<Picture> =>
      decodePicture(file, { width: this.#size, height: this.#size, channels: this.#channels, ...(half && { half }) });
    const [first, second] = await Promise.all([decode(input), decode(target)]);
    return { input: first, target: second };
  }
}

/** One line about pictures without a partner; the first few are named. */
function unmatchedLine(files: readonly string[]): string {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  const what =
    files.length === 1 ? '1 picture has no partner and is' : `${files.length} pictures have no partner and are`;
  return `${what} left out: ${files.slice(0, 5).join(', ')}${more}`;
}
