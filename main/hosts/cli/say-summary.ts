/** What a dataset is, in the words of its kind. */
import { counted, grouped } from '../../counted.ts';
import type { DatasetKind } from '../../studio/datasets/manifest.ts';
import type { Findings } from '../../studio/doctor.ts';

type Summary = Findings['summary'];

const WHAT: Record<DatasetKind, (summary: Summary) => string> = {
  pairs: ({ pairs = 0 }) => `${counted(pairs, 'pair', 'pairs')} of pictures`,
  sets: ({ sets: { a, b } = { a: 0, b: 0 } }) => `two sets of ${grouped(a)} and ${counted(b, 'picture', 'pictures')}`,
  labelled: ({ pictures, labels = [] }) =>
    `${counted(pictures, 'picture', 'pictures')} with ${counted(labels.length, 'label', 'labels')} (${labels.join(', ')})`,
  pictures: ({ pictures }) => `${counted(pictures, 'picture', 'pictures')} in one set`,
};

/** Lines: what it is and what of it is learned from, and how its pictures are, where there are any. */
export function saySummary(kind: DatasetKind, summary: Summary): string[] {
  const { pictures, readable, alpha, sizes, train, heldOut } = summary;
  const how = [
    ...sizes.slice(0, 3).map(({ size, count }) => `${grouped(count)} of ${size} px`),
    ...(sizes.length > 3 ? [counted(sizes.length - 3, 'more size', 'more sizes')] : []),
    ...(alpha > 0 ? [`${grouped(alpha)} with transparency`] : []),
    ...(readable < pictures ? [`${grouped(pictures - readable)} that cannot be read`] : []),
  ];
  const what = `${WHAT[kind](summary)}: ${grouped(train)} to learn from, ${grouped(heldOut)} held out`;
  return how.length > 0 ? [what, how.join(', ')] : [what];
}
