/**
 * How names of pictures are compared: as a person reads them. Capitals, accents, what stands between words, and what a
 * name says of its side (`_A`, `-input`) make no difference where no other name is nearer; the files keep their names.
 */
import { basename, extname } from 'node:path';

/** A file's name without its extension. */
export const stemOf = (file: string): string => basename(file, extname(file));

/** A name as it is read: file systems that ignore case, or how accents are composed, see such names as one. */
export const readName = (name: string): string => name.normalize('NFC').toLowerCase();

/** Words at the end of a name that say which side of a pair a picture is. */
const SIDES =
  'a b in out input output source target src dst gt real fake sketch line lines lineart ink label labels img image photo colour color colored coloured render'.split(
    ' ',
  );
const SIDE = new RegExp(`[ _.-]+(?:${SIDES.join('|')})$`);

/** A name without what it says of its side; the name itself where nothing else would be left. */
function bareName(name: string): string {
  const read = readName(name);
  return read.replace(SIDE, '') || read;
}

const LAST_WORD = /[ _.-]+[^ _.-]+$/;

/** Names without what they say of their side: the word that all of it end in, whatever it is, else a known one. */
function bareIn(side: readonly Named[]): Key {
  const ends = new Set(side.map(({ name }) => LAST_WORD.exec(readName(name))?.[0]));
  const [end] = ends;
  if (side.length < 2 || ends.size > 1 || end === undefined) return ({ name }) => bareName(name);
  return ({ name }) => readName(name).slice(0, -end.length);
}

/** As names are told aloud: without accents, and with one space for whatever stands between words. */
const spoken =
  (key: Key): Key =>
  (one) => {
    const plain = key(one)
      ?.normalize('NFKD')
      .replace(/\p{M}+/gu, '');
    return plain?.replace(/[^\p{L}\p{N}]+/gu, ' ').trim() || undefined;
  };

/** Something with a name: a path below its side, without the extension. */
export interface Named {
  name: string;
  file: string;
}

export interface Paired<T> {
  pairs: [T, T][];
  /** What has no partner. */
  alone: { a: T[]; b: T[] };
  /** Of those, what could go together in more than one way: a person must say. */
  open: Open<T>[];
}

/** Inputs and targets of one name, more than one of either. */
export interface Open<T> {
  inputs: T[];
  targets: T[];
}

type Key = (one: Named) => string | undefined;

/** The ways in which two names can be one, the surest first: who agrees in one, agrees in all after it. */
const KEYS: readonly Key[] = [
  ({ name, file }) => name.normalize('NFC') + extname(file).toLowerCase(),
  ({ name }) => name.normalize('NFC'),
  ({ name }) => readName(name),
];

/**
 * Pairs what has one name, each as surely as can be.
 * @param said what comes before all names: something that an input and its target have in common
 */
export function pairUp<T extends Named>(
  a: readonly T[],
  b: readonly T[],
  said?: Record<'a' | 'b', (file: string) => string | undefined>,
): Paired<T> {
  let alone = { a: [...a], b: [...b] };
  const partners = new Map<T, T>();
  const bare = [bareIn(a), bareIn(b)] as const;
  const ways: (readonly [Key, Key])[] = [
    ...KEYS.map((key) => [key, key] as const),
    bare,
    [spoken(bare[0]), spoken(bare[1])],
  ];
  if (said) ways.unshift([({ file }) => said.a(file), ({ file }) => said.b(file)]);
  let open: Open<T>[] = [];
  for (const [ofInput, ofTarget] of ways) {
    const shared = together(grouped(alone.a, ofInput), grouped(alone.b, ofTarget));
    open = shared.filter(({ inputs, targets }) => inputs.length > 1 || targets.length > 1);
    for (const { inputs, targets } of shared)
      if (inputs.length === 1 && targets.length === 1) partners.set(inputs[0]!, targets[0]!);
    const taken = new Set([...partners].flat());
    alone = { a: alone.a.filter((one) => !taken.has(one)), b: alone.b.filter((one) => !taken.has(one)) };
  }
  const pairs = a.flatMap((one): [T, T][] => (partners.has(one) ? [[one, partners.get(one)!]] : []));
  return { pairs, alone, open };
}

/** The groups that both sides have something of. */
const together = <T>(left: Map<string, T[]>, right: Map<string, T[]>): Open<T>[] =>
  [...left].flatMap(([key, inputs]) => (right.has(key) ? [{ inputs, targets: right.get(key)! }] : []));

function grouped<T extends Named>(all: readonly T[], key: Key): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const known = key(one);
    if (known === undefined) continue;
    const group = groups.get(known);
    if (group) group.push(one);
    else groups.set(known, [one]);
  }
  return groups;
}
