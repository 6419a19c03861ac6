/**
 * Makes the minibatches that a run learns from. A batch depends on (settings, dataset, step) alone: the order of the
 * pictures and how each is varied are functions of the seed and the position, so a resumed run goes on as if nothing
 * had happened. Works ahead of the trainer.
 */
import type { Port } from '../../../models/families/program.ts';
import { Random } from '../../../models/graph/random.ts';
import type { Minibatch, DatasetSummary, LoaderSettings } from '../processes/messages.ts';
import { saySkipped } from '../pictures/listing.ts';
import { toPlanar } from '../pictures/pictures.ts';
import { drawAugmentation, recolour, sampleMoved } from './augment.ts';
import { Deck, DecodedPictures, type Drawn } from './deck.ts';
import { READERS, type OpenedData } from './readers.ts';

/** How many minibatches are made before they are asked for. */
const AHEAD = 3;

const CACHE_BYTES = 1 << 30;

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
  readonly #ahead = new Map<number, Promise<Minibatch>>();

  /**
   * Opens the dataset; pictures are opened when they are needed.
   * @param warn is told once of each picture that cannot be read
   * @throws UserError when there is nothing to train on
   */
  constructor(settings: LoaderSettings, warn: (message: string) => void, cacheBytes = CACHE_BYTES) {
    const { dataset: place, seed, emphasis, size, channels } = settings;
    const { decks, label, later, unmatched, skipped, ...known } = READERS[settings.kind](settings);
    const cache = new DecodedPictures(size, channels, cacheBytes);
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
    for (const name of Object.keys(ports))
      if (!known.has(name)) throw new Error(`data of the kind "${this.#settings.kind}" has nothing for "${name}"`);
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
      this.#sources.forEach(({ ports }, s) =>
        ports.forEach((port, p) => batch.ports[port]!.set(toPlanar(drawn[s]![i]!.pixels[p]!), i * this.#pictureLength)),
      );
      this.#sign(
        drawn.map((of) => of[i]!),
        batch,
        i,
      );
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
    chosen.forEach((drawn, i) => {
      this.#vary(drawn, positions[i]!, batch, i * this.#pictureLength);
      this.#sign(drawn, batch, i);
    });
    return batch;
  }

  /** The pictures of a card are moved alike; those of another deck in their own way. */
  #vary(drawn: readonly Drawn[], position: number, batch: Minibatch, offset: number): void {
    const { size, channels, seed, augment } = this.#settings;
    this.#sources.forEach(({ stream, ports }, s) => {
      const random = new Random(seed, `augment${stream}`, position);
      const { move, colour } = drawAugmentation(augment, size, random);
      ports.forEach((port, p) => {
        const planes = batch.ports[port]!;
        sampleMoved(drawn[s]!.pixels[p]!, move, planes, offset);
        if (this.#recoloured.has(port)) recolour(planes, offset, size * size, channels, colour);
      });
    });
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
    if (this.#label) batch.ports[this.#label.port] = new Float32Array(count * this.#label.labels.length);
    return batch;
  }
}

/** One line about what a run that is resumed leaves alone. */
const laterLine = (n: number): string =>
  `${n === 1 ? '1 picture' : `${n} pictures`} came after this training began, and ${n === 1 ? 'is' : 'are'} not learned from; begin another one from it to learn from all`;

/** One line about pictures without a partner (or a label); the first few are named. */
function unmatchedLine(files: readonly string[], labelled: boolean): string {
  const lack = labelled ? 'no label' : 'no partner';
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  const what = files.length === 1 ? `1 picture has ${lack} and is` : `${files.length} pictures have ${lack} and are`;
  return `${what} left out: ${files.slice(0, 5).join(', ')}${more}`;
}
