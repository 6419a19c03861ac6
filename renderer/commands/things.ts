/** What the open project has, as rows of the palette: whoever knows a name gets there. */
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { sketchState } from '../workspaces/sketch/sketch.svelte.ts';
import { trainState } from '../workspaces/train/train.svelte.ts';
import type { IconName } from './command.ts';

export interface ThingRow {
  /** Apart from those of all other rows. */
  id: string;
  title: string;
  kind: string;
  icon: IconName;
  run: () => void;
}

async function openDrawing(id: string): Promise<void> {
  studio.go('sketch');
  await sketchState.leave();
  // One that could not be saved stays, and says why.
  if (!sketchState.drawing) await sketchState.open(id);
}

const shown = (what: 'dataset' | 'run', id: string): void => {
  studio.go('train');
  trainState.select(what, id);
};

/** Datasets, trainings, models and drawings of the open project; none without one. */
export function thingRows(): ThingRow[] {
  const { project } = studio;
  if (!project) return [];
  const words = t.palette.kinds;
  const row = (kind: keyof typeof words, icon: IconName, run: (id: string) => void) => {
    return ({ id, title }: { id: string; title: string }): ThingRow => ({
      ...{ id: `${kind} ${id}`, title, kind: words[kind], icon },
      run: () => run(id),
    });
  };
  return [
    ...project.datasets.map(row('dataset', 'train', (id) => shown('dataset', id))),
    ...project.runs.map(row('run', 'train', (id) => shown('run', id))),
    ...project.models.map(
      row('model', 'library', (model) => {
        studio.focus = { model };
        studio.go('library');
      }),
    ),
    ...project.drawings.map(row('drawing', 'sketch', (id) => void openDrawing(id))),
  ];
}
