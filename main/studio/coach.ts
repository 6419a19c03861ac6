/**
 * The training coach: looks at a run's figures and says what a person should know. Each rule is one function of the
 * recent past; the words are the window's.
 */
import type { MadeFigures } from '../engine/metrics/originality.ts';
import type { Advice, HeldOutMeasure } from '../../preload/contract/index.ts';

/** What the coach is told of a step. */
export interface StepFigures {
  step: number;
  /** The discriminator's mean probabilities, 0..1; absent in families without them. */
  pReal?: number | undefined;
  pFake?: number | undefined;
}

/** How held-out results were judged: lower is better. */
export interface HeldOutScore {
  measure: HeldOutMeasure;
  value: number;
}

/** Steps over which probabilities are averaged: shorter, and single pictures would decide. */
const WINDOW = 200;
const FEW_PICTURES = 40;

export class Coach {
  readonly #trainPictures: number;
  readonly #heldOut: HeldOutScore[] = [];
  readonly #made: MadeFigures[] = [];
  readonly #given = new Map<Advice['kind'], number>();
  #step = 0;
  #seen = 0;
  #real = 0.5;
  #fake = 0.5;

  constructor(trainPictures: number) {
    this.#trainPictures = trainPictures;
  }

  step({ step, pReal, pFake }: StepFigures): void {
    this.#step = step;
    if (pReal === undefined || pFake === undefined) return;
    this.#seen++;
    const share = 1 / Math.min(this.#seen, WINDOW); // a plain mean at first, then an exponential one
    this.#real += share * (pReal - this.#real);
    this.#fake += share * (pFake - this.#fake);
  }

  heldOut(score: HeldOutScore): void {
    this.#heldOut.push(score);
  }

  /** What a generator made at a preview. */
  made(figures: MadeFigures): void {
    this.#made.push(figures);
  }

  /** What holds now, each with the step since when. */
  advice(): Advice[] {
    const holds: Record<Advice['kind'], boolean> = {
      discriminatorWins: this.#seen >= WINDOW && this.#real - this.#fake > 0.85,
      generatorWins: this.#seen >= WINDOW && this.#fake > 0.75,
      stalled: stalled(this.#heldOut),
      worse: worse(this.#heldOut),
      alike: this.#step >= SETTLED && lately(this.#made, ({ variety }) => variety < ALIKE),
      copying: lately(this.#made, ({ copies }) => copies > COPYING),
      fewPictures: this.#trainPictures < FEW_PICTURES,
    };
    for (const [kind, held] of Object.entries(holds) as [Advice['kind'], boolean][])
      if (!held) this.#given.delete(kind);
      else if (!this.#given.has(kind)) this.#given.set(kind, this.#step);
    return [...this.#given].map(([kind, since]) => ({ kind, since }));
  }
}

/** Before so many steps every generator makes much the same. */
const SETTLED = 1000;
/** Made pictures that differ less than this share of how real ones do are too much alike. */
const ALIKE = 0.5;
/** More than this share of copies is no chance. */
const COPYING = 0.1;

/** It held at each of the last three previews: one alone may be chance. */
const lately = (made: readonly MadeFigures[], holds: (figures: MadeFigures) => boolean): boolean =>
  made.length >= 3 && made.slice(-3).every(holds);

/** The last six previews lie within 1 % of each other. */
function stalled(heldOut: readonly HeldOutScore[]): boolean {
  const last = heldOut.slice(-6).map(({ value }) => value);
  return last.length === 6 && Math.max(...last) - Math.min(...last) < 0.01 * Math.max(...last);
}

/**
 * The mean of the last three previews is more than 5 % above the best mean of three before. That is learning by heart
 * where the truth is known (L1); the distance between two sets goes up and down for other reasons.
 */
function worse(heldOut: readonly HeldOutScore[]): boolean {
  if (heldOut.some(({ measure }) => measure !== 'l1')) return false;
  const values = heldOut.map(({ value }) => value);
  const means = values.slice(2).map((value, i) => (values[i]! + values[i + 1]! + value) / 3);
  const now = means.at(-1);
  return means.length > 3 && now !== undefined && now > 1.05 * Math.min(...means.slice(0, -3));
}
