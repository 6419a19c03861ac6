/**
 * How well named sliders work: each is made from ten pictures that have a trait and ten that have not, as a person would
 * mark them, and what it changes is read off pictures that it was not made from.
 */
import { seedAt, wishFor, type Generator, type Wish } from '../inference/generator.ts';
import { sliderOf } from '../inference/slider.ts';
import { toPlanar } from '../pictures/pictures.ts';
import type { LabelReader, Reading } from './agreement.ts';

/** Marks on each side. */
const MARKS = 10;
/** Pictures that are looked through for marks. */
const LOOKED_THROUGH = 1500;
/** A picture clearly has something from here, 0..1, and clearly has it not below what is left to 1. */
const CLEAR = 0.95;
/** Pictures that are moved. */
const MOVED = 100;
/** What a slider must change its own trait by: it is measured where it first does. */
const ENOUGH = 0.5;
/** Numbers that a slider is moved to, up and down. */
const AMOUNTS = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4];

export interface SliderScore {
  trait: string;
  value: string;
  /** How far it is moved, up and down: as far as it takes, or to its end. */
  amount: number;
  /** How much more likely its trait is at the upper end than at the lower, 0..1, the mean over pictures. */
  own: number;
  /** By how much each value of the other traits becomes more or less likely, the mean over values and pictures. */
  others: number;
}

/**
 * Makes a slider for each value of each trait, one after another, and measures it; of two values the first. Values of
 * which there are too few pictures are left out.
 */
export async function measureSliders(
  generator: Generator,
  reader: LabelReader,
  progress: (done: number, total: number) => void,
): Promise<SliderScore[]> {
  const look = async (wish: Wish, directions: Record<string, Float32Array>): Promise<Reading> =>
    reader.read(toPlanar(await generator.make(wish, directions)));
  const wishes: { wish: Wish; reading: Reading }[] = [];
  for (let i = 0; i < LOOKED_THROUGH; i++) {
    const wish = wishFor({ kind: 'seed', seed: seedAt(1, i) });
    wishes.push({ wish, reading: await look(wish, {}) });
  }
  const wanted = reader.traits.flatMap(({ name, values }) =>
    (values.length === 2 ? values.slice(0, 1) : values).map((value) => ({ trait: name, value })),
  );
  const made: Record<string, Float32Array> = {};
  const scores: SliderScore[] = [];
  for (const [done, { trait, value }] of wanted.entries()) {
    progress(done, wanted.length);
    const those = (has: (share: number) => boolean): Wish[] =>
      wishes.flatMap(({ wish, reading }) => (has(reading[trait]![value]!) ? [wish] : [])).slice(0, MARKS);
    const marked = { having: those((share) => share > CLEAR), without: those((share) => share < 1 - CLEAR) };
    if (marked.having.length < MARKS || marked.without.length < MARKS) continue;
    const name = `${trait}=${value}`;
    made[name] = await sliderOf(generator, marked, made);
    for (const amount of AMOUNTS) {
      const changes: { own: number; others: number }[] = [];
      for (let i = 0; i < MOVED; i++) {
        const at = async (by: number): Promise<Reading> =>
          look(wishFor({ kind: 'seed', seed: seedAt(2, i) }, { moves: { [name]: by } }), made);
        changes.push(changed(await at(amount), await at(-amount), { trait, value }));
      }
      const mean = (of: (change: (typeof changes)[number]) => number): number =>
        changes.reduce((sum, change) => sum + of(change), 0) / changes.length;
      const score = { trait, value, amount, own: mean(({ own }) => own), others: mean(({ others }) => others) };
      if (score.own < ENOUGH && amount !== AMOUNTS.at(-1)) continue;
      scores.push(score);
      break;
    }
  }
  return scores;
}

function changed(up: Reading, down: Reading, of: { trait: string; value: string }): { own: number; others: number } {
  const others = Object.entries(up).flatMap(([trait, shares]) =>
    trait === of.trait ? [] : Object.entries(shares).map(([value, share]) => Math.abs(share - down[trait]![value]!)),
  );
  return {
    own: up[of.trait]![of.value]! - down[of.trait]![of.value]!,
    others: others.length === 0 ? 0 : others.reduce((sum, share) => sum + share) / others.length,
  };
}
