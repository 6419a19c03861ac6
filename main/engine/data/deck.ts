/**
 * The endless shuffled sequence of pictures (or pairs of them) that a run learns from, and those it never sees. What is
 * at a place depends on the seed and the place alone. Decoded pictures are kept in memory.
 */
import { grouped } from '../../counted.ts';
import { Random } from '../../../models/graph/random.ts';
import { UserError } from '../../errors.ts';
import type { Item, PictureRef } from './datasets.ts';
import { decodePicture, type Picture } from '../pictures/pictures.ts';

/** What is drawn at once: one picture, or several that belong together. */
export interface Card extends Item {
  pictures: readonly PictureRef[];
  /** The places of its labels among the dataset's, where that has some. */
  labels?: readonly number[];
}

/** A card with its pictures, decoded. */
export interface Drawn {
  card: Card;
  pixels: Picture[];
}

/** The cards of a deck: those that are learned from and those that never are. */
export interface Cards {
  train: readonly Card[];
  heldOut: readonly Card[];
  /** Those that `DeckOptions.emphasised` of the places are drawn from; none where that is 0. */
  emphasised: readonly Card[];
}

export interface DeckOptions {
  /** Tells the random order of this deck from that of another. */
  stream: string;
  seed: number;
  /** The share of the places, 0..1, that is drawn from the emphasised cards. */
  emphasised: number;
  cache: DecodedPictures;
  /** How messages call where the pictures come from. */
  place: string;
  /** Is told once of each card that cannot be read. */
  warn: (message: string) => void;
}

export class Deck {
  readonly train: readonly Card[];
  readonly heldOut: readonly Card[];
  readonly #emphasised: readonly Card[];
  readonly #options: DeckOptions;
  readonly #unreadable = new Set<Card>();
  /** The order of the epoch at hand, of all cards and of the emphasised ones. */
  readonly #orders = new Map<readonly Card[], { epoch: number; order: Uint32Array }>();

  constructor({ train, heldOut, emphasised }: Cards, options: DeckOptions) {
    [this.train, this.heldOut, this.#emphasised, this.#options] = [train, heldOut, emphasised, options];
  }

  /** The card at a place of the endless sequence, or the next readable one of the same epoch. @throws UserError */
  async at(place: number): Promise<Drawn> {
    const { seed, stream, emphasised } = this.#options;
    const among =
      emphasised > 0 && new Random(seed, `emphasis${stream}`, place).uniform() < emphasised
        ? this.#emphasised
        : this.train;
    const n = among.length;
    const order = this.#orderOf(among, Math.floor(place / n));
    for (let tried = 0; tried < n; tried++) {
      const drawn = await this.#read(among[order[(place + tried) % n]!]!);
      if (drawn) return drawn;
    }
    throw new UserError(`None of the ${grouped(n)} training pictures in ${this.#options.place} can be read`);
  }

  /** Held-out cards `from` to `from + count`; those that cannot be read are left out. */
  async heldOutAt(from: number, count: number): Promise<Drawn[]> {
    const read = await Promise.all(this.heldOut.slice(from, from + count).map((card) => this.#read(card)));
    return read.filter((drawn) => drawn !== undefined);
  }

  #orderOf(among: readonly Card[], epoch: number): Uint32Array {
    const known = this.#orders.get(among);
    if (known?.epoch === epoch) return known.order;
    const order = new Random(this.#options.seed, `order${this.#options.stream}`, epoch).permutation(among.length);
    this.#orders.set(among, { epoch, order });
    return order;
  }

  async #read(card: Card): Promise<Drawn | undefined> {
    if (this.#unreadable.has(card)) return undefined;
    try {
      return { card, pixels: await this.#options.cache.get(card) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!this.#unreadable.has(card)) this.#options.warn(`Skipped: ${error.message}`);
      this.#unreadable.add(card);
      return undefined;
    }
  }
}

/** A picture, and what it takes once that is known. */
interface Kept {
  picture: Promise<Picture>;
  bytes: number;
}

/** Decoded pictures, kept in memory up to a budget; what was not used for longest goes first. */
export class DecodedPictures {
  readonly #size: number | null;
  readonly #channels: 3 | 4;
  readonly #budget: number;
  #bytes = 0;
  /** By file and half, in the order of last use: a Map remembers the order of insertion. Many drawings have one target. */
  readonly #kept = new Map<string, Kept>();

  /**
   * @param size that they are brought to; null for their own
   * @param budget in bytes; the picture at hand is kept whatever it is
   */
  constructor(size: number | null, channels: 3 | 4, budget: number) {
    [this.#size, this.#channels, this.#budget] = [size, channels, budget];
  }

  /** Decodes the pictures of a card, or takes them from memory. Asked twice at once, one is decoded once. @throws UserError */
  get({ pictures }: Card): Promise<Picture[]> {
    return Promise.all(pictures.map((picture) => this.#one(picture)));
  }

  #one(ref: PictureRef): Promise<Picture> {
    const key = `${ref.half ?? ''}:${ref.file}`;
    const kept = this.#kept.get(key) ?? this.#begin(key, ref);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.picture;
  }

  #begin(key: string, ref: PictureRef): Kept {
    const kept: Kept = { picture: this.#decode(ref), bytes: 0 };
    const weigh = ({ data }: Picture): void => {
      if (this.#kept.get(key) !== kept) return;
      kept.bytes = data.length;
      this.#bytes += kept.bytes;
      this.#makeRoom();
    };
    kept.picture.then(weigh, () => undefined); // whoever asked hears of what cannot be read
    return kept;
  }

  #makeRoom(): void {
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#budget || this.#kept.size === 1) return;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }

  #decode({ file, half }: PictureRef): Promise<Picture> {
    const size = this.#size === null ? {} : { width: this.#size, height: this.#size };
    return decodePicture(file, { ...size, channels: this.#channels, ...(half && { half }) });
  }
}
