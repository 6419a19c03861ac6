/** What the two directions of a training, and of its model, are called: by the folders that its two sets came from. */
import type { Direction } from '../../preload/contract/index.ts';
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';

/** @param run the training; null where it is not known which */
export function directionsOf(run: string | null): Record<Direction, string> {
  const { runs = [], datasets = [] } = studio.project ?? {};
  const dataset = runs.find(({ id }) => id === run)?.dataset;
  const { a, b } = datasets.find(({ id }) => id === dataset)?.setNames ?? { a: 'A', b: 'B' };
  return { AtoB: t.directions(a, b), BtoA: t.directions(b, a) };
}
