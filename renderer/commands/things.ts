/** What the open project has, as rows of the palette: whoever knows a name gets there. */
import type { Starter } from '../../preload/contract/index.ts';
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { beginWith } from '../workspaces/begin-with.ts';
import { libraryState } from '../workspaces/library/library.svelte.ts';
import { sketchState } from '../workspaces/sketch/sketch.svelte.ts';
import { trainState } from '../workspaces/train/train.svelte.ts';
import type { IconName } from './command.ts';

export interface ThingRow {
  /** Apart from those of all other rows. */
  id: string;
  title: string;
  kind: string;
  /** Other words that people look for it by. */
  words: readonly string[];
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

async function bring({ id, does }: Starter): Promise<void> {
  const model = await studio.addStarter(id);
  if (model !== undefined) beginWith[does](model);
}

/**
 * Datasets, trainings, models and drawings of the open project, what can be taken back out of its bin, and models that
 * Maquette brings along; none without a project.
 */
export function thingRows(): ThingRow[] {
  const { project } = studio;
  if (!project) return [];
  const words = t.palette.kinds;
  const row = (kind: keyof typeof words, icon: IconName, run: (id: string) => void) => {
    return ({ id, title }: { id: string; title: string }): ThingRow => ({
      ...{ id: `${kind} ${id}`, title, kind: words[kind], words: [title, words[kind]], icon },
      run: () => run(id),
    });
  };
  const writable = project.readOnly ? null : project;
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
    ...(writable?.bin ?? []).map((thing): ThingRow => ({
      ...{ id: `bin ${thing.id}`, title: t.library.bin.restoreNamed(thing.title), icon: 'undo' },
      ...{ kind: t.palette.bin, words: [thing.title, ...t.palette.binWords] },
      run: () => void libraryState.restore(thing),
    })),
    ...(writable ? studio.startersLeft : []).map((starter): ThingRow => ({
      ...{ id: `starter ${starter.id}`, title: t.starters.bring(starter.title), icon: 'library' },
      ...{ kind: words.model, words: [starter.title, ...t.starters.words] },
      run: () => void bring(starter),
    })),
  ];
}
