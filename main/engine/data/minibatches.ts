/**
 * Makes the minibatches that a run learns from. A batch depends on (settings, dataset, step) alone: the order of the
 * pictures and how each is varied are functions of the seed and the position, so a resumed run goes on as if nothing
 * had happened. Works ahead of the trainer.
 */
import { counted, grouped } from '../../counted.ts';
import { freeMemory } from '../../memory.ts';
import type { Port, Smaller } from '../../../models/families/program.ts';
import { Random } from '../../../models/graph/random.ts';
import type { Minibatch, DatasetSummary, LoaderSettings } from '../processes/messages.ts';
import { saySkipped } from '../pictures/listing.ts';
import type { Picture } from '../pictures/pictures.ts';
import { drawAugmentation, recolour, sampleMoved, STILL, turnHue, within, type Movement } from './augment.ts';
import { Deck, DecodedPictures, type Drawn } from './deck.ts';
import { READERS, type OpenedData } from './readers.ts';
import { madeSmaller } from './smaller.ts';

/** How many minibatches are made before they are asked for. */
const AHEAD = 3;

/** What decoded pictures may take of the memory that is free when a training begins. */
const CACHED = 1 / 4;

/** A deck with the ports that its pictures fill, and its random stream. */
interface Source {
  deck: Deck;
  stream: string;
  ports: readonly string[];
}

export class MinibatchSource {
  readonly summary: DatasetSummary;
  readonly #settings: LoaderSettings;
  readonly #sources: readonly Source[];
  readonly #label: OpenedData['label'];
  /** The ports that changes of colour may touch. */
  #recoloured: ReadonlySet<string> = new Set();
  /** The ports whose pictures are made of others'. */
  #smaller: ReadonlyMap<string, Smaller> = new Map();
  readonly #ahead = new Map<number, Promise<Minibatch>>();

  /**
   * Opens the dataset; pictures are opened when they are needed.
   * @param warn is told once of each picture that cannot be read
   * @throws UserError when there is nothing to train on
   */
  constructor(settings: LoaderSettings, warn: (message: string) => void, cacheBytes = CACHED * freeMemory()) {
    const { dataset: place, seed, emphasis, size, channels } = settings;
    const { decks, label, later, unmatched, skipped, ...known } = READERS[settings.kind](settings);
    const cache = new DecodedPictures(settings.windows ? null : size, channels, cacheBytes);
    const emphasised = emphasis?.share ?? 0;
    [this.#settings, this.#label] = [settings, label];
    this.#sources = decks.map(({ stream, ports, ...cards }) => ({
      ...{ stream, ports },
      deck: new Deck(cards, { stream, seed, emphasised, cache, place, warn }),
    }));
    this.summary = {
      train: this.#sources.reduce((total, { deck }) => total + deck.train.length, 0),
      ...{ ...known, labels: label?.labels ?? [] },
      warnings: [
        ...(later > 0 ? [laterLine(later)] : []),
        ...(unmatched.length > 0 ? [unmatchedLine(unmatched, label !== null)] : []),
        ...(skipped.length > 0 ? [saySkipped(skipped)] : []),
      ],
    };
  }

  /** What a program wants of its pictures. @throws Error where this kind of data has no such port */
  serve(ports: Readonly<Record<string, Port>>): void {
    const known = new Set([...this.#sources.flatMap((source) => source.ports), this.#label?.port]);
    this.#smaller = new Map(
      Object.entries(ports).flatMap(([name, port]) =>
        port.kind === 'picture' && port.smaller ? [[name, port.smaller] as const] : [],
      ),
    );
    for (const name of Object.keys(ports))
      if (!known.has(this.#smaller.get(name)?.of ?? name))
        throw new Error(`data of the kind "${this.#settings.kind}" has nothing for "${name}"`);
    this.#recoloured = new Set(
      Object.entries(ports).flatMap(([name, port]) => (port.kind === 'picture' && port.recolour ? [name] : [])),
    );
  }

  /** The batch of a step (0, 1, ...), varied; the next ones are begun. @throws UserError when no picture can be read */
  async batch(step: number): Promise<Minibatch> {
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
  async heldOut(from: number, count: number): Promise<Minibatch> {
    const drawn = await Promise.all(this.#sources.map(({ deck }) => deck.heldOutAt(from, count)));
    const good = Math.min(...drawn.map(({ length }) => length));
    const batch = this.#empty(good);
    for (let i = 0; i < good; i++) {
      const cards = drawn.map((of) => of[i]!);
      this.#sources.forEach(({ ports }, s) =>
        ports.forEach((port, p) => this.#lay(cards[s]!.pixels[p]!, STILL, MIDDLE, { port, i, batch })),
      );
      this.#sign(cards, batch, i);
      await this.#makeSmaller(batch, i, { stream: '/heldOut', position: from + i });
    }
    return batch;
  }

  #begin(step: number): Promise<Minibatch> {
    const begun = this.#ahead.get(step);
    if (begun) return begun;
    const batch = this.#make(step);
    batch.catch(() => undefined); // whoever asks for the step gets the error; until then nobody is listening
    this.#ahead.set(step, batch);
    return batch;
  }

  async #make(step: number): Promise<Minibatch> {
    const { batch: count } = this.#settings;
    const batch = this.#empty(count);
    const positions = Array.from({ length: count }, (_, i) => step * count + i);
    const chosen = await Promise.all(
      positions.map((position) => Promise.all(this.#sources.map(({ deck }) => deck.at(position)))),
    );
    for (const [i, drawn] of chosen.entries()) {
      this.#vary(drawn, positions[i]!, batch, i);
      this.#sign(drawn, batch, i);
      await this.#makeSmaller(batch, i, { stream: '', position: positions[i]! });
    }
    return batch;
  }

  /** The pictures of a card are moved, and their hues turned, alike; those of another deck in their own way. */
  #vary(drawn: readonly Drawn[], position: number, batch: Minibatch, i: number): void {
    const { size, channels, seed, augment } = this.#settings;
    this.#sources.forEach(({ stream, ports }, s) => {
      const random = new Random(seed, `augment${stream}`, position);
      const { move, colour, hue } = drawAugmentation(augment, size, random);
      const places = new Random(seed, `window${stream}`, position);
      const at = { across: places.uniform(), down: places.uniform() };
      ports.forEach((port, p) => {
        this.#lay(drawn[s]!.pixels[p]!, move, at, { port, i, batch });
        const planes = [batch.ports[port]!, i * this.#pictureLength, size * size, channels] as const;
        turnHue(...planes, hue);
        if (this.#recoloured.has(port)) recolour(...planes, colour);
      });
    });
  }

  /** Lays a picture as moved, or the window of it that is at a place, into place `i` of a port. */
  #lay(picture: Picture, move: Movement, { across, down }: Place, { port, i, batch }: Spot): void {
    const { size } = this.#settings;
    // A smaller picture stands in the middle of its window, its edges repeated.
    const at = (share: number, length: number): number =>
      length > size ? Math.floor(share * (length - size + 1)) : Math.floor((length - size) / 2);
    const window = { left: at(across, picture.width), top: at(down, picture.height) };
    const seen = { move: within(window, move), size };
    sampleMoved(picture, seen, batch.ports[port]!, i * this.#pictureLength);
  }

  /** Fills place `i` of the ports whose pictures are made of others'. */
  async #makeSmaller(batch: Minibatch, i: number, { stream, position }: { stream: string; position: number }) {
    const { size, channels, seed } = this.#settings;
    for (const [port, { of, ...how }] of this.#smaller) {
      const data = batch.ports[of]!.subarray(i * this.#pictureLength, (i + 1) * this.#pictureLength);
      const random = new Random(seed, `smaller/${port}${stream}`, position);
      const small = await madeSmaller({ size, channels, data }, how, random);
      batch.ports[port]!.set(small, i * small.length);
      batch.names[port]!.push(batch.names[of]![i]!);
    }
  }

  /** Writes down which cards are at place `i` of a batch, and what label the first one has. */
  #sign(drawn: readonly Drawn[], batch: Minibatch, i: number): void {
    this.#sources.forEach(({ ports }, s) => ports.forEach((port) => batch.names[port]!.push(drawn[s]!.card.name)));
    if (this.#label === null) return;
    const { port, labels } = this.#label;
    for (const label of drawn[0]!.card.labels!) batch.ports[port]![i * labels.length + label] = 1;
  }

  get #pictureLength(): number {
    return this.#settings.size ** 2 * this.#settings.channels;
  }

  #empty(count: number): Minibatch {
    const pictures = this.#sources.flatMap(({ ports }) => ports);
    const batch: Minibatch = { ports: {}, names: {} };
    for (const port of pictures) {
      batch.ports[port] = new Float32Array(count * this.#pictureLength);
      batch.names[port] = [];
    }
    for (const [port, { factor }] of this.#smaller) {
      batch.ports[port] = new Float32Array((count * this.#pictureLength) / factor ** 2);
      batch.names[port] = [];
    }
    if (this.#label) batch.ports[this.#label.port] = new Float32Array(count * this.#label.labels.length);
    return batch;
  }
}

/** Where a window stands: at the first row and column for 0, as far as it goes for 1. */
interface Place {
  across: number;
  down: number;
}
const MIDDLE: Place = { across: 0.5, down: 0.5 };

/** Where a picture goes. */
interface Spot {
  port: string;
  i: number;
  batch: Minibatch;
}

/** One line about what a run that is resumed leaves alone. */
const laterLine = (n: number): string =>
  `${counted(n, 'picture', 'pictures')} came after this training began, and ${n === 1 ? 'is' : 'are'} not learned from; begin another one from it to learn from all`;

/** One line about pictures without a partner (or a label); the first few are named. */
function unmatchedLine(files: readonly string[], labelled: boolean): string {
  const lack = labelled ? 'no label' : 'no partner';
  const more = files.length > 5 ? ` and ${grouped(files.length - 5)} more` : '';
  const what = counted(files.length, `picture has ${lack} and is`, `pictures have ${lack} and are`);
  return `${what} left out: ${files.slice(0, 5).join(', ')}${more}`;
}
