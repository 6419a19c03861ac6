/** How the held-out results of a run are judged, in words. Known from its preview names before there is a first score. */
import type { HeldOutMeasure, Run } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';

export interface Measure {
  id: HeldOutMeasure;
  title: string;
  hint: string;
  /** Its value as a person reads it. */
  say: (value: number) => string;
}

/** What each kind of data is judged by. */
const MEASURES: Record<Run['data'], HeldOutMeasure> = { pairs: 'l1', sets: 'swd', labelled: 'swd', pictures: 'swd' };

export function measureOf(run: Pick<Run, 'data'>, score: { measure: HeldOutMeasure } | null): Measure {
  const id = score?.measure ?? MEASURES[run.data];
  return { id, ...t.train.run.measures[id] };
}
