/** What a model takes, while it is filled in: an empty number is null. */
import type { PictureIo } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';

type Three<T> = [T, T, T];

export interface IoDraft extends Omit<PictureIo, 'size' | 'multiple' | 'mean' | 'deviation'> {
  fixed: boolean;
  width: number | null;
  height: number | null;
  multiple: number | null;
  mean: Three<number | null>;
  deviation: Three<number | null>;
}

/** A side that a model can be fixed to. */
const MOST_SIDE = 16_384;
const MOST_MULTIPLE = 1024;

/** What is wrong with it, by the names of its fields. */
export function problemsOf({
  fixed,
  ...draft
}: IoDraft): Partial<Record<'width' | 'height' | 'multiple' | 'mean' | 'deviation', string>> {
  const words = t.style.io;
  const check = (value: number | null, most: number): string | null =>
    value !== null && Number.isInteger(value) && value >= 1 && value <= most ? null : words.whole(1, most);
  const found = [
    ...(fixed
      ? [['width', check(draft.width, MOST_SIDE)] as const, ['height', check(draft.height, MOST_SIDE)] as const]
      : [['multiple', check(draft.multiple, MOST_MULTIPLE)] as const]),
    ['mean', draft.mean.includes(null) ? words.aNumber : null] as const,
    ['deviation', draft.deviation.some((one) => !one) ? words.notZero : null] as const,
  ];
  return Object.fromEntries(found.filter(([, problem]) => problem !== null));
}

/** It as the studio wants it. Only for a draft without problems. */
export const ioOf = ({ fixed, width, height, multiple, mean, deviation, ...draft }: IoDraft): PictureIo => ({
  ...draft,
  ...{ mean: mean as Three<number>, deviation: deviation as Three<number> },
  size: fixed ? { width: width!, height: height! } : null,
  multiple: multiple ?? 1,
});
