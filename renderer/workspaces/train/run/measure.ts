/** How the held-out results of a run are judged, in words. Known from its preview names before there is a first score. */
import type { HeldOutMeasure, Run } from '../../../../preload/contract/index.ts';
import { t } from '../../../text/en.ts';

export interface Measure {
  id: HeldOutMeasure;
  title: string;
  hint: string | null;
}

export function measureOf(run: Pick<Run, 'data'>, score: { measure: HeldOutMeasure } | null): Measure {
  const id = score?.measure ?? (run.data === 'sets' ? 'swd' : 'l1');
  return { id, ...t.train.run.measures[id] };
}
