/** What is dropped at home: a project is opened; pictures get a project of their own, once they are imported. */
import type { Picked } from '../../preload/contract/index.ts';
import { openDialog } from '../dialogs/dialogs.svelte.ts';
import type { Dropped } from '../host/host.ts';
import { messageOf, studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { folderName } from './walk.ts';

/** What an error about something dropped is about: the next drop. */
export const DROP = 'drop';

/** @throws CallError */
export async function beginWith(picking: Promise<Picked[]>, dropped: readonly Pick<Dropped, 'path'>[]): Promise<void> {
  const picked = await picking;
  const name = folderName(dropped);
  const tokens = picked.map(({ token }) => token);
  let why: string | null = null;
  if (picked.length === 1 && picked[0]!.folder)
    try {
      if (await studio.enter(Promise.resolve(await studio.call('projects.open', { token: tokens[0]! })))) return;
    } catch (error) {
      why = messageOf(error);
    }
  const { kind, says } = await studio.call('datasets.recognise', { tokens });
  if (kind === 'nothing') {
    studio.toasts.add('error', why ?? says, { about: DROP });
    return;
  }
  const title = name ?? picked.find(({ folder }) => folder)?.name ?? t.home.defaultTitle;
  await openDialog('import', { picked: Promise.resolve(picked), name, project: title });
}
