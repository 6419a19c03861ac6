/**
 * The one entrance for everything that is dropped, or that the system was asked to open with Maquette: what it is, and
 * where that goes. A place in the window says what it takes itself; all else goes where it belongs.
 */
import type { Picked } from '../../preload/contract/index.ts';
import { openDialog } from '../dialogs/dialogs.svelte.ts';
import type { Dropped } from '../host/host.ts';
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { libraryState } from '../workspaces/library/library.svelte.ts';
import { beginWith, DROP } from './begin.ts';
import { folderName, hasModel, isLayered } from './walk.ts';

/** What a drop is, the first that is true: beside a model lie its weights, beside a folder more of its kind. */
export type What = 'models' | 'folders' | 'layered' | 'pictures';
/** By its path inside what was dropped. */
type Named = Pick<Dropped, 'path'>;
export type Take = (picking: Promise<Picked[]>, dropped: readonly Named[]) => Promise<void>;
export type Takes = Partial<Record<What, Take>>;

/** Asks how it is to be imported. */
export const importing: Take = async (picked, dropped) => {
  await openDialog('import', { picked, name: folderName(dropped) });
};
const IN_PROJECT: Record<What, Take> = {
  models: async (picking) => {
    studio.go('library');
    await libraryState.take(picking);
  },
  folders: importing,
  layered: importing,
  pictures: importing,
};
const AT_HOME: Record<What, Take> = {
  models: (_, dropped) => {
    const { path } = dropped.find(({ path }) => hasModel([{ path }])) ?? dropped[0]!;
    studio.toasts.add('error', t.drop.modelAtHome(path), { about: DROP });
    return Promise.resolve();
  },
  folders: beginWith,
  layered: beginWith,
  pictures: beginWith,
};

/** Takes what was dropped: a place's own way, else the window's. @throws CallError */
export async function takeIn(dropping: Promise<Dropped[]>, takes: Takes = {}): Promise<void> {
  studio.toasts.works(DROP);
  const dropped = await dropping;
  if (dropped.length === 0) {
    studio.toast('warning', t.drop.nothing);
    return;
  }
  const picking = studio.tokensOf(dropped);
  picking.catch(() => undefined); // told by whoever waits for it
  await take(picking, dropped, takes);
}

/** Takes what the system was asked to open with Maquette. @throws CallError */
export async function takeOpened(): Promise<void> {
  const picked = await studio.call('files.opened', {});
  if (picked.length === 0) return;
  if (studio.project?.readOnly) {
    studio.toast('warning', t.drop.readOnly);
    return;
  }
  studio.toasts.works(DROP);
  await take(
    Promise.resolve(picked),
    picked.map(({ name }) => ({ path: name })),
    {},
  );
}

async function take(picking: Promise<Picked[]>, dropped: readonly Named[], takes: Takes): Promise<void> {
  const what = await whatOf(dropped, picking);
  await (takes[what] ?? (studio.project ? IN_PROJECT : AT_HOME)[what])(picking, dropped);
}

async function whatOf(dropped: readonly Named[], picking: Promise<Picked[]>): Promise<What> {
  if (hasModel(dropped)) return 'models';
  // A folder that was walked here is known by its paths; one that is walked by the host, by what that says.
  if (dropped.some(({ path }) => path.includes('/'))) return 'folders';
  if (window.maquette && (await picking).some(({ folder }) => folder)) return 'folders';
  return dropped.every(isLayered) ? 'layered' : 'pictures';
}
