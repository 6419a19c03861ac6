/** Dragging files over the window and dropping them: into the open project, or at home. */
import { studio } from '../studio.svelte.ts';
import { t } from '../text/en.ts';
import { takeIn } from './entrance.ts';
import { hasFiles, topOfTransfer, walkTransfer } from './walk.ts';

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
    void studio.attempt(takeIn(dropped));
  };
}
