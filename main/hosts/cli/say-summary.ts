/** What a dataset is, in the words of its kind. */
import { counted } from '../../counted.ts';
import type { DatasetKind } from '../../studio/datasets/manifest.ts';
import type { Findings } from '../../studio/doctor.ts';

type Summary = Findings['summary'];

const WHAT: Record<DatasetKind, (summary: Summary) => string> = {
  pairs: ({ pairs = 0 }) => `${counted(pairs, 'pair', 'pairs')} of pictures`,
  sets: ({ sets: { a, b } = { a: 0, b: 0 } }) => `two sets of ${a} and ${b} pictures`,
  labelled: ({ pictures, labels = [] }) =>
    `${counted(pictures, 'picture', 'pictures')} with ${counted(labels.length, 'label', 'labels')} (${labels.join(', ')})`,
  pictures: ({ pictures }) => `${counted(pictures, 'picture', 'pictures')} in one set`,
};

/** Two lines: what it is and what of it is learned from, and how its pictures are. */
export function saySummary(kind: DatasetKind, summary: Summary): string[] {
  const { pictures, readable, alpha, sizes, train, heldOut } = summary;
  const how = [
    ...sizes.slice(0, 3).map(({ size, count }) => `${count} of ${size} px`),
    ...(sizes.length > 3 ? [`${sizes.length - 3} more sizes`] : []),
    ...(alpha > 0 ? [`${alpha} with transparency`] : []),
    ...(readable < pictures ? [`${pictures - readable} that cannot be read`] : []),
  ];
  return [`${WHAT[kind](summary)}: ${train} to learn from, ${heldOut} held out`, how.join(', ')];
}
