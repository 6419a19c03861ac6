/** Dragging files over the window and dropping them: into the open project, or at home. */
import type { Picked } from '../../preload/contract/index.ts';
import { openDialog } from '../dialogs/dialogs.svelte.ts';
import type { Dropped } from '../host/host.ts';
import { messageOf, studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { takeIn } from './entrance.ts';
import { folderName, hasFiles, hasModel, topOfTransfer, walkTransfer } from './walk.ts';

/** What an error about something dropped is about: the next drop. */
const DROP = 'drop';

export class Drop {
  /** Whether files hang over the window. */
  over = $state(false);
  /** Enter and leave come for every element underneath: only their balance tells. */
  #depth = 0;

  readonly enter = (event: DragEvent): void => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.#depth++;
    this.over = true;
  };
  readonly hang = (event: DragEvent): void => {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = studio.project?.readOnly ? 'none' : 'copy';
  };
  readonly leave = (): void => {
    this.#depth = Math.max(0, this.#depth - 1);
    this.over = this.#depth > 0;
  };
  readonly take = (event: DragEvent): void => {
    if (!event.dataTransfer) return;
    this.#depth = 0;
    this.over = false;
    // Text dropped into a field is the field's.
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (studio.project?.readOnly) return studio.toast('warning', t.drop.readOnly);
    // Electron's main walks folders itself, by their paths.
    const dropped = window.maquette
      ? Promise.resolve(topOfTransfer(event.dataTransfer))
      : walkTransfer(event.dataTransfer);
    void studio.attempt(this.#take(dropped));
  };

  async #take(dropping: Promise<Dropped[]>): Promise<void> {
    studio.toasts.works(DROP);
    const dropped = await dropping;
    if (dropped.length === 0) return studio.toast('warning', t.drop.nothing);
    const name = folderName(dropped);
    const tokens = studio.tokensOf(dropped);
    if (studio.project) await takeIn(dropped, tokens);
    else if (hasModel(dropped)) studio.toasts.add('error', t.drop.modelAtHome(dropped[0]!.path), { about: DROP });
    else await this.#begin(await tokens, name);
  }

  /** At home: a project is opened; pictures get a project of their own. */
  async #begin(picked: Picked[], name: string | null): Promise<void> {
    const tokens = picked.map(({ token }) => token);
    let why: string | null = null;
    if (picked.length === 1 && picked[0]!.folder)
      try {
        if (await studio.enter(Promise.resolve(await studio.call('projects.open', { token: tokens[0]! })))) return;
      } catch (error) {
        why = messageOf(error);
      }
    const { kind, says } = await studio.call('datasets.recognise', { tokens });
    if (kind === 'nothing') return studio.toasts.add('error', why ?? says, { about: DROP });
    const title = name ?? picked.find(({ folder }) => folder)?.name ?? t.home.defaultTitle;
    if (await studio.enter(studio.call('projects.create', { title, token: null })))
      await openDialog('import', { picked: Promise.resolve(picked), name });
  }
}
