/** What of a lesson can be reckoned without a window. */
import type { Dataset, Model, Run } from '../../../../preload/contract/index.ts';

/** The dataset that a model was trained on, where corrections belong; null where it is not there or cannot be used. */
export function homeOf(
  model: Pick<Model, 'run'> | null,
  { runs, datasets }: { runs: readonly Run[]; datasets: readonly Dataset[] },
): Dataset | null {
  const run = model?.run ? runs.find(({ id }) => id === model.run) : undefined;
  const dataset = run && datasets.find(({ id }) => id === run.dataset);
  return dataset && takesPairs(dataset) ? dataset : null;
}

/** Whether pairs can be added to a dataset. */
export const takesPairs = ({ kind, problem }: Dataset): boolean => kind === 'pairs' && problem === null;

/** Where a lesson stands, by its run. */
export function lessonState(
  run: Run | undefined,
  models: readonly Pick<Model, 'id'>[],
): { state: 'waiting' | 'learning' | 'finishing' | 'gone' | 'failed' } | { state: 'there'; model: string } {
  if (!run) return { state: 'gone' };
  if (run.state === 'failed') return { state: 'failed' };
  if (run.state === 'queued') return { state: 'waiting' };
  if (run.state === 'training' || run.state === 'paused') return { state: 'learning' };
  const { model } = run;
  return model && models.some(({ id }) => id === model) ? { state: 'there', model } : { state: 'finishing' };
}
