/**
 * What the codes of a generator came to stand for, which nobody told it (InfoGAN, Chen et al. 2016, arXiv:1606.03657): each
 * is changed while all else stays, and what that changes is read off the pictures.
 */
import type { Trait } from '../../../models/families/traits.ts';
import { seedAt, traitsThat, wishFor, type Generator, type Wish } from '../inference/generator.ts';
import { toPlanar } from '../pictures/pictures.ts';
import type { LabelReader, Reading } from './agreement.ts';

/** Pictures that are made of each value of a code. */
const MADE = 100;
/** Numbers are drawn from N(0, 1): what most of them lie within. */
const ENDS = [-2, 2];

export interface CodeScore {
  code: string;
  /** The trait that it changes most. */
  trait: string;
  /** How much likelier a value of that trait is, on average over pictures, under one value of the code than under another, 0..1. */
  own: number;
  /** The same of the trait that it changes most of all others. */
  others: number;
}

/** The values of each code that no label of the pictures names. */
function codesOf(generator: Generator, known: readonly Trait[]): Map<string, Partial<Wish>[]> {
  const names = new Set(known.map(({ name }) => name));
  const kinds = traitsThat(generator.form).filter(({ name }) => !names.has(name));
  return new Map<string, Partial<Wish>[]>([
    ...kinds.map(({ name, values }) => [name, values.map((value) => ({ labels: { [name]: value } }))] as const),
    ...generator.codes.map((name) => [name, ENDS.map((by) => ({ moves: { [name]: by } }))] as const),
  ]);
}

/** Measures every code of a generator; none where it has none. */
export async function measureCodes(
  generator: Generator,
  reader: LabelReader,
  progress: (done: number, total: number) => void,
): Promise<CodeScore[]> {
  const codes = codesOf(generator, reader.traits);
  const scores: CodeScore[] = [];
  for (const [code, values] of codes) {
    progress(scores.length, codes.size);
    const readings: Reading[] = [];
    for (const value of values) {
      const seen: Reading[] = [];
      for (let i = 0; i < MADE; i++)
        seen.push(
          await reader.read(toPlanar(await generator.make(wishFor({ kind: 'seed', seed: seedAt(1, i) }, value)))),
        );
      readings.push(meanOf(seen));
    }
    scores.push({ code, ...strongest(readings) });
  }
  return scores;
}

/** The mean of readings of the same traits. */
export const meanOf = (readings: readonly Reading[]): Reading =>
  Object.fromEntries(
    Object.entries(readings[0]!).map(([trait, shares]) => [
      trait,
      Object.fromEntries(
        Object.keys(shares).map((value) => [
          value,
          readings.reduce((sum, reading) => sum + reading[trait]![value]!, 0) / readings.length,
        ]),
      ),
    ]),
  );

/** Which trait differs most between readings, by how much, and by how much any other does. */
export function strongest(readings: readonly Reading[]): Omit<CodeScore, 'code'> {
  const changes = Object.entries(readings[0]!).map(([trait, shares]) => ({
    trait,
    change: Math.max(
      ...Object.keys(shares).map((value) => {
        const each = readings.map((reading) => reading[trait]![value]!);
        return Math.max(...each) - Math.min(...each);
      }),
    ),
  }));
  const [first, second] = changes.sort((a, b) => b.change - a.change);
  return { trait: first!.trait, own: first!.change, others: second?.change ?? 0 };
}
