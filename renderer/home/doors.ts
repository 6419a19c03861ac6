/** What one can do at once, without a project and without a training: one row each. */
import type { Starter } from '../../preload/contract/index.ts';
import { commandOf } from '../commands/registry.ts';
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { beginWith } from '../workspaces/begin-with.ts';

export type DoorId = keyof typeof t.home.doors;

/** Each goes where its work is done. */
export const DOORS: Readonly<Record<DoorId, () => Promise<void> | void>> = {
  draw: withStarter('translate', beginWith.translate),
  restyle: withStarter('translate', () => studio.go('style')),
  upscale: async () => {
    if (await studio.enterDrawings()) studio.go('upscale');
  },
  explore: withStarter('generate', beginWith.generate),
  train: () => commandOf('new-project').run(studio),
};

/** Puts the first model that is brought along for such work into the artist's own project, and goes on with it. */
function withStarter(does: Starter['does'], go: (model: string) => void): () => Promise<void> {
  return async () => {
    const starter = studio.starters.find((one) => one.does === does)!;
    const model = await studio.startWithStarter(starter.id);
    if (model !== undefined) go(model);
  };
}
