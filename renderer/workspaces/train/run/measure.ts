/** How the held-out results of a run are judged, in words. Known from its preview names before there is a first score. */
import type { HeldOutMeasure, Run } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';
import { kindOf, type RunKind } from './kind.ts';

export interface Measure {
  id: HeldOutMeasure;
  title: string;
  hint: string;
  /** Its value as a person reads it. */
  say: (value: number) => string;
}

/** What each kind of run is judged by. */
const MEASURES: Record<RunKind, HeldOutMeasure> = {
  pairs: 'l1',
  sets: 'swd',
  labelled: 'swd',
  pictures: 'swd',
  enlarging: 'l1',
};

export function measureOf(run: Pick<Run, 'data' | 'does'>, score: { measure: HeldOutMeasure } | null): Measure {
  const id = score?.measure ?? MEASURES[kindOf(run)];
  return { id, ...t.train.run.measures[id] };
}
