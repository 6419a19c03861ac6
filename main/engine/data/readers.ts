/**
 * The kinds of data as decks of cards: one row a kind. A reader knows what lies on disk and which ports that fills; what
 * is done with the pictures is the business of minibatches.ts.
 */
import type { DataKind } from '../../../models/families/family.ts';
import { UserError } from '../../errors.ts';
import type { Skipped } from '../pictures/listing.ts';
import type { LoaderSettings } from '../processes/messages.ts';
import { fingerprint, lastingFingerprint, openPairs, openSets, split, type Pair, type Single } from './datasets.ts';
import type { Card, Cards } from './deck.ts';
import { readPartners } from './partners.ts';
import { openLabelled, sortedLabels } from './labelled.ts';
import { openOneSet, type OneOfSet, type OneSet } from './one-set.ts';

/** Cards that are shuffled and varied together, and the ports that their pictures fill, in order. */
export interface DeckOfPorts extends Cards {
  /** Tells its random order from that of another deck. */
  stream: string;
  ports: readonly string[];
}

export interface OpenedData {
  decks: DeckOfPorts[];
  /** The port that says which label a card of the first deck has, and all labels in order; null where there are none. */
  label: { port: string; labels: string[] } | null;
  /** The names of what is held out and of what is learned from, as run.json keeps them. */
  heldOutNames: string[];
  learnedNames: string[];
  /** How many things are there that came after `LoaderSettings.only`. */
  later: number;
  /** How many held-out minibatches of one there are. */
  heldOut: number;
  fingerprint: string;
  /** Files that belong to nothing. */
  unmatched: readonly string[];
  /** Files that are not read, and why. */
  skipped: readonly Skipped[];
}

/** How each kind of data is opened. @throws UserError when there is nothing to train on */
export const READERS: Record<DataKind, (settings: LoaderSettings) => OpenedData> = {
  pairs: pairsAsCards,
  sets: setsAsCards,
  labelled: (settings) => setAsCards(settings, openLabelled(settings.dataset), openLabelled),
  pictures: (settings) => setAsCards(settings, openOneSet(settings.dataset), openOneSet),
};

const namesOf = (items: readonly { name: string }[], set = ''): string[] => items.map(({ name }) => set + name);

/** Those that a run began with. @param set what its names begin with */
function begunWith<T extends { name: string }>(items: readonly T[], { only }: LoaderSettings, set = ''): readonly T[] {
  if (only === null) return items;
  const names = new Set(only);
  return items.filter(({ name }) => names.has(set + name));
}

/** One deck, whose cards are input and target. */
function pairsAsCards(settings: LoaderSettings): OpenedData {
  const { dataset: folder, holdout, seed, emphasis } = settings;
  refuseAlso(settings);
  const { pairs: all, unmatched, skipped } = openPairs(folder);
  const pairs = begunWith(all, settings);
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
    decks: [
      {
        ...{ stream: '', ports: ['input', 'target'] },
        ...{ train: cards(train), heldOut: cards(heldOut), emphasised: cards(emphasised) },
      },
    ],
    label: null,
    heldOut: heldOut.length,
    heldOutNames: namesOf(heldOut),
    learnedNames: namesOf(train),
    later: all.length - pairs.length,
    fingerprint: fingerprint(
      folder,
      pairs.flatMap(({ input, target }) => [input.file, target.file]),
      readPartners(folder).map((partners) => `partners\t${partners.join('\t')}\n`),
    ),
    unmatched,
    skipped,
  };
}

/** A deck for each of two sets, shuffled and varied apart. */
function setsAsCards(settings: LoaderSettings): OpenedData {
  const { dataset: folder, holdout, seed } = settings;
  refuseEmphasis(settings);
  refuseAlso(settings);
  const { skipped, ...all } = openSets(folder);
  const [a, b] = [begunWith(all.a, settings, 'A/'), begunWith(all.b, settings, 'B/')];
  const [ofA, ofB] = [split(a, holdout, seed), split(b, holdout, seed)];
  const cards = (some: readonly Single[]): Card[] =>
    some.map(({ picture, ...item }) => ({ ...item, pictures: [picture] }));
  const deck = (stream: string, port: string, { train, heldOut }: typeof ofA): DeckOfPorts => ({
    ...{ stream, ports: [port], emphasised: [] },
    ...{ train: cards(train), heldOut: cards(heldOut) },
  });
  return {
    decks: [deck('/A', 'input', ofA), deck('/B', 'target', ofB)],
    label: null,
    heldOut: Math.min(ofA.heldOut.length, ofB.heldOut.length),
    heldOutNames: [...namesOf(ofA.heldOut, 'A/'), ...namesOf(ofB.heldOut, 'B/')],
    learnedNames: [...namesOf(ofA.train, 'A/'), ...namesOf(ofB.train, 'B/')],
    later: all.a.length + all.b.length - a.length - b.length,
    fingerprint: fingerprint(
      folder,
      [...a, ...b].map(({ picture }) => picture.file),
    ),
    unmatched: [],
    skipped,
  };
}

/** What the names of pictures begin with that come from another dataset. */
const ALSO = 'also/';

/** One deck of pictures, and which label each has, where they have some. @param open how other sets of the kind are opened */
function setAsCards(
  settings: LoaderSettings,
  { folder, items: own, unmatched, skipped }: OneSet,
  open: (folder: string) => OneSet,
): OpenedData {
  const { holdout, seed } = settings;
  refuseEmphasis(settings);
  const also = settings.also ? open(settings.also) : null;
  const others = (also?.items ?? []).map(({ file, labels: of, name }): OneOfSet => ({
    file,
    labels: of,
    name: ALSO + name,
  }));
  const items = begunWith(own, settings);
  const added = begunWith(others, settings);
  if (also && (own[0]!.labels.length > 0) !== (also.items[0]!.labels.length > 0))
    throw new UserError(`${folder} and ${also.folder} do not go together: the pictures of one have labels, and those of the other have none`); // oxfmt-ignore
  const labels = sortedLabels([...items, ...added]);
  const isLabelled = labels.length > 1;
  const { train, heldOut } = split(items, holdout, seed);
  const cards = (some: readonly OneOfSet[]): Card[] =>
    some.map(({ file, labels: of, ...item }) => ({
      ...{ ...item, pictures: [{ file }] },
      ...(isLabelled && { labels: of.map((label) => labels.indexOf(label)) }),
    }));
  return {
    decks: [
      {
        ...{ stream: '', ports: ['picture'], emphasised: [] },
        ...{ train: cards([...train, ...added]), heldOut: cards(heldOut) },
      },
    ],
    label: isLabelled ? { port: 'label', labels } : null,
    heldOut: heldOut.length,
    heldOutNames: namesOf(heldOut),
    learnedNames: namesOf([...train, ...added]),
    later: own.length + others.length - items.length - added.length,
    // A picture that changes its label is another one.
    fingerprint: fingerprint(
      folder,
      items.map(({ file }) => file),
      [
        ...(isLabelled ? [...items, ...added].map(({ name, labels: of }) => `label\t${name}\t${of.join('\t')}\n`) : []),
        ...(also ? [`also\t${lastingFingerprint(fingerprint(also.folder, added.map(({ file }) => file)))}\n`] : []), // oxfmt-ignore
      ],
    ),
    unmatched: [...unmatched, ...(also?.unmatched ?? [])],
    skipped: [...skipped, ...(also?.skipped ?? [])],
  };
}

function refuseAlso({ also }: LoaderSettings): void {
  if (also) throw new UserError('Pictures of another dataset can be added to those of one set, and not to pairs or to two sets'); // oxfmt-ignore
}

function refuseEmphasis({ emphasis }: LoaderSettings): void {
  if (emphasis) throw new UserError('Only pairs can be learned more often than others');
}
