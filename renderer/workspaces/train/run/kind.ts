/** What a run learns, as far as it is shown otherwise: from what it learns, or that it makes pictures larger. */
import type { Run } from '../../../../preload/contract/index.ts';

export type RunKind = Run['data'] | 'enlarging';

export const kindOf = ({ data, does }: Pick<Run, 'data' | 'does'>): RunKind =>
  does === 'upscale' ? 'enlarging' : data;
