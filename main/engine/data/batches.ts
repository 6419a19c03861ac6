/**
 * Makes the batches that a run learns from. A batch depends on (settings, dataset, step) alone: the order of the
 * pictures and how each is varied are functions of the seed and the position, so a resumed run goes on as if nothing
 * had happened. Works ahead of the trainer.
 */
import { Random } from '../../../models/graph/random.ts';
import { UserError } from '../../errors.ts';
import { drawAugmentation, recolour, sampleMoved } from './augment.ts';
import { fingerprint, openPairs, openSets, split, type Pair, type Single } from './datasets.ts';
import { Deck, DecodedPictures, type Card, type Cards, type Drawn } from './deck.ts';
import type { Batch, DatasetSummary, LoaderSettings } from '../processes/messages.ts';
import { toPlanar } from '../pictures/pictures.ts';

/** How many batches are made before they are asked for. */
const AHEAD = 3;

const CACHE_BYTES = 1 << 30;

/** A dataset as decks of cards; the pictures of a card, deck after deck, are a batch's `input` and `target`. */
interface Opened {
  decks: (Cards & { stream: string })[];
  /** The names of what is held out, as run.json keeps them. */
  heldOutNames: string[];
  /** How many held-out batches of one there are. */
  heldOut: number;
  fingerprint: string;
  unmatched: readonly string[];
}

export class BatchSource {
  readonly summary: DatasetSummary;
  readonly #settings: LoaderSettings;
  readonly #decks: readonly Deck[];
  /** The random stream of each deck. */
  readonly #streams: readonly string[];
  readonly #ahead = new Map<number, Promise<Batch>>();

  /**
   * Opens the dataset; pictures are opened when they are needed.
   * @param warn is told once of each picture that cannot be read
   * @throws UserError when there is nothing to train on
   */
  constructor(settings: LoaderSettings, warn: (message: string) => void, cacheBytes = CACHE_BYTES) {
    const { dataset: place, seed, emphasis, size, channels } = settings;
    const opened = settings.kind === 'pairs' ? pairsAsCards(settings) : setsAsCards(settings);
    const cache = new DecodedPictures(size, channels, cacheBytes);
    this.#settings = settings;
    this.#streams = opened.decks.map(({ stream }) => stream);
    const emphasised = emphasis?.share ?? 0;
    this.#decks = opened.decks.map(
      ({ stream, ...cards }) => new Deck(cards, { stream, seed, emphasised, cache, place, warn }),
    );
    this.summary = {
      train: this.#decks.reduce((total, { train }) => total + train.length, 0),
      heldOut: opened.heldOut,
      heldOutNames: opened.heldOutNames,
      fingerprint: opened.fingerprint,
      warnings: opened.unmatched.length > 0 ? [unmatchedLine(opened.unmatched)] : [],
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
    const drawn = await Promise.all(this.#decks.map((deck) => deck.heldOutAt(from, count)));
    const good = Math.min(...drawn.map(({ length }) => length));
    const batch = this.#empty(good);
    for (let i = 0; i < good; i++) {
      batch.names.push(drawn[0]![i]!.card.name);
      const pixels = drawn.flatMap((deck) => deck[i]!.pixels);
      [batch.input, batch.target].forEach((planes, side) =>
        planes.set(toPlanar(pixels[side]!), i * this.#pictureLength),
      );
    }
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
    const chosen = await Promise.all(
      positions.map((position) => Promise.all(this.#decks.map((deck) => deck.at(position)))),
    );
    chosen.forEach((drawn, i) => {
      batch.names.push(drawn[0]!.card.name);
      this.#vary(drawn, positions[i]!, batch, i * this.#pictureLength);
    });
    return batch;
  }

  /** The pictures of a card are moved alike; those of another deck in their own way. */
  #vary(drawn: readonly Drawn[], position: number, batch: Batch, offset: number): void {
    const { size, channels, seed, augment } = this.#settings;
    const sides = [batch.input, batch.target];
    let side = 0;
    drawn.forEach(({ pixels }, deck) => {
      const random = new Random(seed, `augment${this.#streams[deck]!}`, position);
      const { move, colour } = drawAugmentation(augment, size, random);
      for (const picture of pixels) {
        const planes = sides[side]!;
        sampleMoved(picture, move, planes, offset);
        if (side === 0) recolour(planes, offset, size * size, channels, colour);
        side++;
      }
    });
  }

  get #pictureLength(): number {
    return this.#settings.size ** 2 * this.#settings.channels;
  }

  #empty(count: number): Batch {
    const length = count * this.#pictureLength;
    return { input: new Float32Array(length), target: new Float32Array(length), names: [] };
  }
}

/** Pairs: one deck, whose cards are input and target. */
function pairsAsCards({ dataset: folder, holdout, seed, emphasis }: LoaderSettings): Opened {
  const { pairs, unmatched } = openPairs(folder);
  const names = new Set(emphasis?.names);
  const emphasised = pairs.filter(({ name }) => names.has(name));
  if (emphasised.length < names.size)
    throw new UserError(`Some of the pairs to be learned are not in ${folder} any more`);
  // What is emphasised is never held out. A dataset of corrections alone has nothing else to be held out.
  const others = pairs.filter(({ name }) => !names.has(name));
  const { train, heldOut } = others.length === 0 ? { train: pairs, heldOut: [] } : split(others, holdout, seed);
  const cards = (some: readonly Pair[]): Card[] =>
    some.map(({ input, target, ...item }) => ({ ...item, pictures: [input, target] }));
  return {
    decks: [{ stream: '', train: cards(train), heldOut: cards(heldOut), emphasised: cards(emphasised) }],
    heldOut: heldOut.length,
    heldOutNames: heldOut.map(({ name }) => name),
    fingerprint: fingerprint(
      folder,
      pairs.flatMap(({ input, target }) => [input.file, target.file]),
    ),
    unmatched,
  };
}

/** Two sets: a deck each, shuffled and varied apart. */
function setsAsCards({ dataset: folder, holdout, seed, emphasis }: LoaderSettings): Opened {
  if (emphasis) throw new UserError('Only pairs can be learned more often than others');
  const { a, b } = openSets(folder);
  const [ofA, ofB] = [split(a, holdout, seed), split(b, holdout, seed)];
  const cards = (some: readonly Single[]): Card[] =>
    some.map(({ picture, ...item }) => ({ ...item, pictures: [picture] }));
  const deck = (stream: string, { train, heldOut }: typeof ofA): Opened['decks'][number] => ({
    stream,
    train: cards(train),
    heldOut: cards(heldOut),
    emphasised: [],
  });
  return {
    decks: [deck('/A', ofA), deck('/B', ofB)],
    heldOut: Math.min(ofA.heldOut.length, ofB.heldOut.length),
    heldOutNames: [...ofA.heldOut.map(({ name }) => `A/${name}`), ...ofB.heldOut.map(({ name }) => `B/${name}`)],
    fingerprint: fingerprint(
      folder,
      [...a, ...b].map(({ picture }) => picture.file),
    ),
    unmatched: [],
  };
}

/** One line about pictures without a partner; the first few are named. */
function unmatchedLine(files: readonly string[]): string {
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  const what =
    files.length === 1 ? '1 picture has no partner and is' : `${files.length} pictures have no partner and are`;
  return `${what} left out: ${files.slice(0, 5).join(', ')}${more}`;
}
