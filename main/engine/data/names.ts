/**
 * How names of pictures are compared: as a person reads them. Accents composed or not, capitals or not, and what a name
 * says of its side (`_A`, `-input`) make no difference; the files keep their names.
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

/** Something with a name: a path below its side, without the extension. */
export interface Named {
  name: string;
  file: string;
}

export interface Paired<T> {
  pairs: [T, T][];
  /** What has no partner. */
  alone: { a: T[]; b: T[] };
  /** Of those, what could go with more than one: a person must say. */
  ambiguous: T[];
}

/** The ways in which two names can be one, the surest first. */
const KEYS: readonly ((one: Named) => string)[] = [
  ({ name, file }) => name.normalize('NFC') + extname(file).toLowerCase(),
  ({ name }) => name.normalize('NFC'),
  ({ name }) => readName(name),
  ({ name }) => bareName(name),
];

/** Pairs what has one name, each as surely as can be. */
export function pairUp<T extends Named>(a: readonly T[], b: readonly T[]): Paired<T> {
  let alone = { a: [...a], b: [...b] };
  const partners = new Map<T, T>();
  const ambiguous = new Set<T>();
  for (const key of KEYS) {
    const [left, right] = [grouped(alone.a, key), grouped(alone.b, key)];
    for (const [known, inputs] of left) {
      const targets = right.get(known);
      if (!targets) continue;
      if (inputs.length === 1 && targets.length === 1) partners.set(inputs[0]!, targets[0]!);
      else for (const one of [...inputs, ...targets]) ambiguous.add(one);
    }
    const taken = new Set([...partners].flat());
    alone = { a: alone.a.filter((one) => !taken.has(one)), b: alone.b.filter((one) => !taken.has(one)) };
  }
  const left = new Set([...alone.a, ...alone.b]);
  const pairs = a.flatMap((one): [T, T][] => (partners.has(one) ? [[one, partners.get(one)!]] : []));
  return { pairs, alone, ambiguous: [...ambiguous].filter((one) => left.has(one)) };
}

function grouped<T extends Named>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}
