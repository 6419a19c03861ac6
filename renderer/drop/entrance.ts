/** The window's entrance: what was dropped and is not for the place that it fell on finds its own. */
import { openDialog } from '../dialogs/dialogs.svelte.ts';
import type { Dropped } from '../host/host.ts';
import type { Picked } from '../../preload/contract/index.ts';
import { studio } from '../studio.svelte.ts';
import { libraryState } from '../workspaces/library/library.svelte.ts';
import { folderName, hasModel } from './walk.ts';

/** Models go into the library; of everything else it is found out which pictures they are. */
export async function takeIn(dropped: readonly Dropped[], picking: Promise<Picked[]>): Promise<void> {
  if (hasModel(dropped)) {
    studio.go('library');
    await libraryState.take(picking);
  } else await openDialog('import', { picked: picking, name: folderName(dropped) });
}

/** What cannot become a drawing goes on to the entrance: models and folders. @returns whether it did */
export async function passedOn(dropped: readonly Dropped[], picking: Promise<Picked[]>): Promise<boolean> {
  const passes = hasModel(dropped) || (await picking).some(({ folder }) => folder);
  if (passes) await takeIn(dropped, picking);
  return passes;
}
