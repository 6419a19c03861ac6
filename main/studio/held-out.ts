/** How held-out results were judged, as a log's lines and the trainer's events say it. */
import type { HeldOutMeasure } from '../../preload/contract/index.ts';
import type { HeldOutScore } from '../engine/processes/messages.ts';

/** The measure and its value. Lower is better, whichever it is. */
export const judged = (score: HeldOutScore): { measure: HeldOutMeasure; value: number } =>
  'l1' in score ? { measure: 'l1', value: score.l1 } : { measure: 'swd', value: score.swd };
