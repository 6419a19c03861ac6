/** What a model takes, while it is filled in: an empty number is null. */
import type { PictureIo } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';

export interface IoDraft extends Omit<PictureIo, 'size' | 'multiple'> {
  fixed: boolean;
  width: number | null;
  height: number | null;
  multiple: number | null;
}

/** A side that a model can be fixed to. */
const MOST_SIDE = 16_384;
const MOST_MULTIPLE = 1024;

/** What is wrong with it, by the names of its fields. */
export function problemsOf({ fixed, ...draft }: IoDraft): Partial<Record<'width' | 'height' | 'multiple', string>> {
  const check = (value: number | null, most: number): string | null =>
    value !== null && Number.isInteger(value) && value >= 1 && value <= most ? null : t.style.io.whole(1, most);
  const found = fixed
    ? [['width', check(draft.width, MOST_SIDE)] as const, ['height', check(draft.height, MOST_SIDE)] as const]
    : [['multiple', check(draft.multiple, MOST_MULTIPLE)] as const];
  return Object.fromEntries(found.filter(([, problem]) => problem !== null));
}

/** It as the studio wants it. Only for a draft without problems. */
export const ioOf = ({ layout, range, outputRange, channels, ...draft }: IoDraft): PictureIo => ({
  ...{ layout, range, outputRange, channels },
  size: draft.fixed ? { width: draft.width!, height: draft.height! } : null,
  multiple: draft.multiple ?? 1,
});
