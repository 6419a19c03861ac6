/**
 * Finding the partners of pictures whose names do not match: first by what their names have in common, then by the
 * outlines of what they show. Only what is beyond doubt is proposed; a person looks before anything is written down.
 */
import { join } from 'node:path';
import { listPairs } from '../../engine/data/datasets.ts';
import { UserError } from '../../errors.ts';
import { mapPool } from '../../pool.ts';
import { groupBy } from './group-by.ts';
import { stemOf } from './names.ts';
import { agreement, silhouetteOf, type Silhouette } from './silhouette.ts';

/** Two pictures that seem to belong together; files are relative to the dataset. */
export interface Proposal {
  a: string;
  b: string;
  /** What it was told by. */
  by: 'name' | 'likeness';
  /** How sure it is, 0..1. */
  sure: number;
}

/** More comparisons than this would take long. */
const MOST_COMPARED = 4e6;

/** Proposes partners for the pictures of a dataset that have none. @throws UserError when it is no dataset of pairs */
export async function proposePairs(folder: string): Promise<Proposal[]> {
  const { unmatched } = listPairs(folder);
  const left = {
    a: unmatched.filter((file) => file.startsWith('A/')),
    b: unmatched.filter((file) => file.startsWith('B/')),
  };
  const byName = [...pairUp(left, plainName), ...pairByNumbers(without(left, pairUp(left, plainName)))];
  const named = byName.map(([a, b]): Proposal => ({ a, b, by: 'name', sure: 1 }));
  const rest = without(left, byName);
  const alike = rest.a.length * rest.b.length <= MOST_COMPARED ? await pairByLikeness(folder, rest) : [];
  return [...named, ...alike].sort((one, other) => (one.a < other.a ? -1 : 1));
}

/** Pictures of both sides that have no partner yet. */
interface Unmatched {
  a: string[];
  b: string[];
}

function without({ a, b }: Unmatched, found: readonly (readonly [string, string])[]): Unmatched {
  const gone = new Set(found.flat());
  return { a: a.filter((file) => !gone.has(file)), b: b.filter((file) => !gone.has(file)) };
}

/** Pictures that share a key with one picture of the other side, and with none of their own. */
function pairUp({ a, b }: Unmatched, key: (file: string) => string): [string, string][] {
  const [inputs, targets] = [unique(a, key), unique(b, key)];
  return [...inputs].flatMap(([known, file]): [string, string][] => {
    const partner = targets.get(known);
    return partner && known !== '' ? [[file, partner]] : [];
  });
}

function unique(files: readonly string[], key: (file: string) => string): Map<string, string> {
  const all = groupBy(files, key);
  return new Map(all.filter(({ length }) => length === 1).map(([file]) => [key(file!), file!]));
}

/** Words that say what a picture is for, and not what it shows. */
const ROLES = new Set(
  `input output source target src dst sketch sketches line lines lineart ink inked pencil draw drawing draft rough edge
  edges outline color colour colors colours colored coloured paint painted painting render rendered final finished clean
  photo real fake label mask`.split(/\s+/),
);
/** Short ones, which mean that at the end of a name only. */
const SHORT_ROLES = new Set(['a', 'b', 'in', 'out', 'gt', 'left', 'right']);

/** A name without case, accents, separators, leading zeros and words for roles. */
function plainName(file: string): string {
  const words = wordsOf(file);
  if (words.length > 1 && SHORT_ROLES.has(words.at(-1)!)) words.pop();
  const subject = words.filter((word) => !ROLES.has(word));
  return (subject.length > 0 ? subject : words).join(' ');
}

function wordsOf(file: string): string[] {
  const plain = stemOf(file).normalize('NFKD').replace(/\p{M}/gu, '');
  const apart = plain.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return (apart.match(/\p{L}+|\d+/gu) ?? []).map((word) => word.replace(/^0+(?=\d)/, ''));
}

/** Pairs such as IMG_0012 and scan 12: equal numbers, where the rest of the names is that of a whole series. */
function pairByNumbers(left: Unmatched): [string, string][] {
  const numbers = (file: string): string =>
    wordsOf(file)
      .filter((word) => /\d/.test(word))
      .join(' ');
  const series = (file: string): string =>
    wordsOf(file)
      .filter((word) => !/\d/.test(word))
      .join(' ');
  const both = groupBy(pairUp(left, numbers), ([a, b]) => `${series(a)}\0${series(b)}`);
  return both.filter(({ length }) => length > 1).flat();
}

/** How much of two outlines must agree, and by how much more than with the next best. */
const [LEAST_AGREEMENT, LEAST_LEAD] = [0.75, 0.1];

async function pairByLikeness(folder: string, { a, b }: Unmatched): Promise<Proposal[]> {
  if (a.length === 0 || b.length === 0) return [];
  const [inputs, targets] = [await silhouettes(folder, a), await silhouettes(folder, b)];
  const [forward, back] = [inputs.map((one) => nearest(one, targets)), targets.map((one) => nearest(one, inputs))];
  return inputs.flatMap(({ file }, i): Proposal[] => {
    const best = forward[i]!;
    const answer = back[best.index];
    const lead = Math.min(best.lead, answer?.lead ?? 0);
    if (answer?.index !== i || best.agreement < LEAST_AGREEMENT || lead < LEAST_LEAD) return [];
    return [{ a: file, b: targets[best.index]!.file, by: 'likeness', sure: best.agreement }];
  });
}

interface Seen {
  file: string;
  silhouette: Silhouette;
}

/** The outlines of those pictures that can be opened. */
async function silhouettes(folder: string, files: readonly string[]): Promise<Seen[]> {
  const seen = await mapPool(files, 4, async (file) => {
    try {
      return [{ file, silhouette: await silhouetteOf(join(folder, file)) }];
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return seen.flat();
}

/** The one that agrees best, and how far ahead of the second best it is. */
function nearest({ silhouette }: Seen, others: readonly Seen[]): { index: number; agreement: number; lead: number } {
  let [index, best, second] = [-1, 0, 0];
  others.forEach((other, i) => {
    const value = agreement(silhouette, other.silhouette);
    if (value > best) [index, best, second] = [i, value, best];
    else second = Math.max(second, value);
  });
  return { index, agreement: best, lead: best - second };
}
