/** Files that are dropped onto a part of the window, and not onto the window: that one would import them. */
import { hasFiles, topOfTransfer, walkTransfer } from './walk.ts';
import type { Dropped } from '../host/host.ts';

/** Listeners for an element. `over` tells whether files hang above it; `take` gets what was dropped. */
export function dropsOn(options: {
  allowed: () => boolean;
  over: (over: boolean) => void;
  take: (dropped: Promise<Dropped[]>) => void;
}) {
  const mine = (event: DragEvent): boolean => {
    if (!hasFiles(event.dataTransfer) || !options.allowed()) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const drag = (event: DragEvent): void => {
    if (!mine(event)) return;
    event.dataTransfer!.dropEffect = 'copy';
    options.over(true);
  };
  return {
    ondragenter: drag,
    ondragover: drag,
    ondragleave: (event: DragEvent): void => {
      const { currentTarget, relatedTarget } = event;
      if (mine(event) && !(relatedTarget instanceof Node && (currentTarget as Node).contains(relatedTarget)))
        options.over(false);
    },
    ondrop: (event: DragEvent): void => {
      options.over(false);
      if (!mine(event)) return;
      // Electron's main walks folders itself, by their paths.
      const transfer = event.dataTransfer!;
      options.take(window.maquette ? Promise.resolve(topOfTransfer(transfer)) : walkTransfer(transfer));
    },
  };
}
